// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {IDeployedGridX, IDeployedRupee} from "./Deployed.sol";

/// @notice A community on a fresh chain, for tests to start from: 900 s slots, 1 % fee, CEA factor.
abstract contract GridXTest is Test {
    uint32 internal constant SLOT = 900;
    uint16 internal constant RING = 96;
    uint32 internal constant GRAMS_PER_MWH = 711_700;
    uint32 internal constant CAPACITY = 5000;
    uint96 internal constant ASK = 5_000_000;
    uint96 internal constant LIMIT = 5_050_000;

    address internal immutable ADMIN = makeAddr("admin");
    address internal immutable TREASURY = makeAddr("treasury");
    address internal immutable OPERATOR = makeAddr("market operator");
    address internal immutable GRID = makeAddr("grid operator");
    address internal immutable SELLER = makeAddr("seller");
    address internal immutable BUYER = makeAddr("buyer");

    IDeployedRupee internal rupee;
    IDeployedGridX internal gridx;
    uint256 internal meterKey;
    address internal meter;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        rupee = IDeployedRupee(create("DemoRupee.sol:DemoRupee", ""));
        gridx = deploy(deployment());
        vm.startPrank(ADMIN);
        gridx.grantRole(gridx.REGISTRAR_ROLE(), ADMIN);
        gridx.grantRole(gridx.PAUSER_ROLE(), ADMIN);
        gridx.grantRole(gridx.MARKET_OPERATOR_ROLE(), OPERATOR);
        gridx.grantRole(gridx.GRID_OPERATOR_ROLE(), GRID);
        vm.stopPrank();
        (meter, meterKey) = makeAddrAndKey("meter");
    }

    function market() internal view returns (IGridX.MarketParameters memory) {
        return IGridX.MarketParameters({
            feeBps: 100,
            tradingWindow: 96,
            shelfDelaySlots: 0,
            membersOnly: false,
            minPrice: 1,
            maxPrice: 1_000_000_000,
            treasury: TREASURY
        });
    }

    function deployment() internal view returns (IGridX.Deployment memory) {
        return IGridX.Deployment({
            token: rupee,
            slotDuration: SLOT,
            ringLength: RING,
            admin: ADMIN,
            adminDelay: 1 days,
            market: market(),
            emissionFactor: IGridX.EmissionFactor(
                GRAMS_PER_MWH, "CEA CO2 baseline database V21, weighted average", "FY 2024-25"
            )
        });
    }

    function deploy(IGridX.Deployment memory d) internal returns (IDeployedGridX) {
        return IDeployedGridX(create("GridX.sol:GridX", abi.encode(d)));
    }

    /// @dev Reverts with what the constructor reverts with.
    function create(string memory artifact, bytes memory arguments) private returns (address deployed) {
        bytes memory code = bytes.concat(vm.getCode(artifact), arguments);
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
            if iszero(deployed) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    function register(address meter_, address owner) internal {
        vm.prank(ADMIN);
        gridx.registerHouse(meter_, owner, CAPACITY);
    }

    function sign(uint256 key, uint32 slot, uint64 exportWh) internal view returns (IGridX.Reading memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("GridX"),
                keccak256("1"),
                block.chainid,
                address(gridx)
            )
        );
        bytes32 structHash = keccak256(abi.encode(keccak256("Reading(uint32 slot,uint64 exportWh)"), slot, exportWh));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked("\x19\x01", domain, structHash)));
        return IGridX.Reading(slot, exportWh, abi.encodePacked(r, s, v));
    }

    function attest(uint256 key, uint32 slot, uint64 exportWh) internal returns (uint256) {
        IGridX.Reading[] memory readings = new IGridX.Reading[](1);
        readings[0] = sign(key, slot, exportWh);
        return gridx.attestReadings(readings);
    }

    /// @notice Starts the slot after `slot`, when readings of `slot` can be attested.
    function endSlot(uint32 slot) internal {
        vm.warp(uint256(slot + 1) * SLOT);
    }

    function fund(address account, uint96 balance, uint256 wallet) internal {
        rupee.mint(account, uint256(balance) + wallet);
        vm.startPrank(account);
        rupee.approve(address(gridx), type(uint256).max);
        if (balance != 0) gridx.deposit(balance);
        vm.stopPrank();
    }
}
