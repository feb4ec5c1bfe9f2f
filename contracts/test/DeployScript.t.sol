// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";
import {Plan} from "../script/Plan.sol";
import {TokenCheck} from "../script/TokenCheck.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {FeeToken} from "./mocks/FeeToken.sol";
import {HostileToken} from "./mocks/HostileToken.sol";

contract DeployChecks is Plan, TokenCheck {
    function read(string memory json_, address deployer_) external returns (IGridX.Deployment memory, Grant[4] memory) {
        json = json_;
        deployer = deployer_;
        checkChain();
        return (readDeployment(), readGrants());
    }

    function token(IERC20 token_, string memory symbol, uint8 decimals) external view {
        checkToken(token_, symbol, decimals);
    }

    function transfers(IERC20 token_, address holder) external returns (bool) {
        return checkTransfers(token_, holder);
    }
}

/// @notice What the deploy script makes of a parameter file, and of a token, before it sends anything.
contract DeployScriptTest is Test {
    string private constant ZERO = "0x0000000000000000000000000000000000000000";
    string private constant SOMEONE = "0x1111111111111111111111111111111111111111";
    address private immutable DEPLOYER = makeAddr("deployer");

    DeployChecks private checks;
    string private file;

    function setUp() public {
        vm.chainId(80_002);
        checks = new DeployChecks();
        file = vm.replace(vm.readFile("contracts/script/config/amoy.json"), ZERO, SOMEONE);
    }

    function changed(string memory from, string memory to) private view returns (string memory) {
        string memory json = vm.replace(file, from, to);
        assertNotEq(json, file, from);
        return json;
    }

    function refused(string memory json, string memory message) private {
        vm.expectRevert(bytes(message));
        checks.read(json, DEPLOYER);
    }

    function test_ReadsTheFile() public {
        (IGridX.Deployment memory d, Plan.Grant[4] memory grants) = checks.read(file, DEPLOYER);
        address someone = vm.parseAddress(SOMEONE);
        assertEq(address(d.token), 0x41E94Eb019C0762f9Bfcf9Fb1E58725BfB0e7582);
        assertEq(d.slotDuration, 900);
        assertEq(d.ringLength, 96);
        assertEq(d.admin, someone);
        assertEq(d.adminDelay, 2 days);
        assertEq(
            abi.encode(d.market),
            abi.encode(IGridX.MarketParameters(100, 96, 4, false, 1000, 1_000_000, someone)),
            "market"
        );
        assertEq(d.emissionFactor.gramsPerMwh, 711_700);
        assertEq(d.emissionFactor.vintage, "FY 2024-25");
        string[4] memory names = ["REGISTRAR_ROLE", "PAUSER_ROLE", "MARKET_OPERATOR_ROLE", "GRID_OPERATOR_ROLE"];
        for (uint256 i = 0; i < names.length; ++i) {
            assertEq(grants[i].name, names[i]);
            assertEq(grants[i].role, keccak256(bytes(names[i])));
            assertEq(grants[i].to, someone);
        }
    }

    function test_ReadsEveryNetwork() public {
        string[3] memory names = ["local", "amoy", "polygon"];
        uint24[3] memory ids = [31_337, 80_002, 137];
        for (uint256 i = 0; i < names.length; ++i) {
            vm.chainId(ids[i]);
            string memory text = vm.readFile(string.concat("contracts/script/config/", names[i], ".json"));
            if (ids[i] != 31_337) {
                refused(text, string.concat("admin is still the placeholder ", ZERO, "; fill it in"));
            }
            checks.read(vm.replace(text, ZERO, SOMEONE), DEPLOYER);
        }
    }

    function test_DeployerAndNobodyAreSaid() public {
        string memory json = changed(string.concat("\"registrar\": \"", SOMEONE), "\"registrar\": \"nobody");
        json = vm.replace(json, string.concat("\"admin\": \"", SOMEONE), "\"admin\": \"deployer");
        (IGridX.Deployment memory d, Plan.Grant[4] memory grants) = checks.read(json, DEPLOYER);
        assertEq(d.admin, DEPLOYER);
        assertEq(grants[0].to, address(0));
    }

    function test_RefusesPlaceholders() public {
        string[5] memory names = ["treasury", "registrar", "pauser", "marketOperator", "gridOperator"];
        for (uint256 i = 0; i < names.length; ++i) {
            string memory key = string.concat("\"", names[i], "\": \"");
            refused(
                changed(string.concat(key, SOMEONE), string.concat(key, ZERO)),
                string.concat(
                    i == 0 ? "market." : "roles.", names[i], " is still the placeholder ", ZERO, "; fill it in"
                )
            );
        }
    }

    function test_RefusesAddresses() public {
        string memory admin = string.concat("\"admin\": \"", SOMEONE);
        refused(
            changed(admin, string.concat("\"admin\": \"", vm.toString(DEPLOYER))),
            "admin is the deployer's own address; write \"deployer\" if that is meant"
        );
        refused(changed(admin, "\"admin\": \"0x12"), "admin is no address: 0x12");
        string memory usdc = "0x41E94Eb019C0762f9Bfcf9Fb1E58725BfB0e7582";
        refused(
            changed(string.concat("\"treasury\": \"", SOMEONE), string.concat("\"treasury\": \"", usdc)),
            "market.treasury is the token's own address"
        );
        refused(
            changed(usdc, "demo"), "token.address: the demo rupee can be minted by anyone; it is for local chains only"
        );
    }

    function test_RefusesNumbersOutOfRange() public {
        refused(
            changed("\"slotDuration\": 900", "\"slotDuration\": 59"), "slotDuration is 59; it must be from 60 to 86400"
        );
        refused(changed("\"ringLength\": 96", "\"ringLength\": 1"), "ringLength is 1; it must be from 2 to 65535");
        refused(changed("172800", "0"), "adminDelay is 0; it must be from 86400 to 2592000");
        refused(changed("\"feeBps\": 100", "\"feeBps\": 1001"), "market.feeBps is 1001; it must be from 0 to 1000");
        refused(
            changed("\"tradingWindow\": 96", "\"tradingWindow\": 97"),
            "market.tradingWindow is 97; it must be from 1 to 96"
        );
        refused(
            changed("\"shelfDelaySlots\": 4", "\"shelfDelaySlots\": 96"),
            "market.shelfDelaySlots is 96; it must be from 0 to 95"
        );
        refused(
            changed("\"minPrice\": 1000,", "\"minPrice\": 1000001,"),
            "market.minPrice is 1000001; it must be from 0 to 1000000"
        );
        refused(changed("711700", "2000001"), "emissionFactor.gramsPerMwh is 2000001; it must be from 0 to 2000000");
    }

    function test_RefusesTexts() public {
        refused(changed("FY 2024-25", ""), "emissionFactor.vintage must have from 1 to 256 bytes");
        refused(changed("\"vintage\"", "\"vintages\""), "the parameter file lacks emissionFactor.vintage");
        refused(changed("\"membersOnly\"", "\"members\""), "the parameter file lacks market.membersOnly");
    }

    function test_RefusesChains() public {
        vm.chainId(137);
        refused(file, "the parameter file is for chain 80002, the RPC endpoint is of chain 137");
        vm.chainId(80_001);
        refused(file, "Mumbai (80001) was shut down in April 2024; use Amoy (80002)");
    }

    function test_RefusesTokens() public {
        IERC20 token = new HostileToken();
        string memory at = string.concat("token.address: ", vm.toString(address(token)));
        checks.token(token, "HST", 18);
        vm.expectRevert(bytes(string.concat(at, " has 18 decimals, not token.decimals")));
        checks.token(token, "HST", 6);
        vm.expectRevert(bytes(string.concat(at, " calls itself HST, not token.symbol")));
        checks.token(token, "USDC", 18);
        HostileToken(address(token)).mint(DEPLOYER, 1 << 96);
        vm.expectRevert(bytes(string.concat(at, " has more base units than 96 bits hold")));
        checks.token(token, "HST", 18);
        vm.expectRevert(bytes(string.concat("token.address: ", vm.toString(DEPLOYER), " has no code on this chain")));
        checks.token(IERC20(DEPLOYER), "HST", 18);
        vm.expectRevert(
            bytes(
                string.concat("token.address: ", vm.toString(address(this)), " does not say how many decimals it has")
            )
        );
        checks.token(IERC20(address(this)), "HST", 18);
    }

    function test_RefusesFeeOnTransfer() public {
        FeeToken token = new FeeToken();
        vm.expectRevert(
            bytes(
                "token.address: after a simulated transfer an account held 990000 where 1000000 were due; tokens that take a fee on transfer or rebase are not supported"
            )
        );
        checks.transfers(token, address(this));
        assertFalse(checks.transfers(token, DEPLOYER), "shown by one who holds none");
    }

    function test_TransfersLeaveNoTrace() public {
        HostileToken token = new HostileToken();
        token.mint(DEPLOYER, 77);
        assertTrue(checks.transfers(token, DEPLOYER));
        assertEq(token.balanceOf(DEPLOYER), 77);
    }
}
