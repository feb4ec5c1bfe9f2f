// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Script} from "forge-std/Script.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";

/// @notice A parameter file, read and checked; whatever is wrong is said in words, by the name that it has in the file.
/// @dev    Where the file has an address it may say "deployer" instead, and "nobody" for a role.
abstract contract Plan is Script {
    struct Grant {
        string name;
        bytes32 role;
        address to;
    }

    uint256 private constant LOCAL = 31_337;
    uint256 private constant MUMBAI = 80_001;
    uint256 private constant LONGEST_TEXT = 256;

    string internal json;
    address internal deployer;

    /// @notice What the constructor is to be given, but for `token` where that is yet to be deployed.
    function readDeployment() internal view returns (IGridX.Deployment memory d) {
        d.slotDuration = uint32(_uint(".slotDuration", 60, 1 days));
        d.ringLength = uint16(_uint(".ringLength", 2, type(uint16).max));
        d.admin = _address(".admin");
        d.adminDelay = uint48(_uint(".adminDelay", isLocal() ? 0 : 1 days, 30 days));
        d.market = _market(d.ringLength);
        d.emissionFactor = IGridX.EmissionFactor({
            gramsPerMwh: uint32(_uint(".emissionFactor.gramsPerMwh", 0, 2_000_000)),
            source: _text(".emissionFactor.source"),
            vintage: _text(".emissionFactor.vintage")
        });
        if (!isDemoToken()) d.token = IERC20(_address(".token.address"));
    }

    /// @notice Who gets which operational role; `to` is zero where nobody does.
    function readGrants() internal view returns (Grant[4] memory grants) {
        grants[0] = _grant("REGISTRAR_ROLE", ".roles.registrar");
        grants[1] = _grant("PAUSER_ROLE", ".roles.pauser");
        grants[2] = _grant("MARKET_OPERATOR_ROLE", ".roles.marketOperator");
        grants[3] = _grant("GRID_OPERATOR_ROLE", ".roles.gridOperator");
    }

    function checkChain() internal view {
        require(block.chainid != MUMBAI, "Mumbai (80001) was shut down in April 2024; use Amoy (80002)");
        uint256 wanted = _uint(".chainId", 1, type(uint64).max);
        require(
            wanted == block.chainid,
            string.concat(
                "the parameter file is for chain ",
                vm.toString(wanted),
                ", the RPC endpoint is of chain ",
                vm.toString(block.chainid)
            )
        );
    }

    function isLocal() internal view returns (bool) {
        return block.chainid == LOCAL;
    }

    /// @notice Whether the file asks for a demo rupee, which anyone can mint.
    function isDemoToken() internal view returns (bool demo) {
        demo = _same(_string(".token.address"), "demo");
        require(
            !demo || isLocal(), "token.address: the demo rupee can be minted by anyone; it is for local chains only"
        );
    }

    function tokenSymbol() internal view returns (string memory) {
        return _string(".token.symbol");
    }

    /// @dev At least 6: each trade rounds up to a base unit, which must stay worth less than the trade. At most what a
    ///      price per kWh and the page can show.
    function tokenDecimals() internal view returns (uint8) {
        return uint8(_uint(".token.decimals", 6, 18));
    }

    function _market(uint16 ringLength) private view returns (IGridX.MarketParameters memory m) {
        m.feeBps = uint16(_uint(".market.feeBps", 0, 1000));
        m.tradingWindow = uint16(_uint(".market.tradingWindow", 1, ringLength));
        m.shelfDelaySlots = uint16(_uint(".market.shelfDelaySlots", 0, m.tradingWindow - 1));
        m.membersOnly = vm.parseJsonBool(_having(".market.membersOnly"), ".market.membersOnly");
        m.maxPrice = uint96(_uint(".market.maxPrice", 1, type(uint96).max));
        m.minPrice = uint96(_uint(".market.minPrice", 0, m.maxPrice));
        m.treasury = _address(".market.treasury");
        require(isDemoToken() || m.treasury != _address(".token.address"), "market.treasury is the token's own address");
    }

    function _grant(string memory name, string memory key) private view returns (Grant memory) {
        bool nobody = _same(_string(key), "nobody");
        return Grant({name: name, role: keccak256(bytes(name)), to: nobody ? address(0) : _address(key)});
    }

    function _address(string memory key) private view returns (address given) {
        string memory text = _string(key);
        if (_same(text, "deployer")) return deployer;
        try vm.parseAddress(text) returns (address parsed) {
            given = parsed;
        } catch {
            revert(string.concat(_named(key), " is no address: ", text));
        }
        require(
            given != address(0),
            string.concat(
                _named(key), " is still the placeholder 0x0000000000000000000000000000000000000000; fill it in"
            )
        );
        require(
            given != deployer,
            string.concat(_named(key), " is the deployer's own address; write \"deployer\" if that is meant")
        );
    }

    function _uint(string memory key, uint256 lowest, uint256 highest) private view returns (uint256 given) {
        given = vm.parseJsonUint(_having(key), key);
        require(
            given >= lowest && given <= highest,
            string.concat(
                _named(key),
                " is ",
                vm.toString(given),
                "; it must be from ",
                vm.toString(lowest),
                " to ",
                vm.toString(highest)
            )
        );
    }

    function _text(string memory key) private view returns (string memory text) {
        text = _string(key);
        require(
            bytes(text).length != 0 && bytes(text).length <= LONGEST_TEXT,
            string.concat(_named(key), " must have from 1 to 256 bytes")
        );
    }

    function _string(string memory key) private view returns (string memory) {
        return vm.parseJsonString(_having(key), key);
    }

    function _having(string memory key) private view returns (string memory) {
        require(vm.keyExistsJson(json, key), string.concat("the parameter file lacks ", _named(key)));
        return json;
    }

    /// @dev The key without the dot of its path.
    function _named(string memory key) private pure returns (string memory name) {
        bytes memory path = bytes(key);
        bytes memory rest = new bytes(path.length - 1);
        for (uint256 i = 1; i < path.length; ++i) {
            rest[i - 1] = path[i];
        }
        name = string(rest);
    }

    function _same(string memory a, string memory b) private pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }
}
