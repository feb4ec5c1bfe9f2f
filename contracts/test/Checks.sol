// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {GridXTest} from "./GridXTest.sol";

/// @notice What the tests of the rooms share: checks of whole words, and a lot on sale to start from.
/// @dev    Time is always read by `vm.getBlockTimestamp`: the optimizer may read `block.timestamp` before a warp.
abstract contract Checks is GridXTest {
    bytes32 internal constant REGISTRAR = keccak256("REGISTRAR_ROLE");
    bytes32 internal constant PAUSER = keccak256("PAUSER_ROLE");
    bytes32 internal constant MARKET_OPERATOR = keccak256("MARKET_OPERATOR_ROLE");
    bytes32 internal constant GRID_OPERATOR = keccak256("GRID_OPERATOR_ROLE");
    bytes32 internal constant DEFAULT_ADMIN = 0;

    function assertAccount(address account, uint256 balance, uint256 carbon, uint256 earned) internal view {
        IGridX.Account memory held = gridx.accountOf(account);
        assertEq(held.balance, balance, "balance");
        assertEq(held.carbonGrams, carbon, "carbonGrams");
        assertEq(held.carbonEarnedGrams, earned, "carbonEarnedGrams");
    }

    function assertLot(address seller, uint32 slot, uint256 attestedWh, uint256 soldWh, uint256 ask) internal view {
        IGridX.Lot memory lot = gridx.lotOf(seller, slot);
        assertEq(lot.slot, slot, "slot of lot");
        assertEq(lot.attestedWh, attestedWh, "attestedWh");
        assertEq(lot.soldWh, soldWh, "soldWh");
        assertEq(lot.ask, ask, "ask");
    }

    function assertNoLot(address seller, uint32 slot) internal view {
        IGridX.Lot memory lot = gridx.lotOf(seller, slot);
        assertEq(abi.encode(lot), abi.encode(IGridX.Lot(0, 0, 0, 0)), "no lot");
    }

    function assertHouse(address meter_, address owner, uint256 capacity, uint256 newest, uint256 bitmap)
        internal
        view
    {
        IGridX.House memory house = gridx.houseOf(meter_);
        assertEq(house.owner, owner, "owner");
        assertEq(house.capacityWatts, capacity, "capacityWatts");
        assertEq(house.newestSlot, newest, "newestSlot");
        assertEq(house.attestedBitmap, bitmap, "attestedBitmap");
    }

    function assertSeller(address seller, uint256 ask, uint256 newest, uint256 nextAsk, uint256 from) internal view {
        IGridX.Seller memory held = gridx.sellerOf(seller);
        assertEq(held.ask, ask, "standing ask");
        assertEq(held.newestLotSlot, newest, "newestLotSlot");
        assertEq(held.nextAsk, nextAsk, "nextAsk");
        assertEq(held.nextAskFrom, from, "nextAskFrom");
    }

    function expectUnauthorized(address caller, bytes32 role) internal {
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role));
    }

    function expectOutOfRange(string memory parameter, uint256 given, uint256 lowest, uint256 highest) internal {
        vm.expectRevert(abi.encodeWithSelector(IGridX.OutOfRange.selector, parameter, given, lowest, highest));
    }

    function expectInvalidAddress(address given) internal {
        vm.expectRevert(abi.encodeWithSelector(IGridX.InvalidAddress.selector, given));
    }

    function expectRejection(address meter_, uint32 slot, uint64 exportWh, IGridX.RejectionReason reason) internal {
        vm.expectEmit(address(gridx));
        emit IGridX.ReadingRejected(meter_, slot, exportWh, reason);
    }

    function setParameters(IGridX.MarketParameters memory p) internal {
        vm.prank(ADMIN);
        gridx.setMarketParameters(p);
    }

    function setAsk(address seller, uint96 ask) internal {
        vm.prank(seller);
        gridx.setAsk(ask);
    }

    function trade(uint256 energyWh, uint256 limit) internal returns (bytes32) {
        vm.prank(BUYER);
        return gridx.logEnergyTrade(SELLER, BUYER, energyWh, limit);
    }

    function pauseMarket() internal {
        vm.prank(ADMIN);
        gridx.pause();
    }

    /// @notice Registers `meter` for `SELLER`, and puts `exportWh` of the present slot on sale right after its end.
    function offer(uint64 exportWh, uint96 ask) internal returns (uint32 slot) {
        slot = gridx.currentSlot();
        if (gridx.houseOf(meter).owner == address(0)) register(meter, SELLER);
        setAsk(SELLER, ask);
        endSlot(slot);
        assertEq(attest(meterKey, slot, exportWh), 1, "attested");
    }

    function one(IGridX.Reading memory reading) internal pure returns (IGridX.Reading[] memory readings) {
        readings = new IGridX.Reading[](1);
        readings[0] = reading;
    }

    function one(IGridX.Purchase memory purchase) internal pure returns (IGridX.Purchase[] memory purchases) {
        purchases = new IGridX.Purchase[](1);
        purchases[0] = purchase;
    }
}
