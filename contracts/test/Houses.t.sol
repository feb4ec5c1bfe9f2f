// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";

contract HousesTest is Checks {
    address private immutable OTHER = makeAddr("other");
    address private immutable NEW_METER = makeAddr("new meter");

    function expectNotActive(address meter_) private {
        vm.expectRevert(abi.encodeWithSelector(IGridX.MeterNotActive.selector, meter_));
    }

    function expectRegistered(address meter_) private {
        vm.expectRevert(abi.encodeWithSelector(IGridX.MeterAlreadyRegistered.selector, meter_));
    }

    // ------------------------------------------------------------------------------------------ registerHouse

    function testFuzz_RegisterHouse(address meter_, address owner, uint32 capacity) public {
        vm.assume(meter_ != address(0) && owner != address(0) && owner != address(gridx));
        capacity = uint32(bound(capacity, 1, type(uint32).max));
        uint32 slot = gridx.currentSlot();
        vm.expectEmit(address(gridx));
        emit IGridX.HouseRegistered(meter_, owner, capacity, slot);
        vm.prank(ADMIN);
        gridx.registerHouse(meter_, owner, capacity);
        assertHouse(meter_, owner, capacity, slot - 1, type(uint32).max);
    }

    function test_RevertWhen_RegisterHouse_MeterIsZero() public {
        expectInvalidAddress(address(0));
        register(address(0), SELLER);
    }

    function test_RevertWhen_RegisterHouse_OwnerIsZeroOrGridX() public {
        expectInvalidAddress(address(0));
        register(meter, address(0));
        expectInvalidAddress(address(gridx));
        register(meter, address(gridx));
    }

    function test_RevertWhen_RegisterHouse_NoCapacity() public {
        vm.prank(ADMIN);
        expectOutOfRange("capacityWatts", 0, 1, type(uint32).max);
        gridx.registerHouse(meter, SELLER, 0);
    }

    function test_RevertWhen_RegisterHouse_Again() public {
        register(meter, SELLER);
        expectRegistered(meter);
        register(meter, OTHER);
    }

    function test_RevertWhen_RegisterHouse_AfterRetiring() public {
        register(meter, SELLER);
        vm.prank(ADMIN);
        gridx.retireHouse(meter);
        expectRegistered(meter);
        register(meter, SELLER);
    }

    function test_RevertWhen_RegisterHouse_AfterReplacing() public {
        register(meter, SELLER);
        vm.prank(ADMIN);
        gridx.replaceMeter(meter, NEW_METER);
        expectRegistered(meter);
        register(meter, SELLER);
        expectRegistered(NEW_METER);
        register(NEW_METER, OTHER);
    }

    // -------------------------------------------------------------------------------------------- updateHouse

    function test_UpdateHouse_KeepsItsSlots() public {
        register(meter, SELLER);
        uint32 slot = gridx.currentSlot();
        endSlot(slot + 2);
        attest(meterKey, slot + 2, 1);
        vm.expectEmit(address(gridx));
        emit IGridX.HouseUpdated(meter, OTHER, 7000);
        vm.prank(ADMIN);
        gridx.updateHouse(meter, OTHER, 7000);
        assertHouse(meter, OTHER, 7000, slot + 2, type(uint32).max << 3 | 1);
        assertLot(SELLER, slot + 2, 1, 0, 0);
        // From now on the other owner's.
        attest(meterKey, slot + 1, 2);
        assertLot(OTHER, slot + 1, 2, 0, 0);
        assertNoLot(SELLER, slot + 1);
    }

    function test_RevertWhen_UpdateHouse_NotActive() public {
        vm.startPrank(ADMIN);
        expectNotActive(meter);
        gridx.updateHouse(meter, SELLER, 1);
        gridx.registerHouse(meter, SELLER, 1);
        gridx.replaceMeter(meter, NEW_METER);
        expectNotActive(meter);
        gridx.updateHouse(meter, SELLER, 1);
        gridx.retireHouse(NEW_METER);
        expectNotActive(NEW_METER);
        gridx.updateHouse(NEW_METER, SELLER, 1);
    }

    function test_RevertWhen_UpdateHouse_BadOwnerOrCapacity() public {
        register(meter, SELLER);
        vm.startPrank(ADMIN);
        expectInvalidAddress(address(0));
        gridx.updateHouse(meter, address(0), 1);
        expectInvalidAddress(address(gridx));
        gridx.updateHouse(meter, address(gridx), 1);
        expectOutOfRange("capacityWatts", 0, 1, type(uint32).max);
        gridx.updateHouse(meter, SELLER, 0);
    }

    // ------------------------------------------------------------------------------------------- replaceMeter

    function test_ReplaceMeter_InheritsTheWord() public {
        register(meter, SELLER);
        uint32 slot = gridx.currentSlot();
        endSlot(slot + 3);
        attest(meterKey, slot + 3, 100);
        vm.expectEmit(address(gridx));
        emit IGridX.MeterReplaced(meter, NEW_METER);
        vm.prank(ADMIN);
        gridx.replaceMeter(meter, NEW_METER);
        assertHouse(NEW_METER, SELLER, CAPACITY, slot + 3, type(uint32).max << 4 | 1);
        assertHouse(meter, address(0), CAPACITY, slot + 3, type(uint32).max << 4 | 1);
    }

    function test_RevertWhen_ReplaceMeter_OldNotActive() public {
        vm.startPrank(ADMIN);
        expectNotActive(meter);
        gridx.replaceMeter(meter, NEW_METER);
        gridx.registerHouse(meter, SELLER, 1);
        gridx.retireHouse(meter);
        expectNotActive(meter);
        gridx.replaceMeter(meter, NEW_METER);
    }

    function test_RevertWhen_ReplaceMeter_NewIsZeroOrKnown() public {
        register(meter, SELLER);
        register(OTHER, SELLER);
        vm.startPrank(ADMIN);
        expectInvalidAddress(address(0));
        gridx.replaceMeter(meter, address(0));
        expectRegistered(meter);
        gridx.replaceMeter(meter, meter);
        expectRegistered(OTHER);
        gridx.replaceMeter(meter, OTHER);
        gridx.retireHouse(OTHER);
        expectRegistered(OTHER);
        gridx.replaceMeter(meter, OTHER);
    }

    // -------------------------------------------------------------------------------------------- retireHouse

    function test_RetireHouse_KeepsItsUnsoldLots() public {
        uint32 slot = offer(1000, ASK);
        uint32 bitmap = gridx.houseOf(meter).attestedBitmap;
        vm.expectEmit(address(gridx));
        emit IGridX.HouseRetired(meter);
        vm.prank(ADMIN);
        gridx.retireHouse(meter);
        assertHouse(meter, address(0), CAPACITY, slot, bitmap);
        fund(BUYER, 10_000_000, 0);
        trade(1000, LIMIT);
        assertLot(SELLER, slot, 1000, 1000, ASK);
    }

    function test_RevertWhen_RetireHouse_NotActive() public {
        vm.startPrank(ADMIN);
        expectNotActive(meter);
        gridx.retireHouse(meter);
        gridx.registerHouse(meter, SELLER, 1);
        gridx.retireHouse(meter);
        expectNotActive(meter);
        gridx.retireHouse(meter);
    }

    // ------------------------------------------------------------------------------------------------ setTier

    function testFuzz_SetTier(address participant, uint8 tier) public {
        vm.assume(participant != address(0));
        tier = uint8(bound(tier, 0, uint8(type(IGridX.Tier).max)));
        vm.expectEmit(address(gridx));
        emit IGridX.TierSet(participant, IGridX.Tier(tier));
        vm.prank(ADMIN);
        gridx.setTier(participant, IGridX.Tier(tier));
        assertEq(uint8(gridx.participantOf(participant).tier), tier);
    }

    function test_RevertWhen_SetTier_ZeroOrNoSuchTier() public {
        vm.startPrank(ADMIN);
        expectInvalidAddress(address(0));
        gridx.setTier(address(0), IGridX.Tier.Normal);
        (bool done,) = address(gridx).call(abi.encodeWithSelector(IGridX.setTier.selector, BUYER, 4));
        assertFalse(done);
    }

    // -------------------------------------------------------------------------------------------------- roles

    function testFuzz_RevertWhen_NotRegistrar(address caller) public {
        vm.assume(caller != ADMIN);
        register(meter, SELLER);
        vm.startPrank(caller);
        expectUnauthorized(caller, REGISTRAR);
        gridx.registerHouse(NEW_METER, SELLER, 1);
        expectUnauthorized(caller, REGISTRAR);
        gridx.updateHouse(meter, caller, 1);
        expectUnauthorized(caller, REGISTRAR);
        gridx.replaceMeter(meter, NEW_METER);
        expectUnauthorized(caller, REGISTRAR);
        gridx.retireHouse(meter);
        expectUnauthorized(caller, REGISTRAR);
        gridx.setTier(caller, IGridX.Tier.Critical);
    }
}
