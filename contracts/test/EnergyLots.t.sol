// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";

/// @notice Attestation: what lands, and every reason for which a reading is left out.
contract EnergyLotsTest is Checks {
    uint64 private constant MOST_WH = 1250; // 5 kW for a quarter of an hour

    uint32 private slot;

    function setUp() public override {
        super.setUp();
        register(meter, SELLER);
        slot = gridx.currentSlot();
    }

    function reject(uint256 key, uint32 slot_, uint64 exportWh, IGridX.RejectionReason reason) private {
        bytes32 head = gridx.head();
        bytes memory house = abi.encode(gridx.houseOf(vm.addr(key)));
        expectRejection(vm.addr(key), slot_, exportWh, reason);
        assertEq(attest(key, slot_, exportWh), 0);
        assertEq(gridx.head(), head, "a rejection is no fact");
        assertEq(abi.encode(gridx.houseOf(vm.addr(key))), house, "house as it was");
    }

    function test_AttestReadings_MakesALot() public {
        setAsk(SELLER, ASK);
        endSlot(slot);
        vm.expectEmit(address(gridx));
        emit IGridX.EnergyAttested(meter, SELLER, slot, MOST_WH, ASK);
        assertEq(attest(meterKey, slot, MOST_WH), 1);
        assertLot(SELLER, slot, MOST_WH, 0, ASK);
        assertHouse(meter, SELLER, CAPACITY, slot, type(uint32).max);
        assertSeller(SELLER, 0, slot, ASK, slot);
    }

    function test_AttestReadings_ByAnyone() public {
        endSlot(slot);
        vm.prank(makeAddr("anyone"));
        assertEq(attest(meterKey, slot, 1), 1);
    }

    function test_AttestReadings_OfNothing() public {
        bytes32 head = gridx.head();
        assertEq(gridx.attestReadings(new IGridX.Reading[](0)), 0);
        assertEq(gridx.head(), head);
    }

    function test_AttestReadings_ZeroIsKnownButNoLot() public {
        setAsk(SELLER, ASK);
        endSlot(slot);
        vm.expectEmit(address(gridx));
        emit IGridX.EnergyAttested(meter, SELLER, slot, 0, 0);
        assertEq(attest(meterKey, slot, 0), 1);
        assertNoLot(SELLER, slot);
        assertSeller(SELLER, 0, 0, ASK, slot);
        reject(meterKey, slot, 1, IGridX.RejectionReason.AlreadyAttested);
    }

    function test_AttestReadings_TwoMetersOfAnOwnerShareALot() public {
        (address second, uint256 secondKey) = makeAddrAndKey("second meter");
        register(second, SELLER);
        setAsk(SELLER, ASK);
        endSlot(slot);
        attest(meterKey, slot, 700);
        vm.prank(SELLER);
        gridx.setLotAsk(slot, ASK - 1);
        fund(BUYER, 10_000_000, 0);
        trade(200, LIMIT);
        // What comes later has the lot's ask, and what is sold stays sold.
        vm.expectEmit(address(gridx));
        emit IGridX.EnergyAttested(second, SELLER, slot, 800, ASK - 1);
        attest(secondKey, slot, 800);
        assertLot(SELLER, slot, 1500, 200, ASK - 1);
    }

    function test_AttestReadings_BadOnesInABatchLeaveTheOthers() public {
        endSlot(slot + 1);
        IGridX.Reading[] memory readings = new IGridX.Reading[](6);
        readings[0] = sign(meterKey, slot, 10);
        readings[1] = sign(meterKey, slot, 10); // twice in one batch
        readings[2] = sign(meterKey, slot + 1, MOST_WH + 1);
        readings[3] = sign(0xbad, slot, 10);
        readings[4] = IGridX.Reading(slot + 1, 10, "");
        readings[5] = sign(meterKey, slot + 1, 20);
        vm.expectEmit(address(gridx));
        emit IGridX.EnergyAttested(meter, SELLER, slot, 10, 0);
        expectRejection(meter, slot, 10, IGridX.RejectionReason.AlreadyAttested);
        expectRejection(meter, slot + 1, MOST_WH + 1, IGridX.RejectionReason.AboveCapacity);
        expectRejection(vm.addr(0xbad), slot, 10, IGridX.RejectionReason.UnknownMeter);
        expectRejection(address(0), slot + 1, 10, IGridX.RejectionReason.InvalidSignature);
        vm.expectEmit(address(gridx));
        emit IGridX.EnergyAttested(meter, SELLER, slot + 1, 20, 0);
        assertEq(gridx.attestReadings(readings), 2);
        assertLot(SELLER, slot, 10, 0, 0);
        assertLot(SELLER, slot + 1, 20, 0, 0);
    }

    function test_AttestReadings_FiveHundredWithABadOne() public {
        vm.startPrank(ADMIN);
        for (uint256 i = 0; i < 500; ++i) {
            gridx.registerHouse(vm.addr(0x10000 + i), SELLER, CAPACITY);
        }
        vm.stopPrank();
        endSlot(slot);
        IGridX.Reading[] memory readings = new IGridX.Reading[](500);
        for (uint256 i = 0; i < 500; ++i) {
            readings[i] = sign(0x10000 + i, slot, 1000);
        }
        readings[321].exportWh = 1001; // not what was signed
        vm.recordLogs();
        assertEq(gridx.attestReadings(readings), 499);
        assertEq(vm.getRecordedLogs().length, 500);
        assertLot(SELLER, slot, 499_000, 0, 0);
    }

    /// @dev Whoever holds a newer reading can close off older ones, but only those more than 31 slots older.
    function test_AttestReadings_TheNewestPushedInFirst() public {
        endSlot(slot + 40);
        assertEq(attest(meterKey, slot + 40, 40), 1);
        for (uint32 i = 0; i < 9; ++i) {
            reject(meterKey, slot + i, i, IGridX.RejectionReason.SlotTooOld);
        }
        for (uint32 i = 9; i < 40; ++i) {
            assertEq(attest(meterKey, slot + i, i), 1);
            assertLot(SELLER, slot + i, i, 0, 0);
        }
        assertHouse(meter, SELLER, CAPACITY, slot + 40, type(uint32).max);
        assertEq(gridx.sellerOf(SELLER).newestLotSlot, slot + 40);
    }

    /// @dev The largest house and the longest slot fill a lot far below its 64 bits.
    function test_AttestReadings_OfTheLargestHouse() public {
        IGridX.Deployment memory d = deployment();
        d.slotDuration = 1 days;
        gridx = deploy(d);
        vm.startPrank(ADMIN);
        gridx.grantRole(REGISTRAR, ADMIN);
        gridx.registerHouse(meter, SELLER, type(uint32).max);
        vm.stopPrank();
        slot = gridx.currentSlot();
        vm.warp(uint256(slot + 1) * 1 days);
        uint64 most = uint64(type(uint32).max) * 24;
        reject(meterKey, slot, most + 1, IGridX.RejectionReason.AboveCapacity);
        reject(meterKey, slot, type(uint64).max, IGridX.RejectionReason.AboveCapacity);
        assertEq(attest(meterKey, slot, most), 1);
        assertLot(SELLER, slot, most, 0, 0);
    }

    // ------------------------------------------------------------------------------------------- what is wrong

    function test_Reject_UnknownMeter() public {
        endSlot(slot);
        reject(0xbad, slot, 1, IGridX.RejectionReason.UnknownMeter);
    }

    function test_Reject_MeterRetired() public {
        endSlot(slot);
        vm.prank(ADMIN);
        gridx.retireHouse(meter);
        reject(meterKey, slot, 1, IGridX.RejectionReason.MeterRetired);
    }

    function test_Reject_MeterReplaced_AndTheNewOneKnowsItsSlots() public {
        (address next, uint256 nextKey) = makeAddrAndKey("next meter");
        endSlot(slot + 1);
        attest(meterKey, slot, 1);
        vm.prank(ADMIN);
        gridx.replaceMeter(meter, next);
        reject(meterKey, slot + 1, 1, IGridX.RejectionReason.MeterRetired);
        reject(nextKey, slot, 1, IGridX.RejectionReason.AlreadyAttested);
        assertEq(attest(nextKey, slot + 1, 1), 1);
    }

    function test_Reject_SlotNotEnded_UntilItsVeryEnd() public {
        reject(meterKey, slot, 1, IGridX.RejectionReason.SlotNotEnded);
        reject(meterKey, type(uint32).max, 1, IGridX.RejectionReason.SlotNotEnded);
        vm.warp(uint256(slot + 1) * SLOT - 1);
        reject(meterKey, slot, 1, IGridX.RejectionReason.SlotNotEnded);
        vm.warp(uint256(slot + 1) * SLOT);
        assertEq(attest(meterKey, slot, 1), 1);
    }

    function test_Reject_SlotTooOld() public {
        endSlot(slot + 32);
        attest(meterKey, slot + 32, 1);
        reject(meterKey, slot, 1, IGridX.RejectionReason.SlotTooOld);
        assertEq(attest(meterKey, slot + 1, 1), 1);
    }

    function test_Reject_BeforeRegistration() public {
        endSlot(slot);
        reject(meterKey, slot - 1, 1, IGridX.RejectionReason.AlreadyAttested);
        reject(meterKey, slot - 32, 1, IGridX.RejectionReason.AlreadyAttested);
        reject(meterKey, slot - 33, 1, IGridX.RejectionReason.SlotTooOld);
        reject(meterKey, 0, 1, IGridX.RejectionReason.SlotTooOld);
    }

    function test_Reject_AlreadyAttested_WhateverItSays() public {
        endSlot(slot);
        attest(meterKey, slot, 1);
        reject(meterKey, slot, 1, IGridX.RejectionReason.AlreadyAttested);
        reject(meterKey, slot, 2, IGridX.RejectionReason.AlreadyAttested);
        reject(meterKey, slot, 0, IGridX.RejectionReason.AlreadyAttested);
    }

    function testFuzz_Reject_AboveCapacity(uint32 capacity, uint64 above) public {
        capacity = uint32(bound(capacity, 1, type(uint32).max));
        vm.prank(ADMIN);
        gridx.updateHouse(meter, SELLER, capacity);
        endSlot(slot);
        uint64 most = capacity / 4;
        reject(meterKey, slot, uint64(bound(above, most + 1, type(uint64).max)), IGridX.RejectionReason.AboveCapacity);
        assertEq(attest(meterKey, slot, most), 1);
    }

    /// @dev A ring shorter than what a meter remembers: the newer lot stays.
    function test_Reject_LotReplaced() public {
        IGridX.Deployment memory d = deployment();
        d.ringLength = 2;
        d.market.tradingWindow = 2;
        gridx = deploy(d);
        vm.startPrank(ADMIN);
        gridx.grantRole(REGISTRAR, ADMIN);
        gridx.registerHouse(meter, SELLER, CAPACITY);
        vm.stopPrank();
        endSlot(slot + 2);
        attest(meterKey, slot + 2, 5);
        reject(meterKey, slot, 6, IGridX.RejectionReason.LotReplaced);
        assertLot(SELLER, slot + 2, 5, 0, 0);
        assertNoLot(SELLER, slot);
        // Nothing needs no place; what is beside it has its own.
        assertEq(attest(meterKey, slot, 0), 1);
        assertEq(attest(meterKey, slot + 1, 7), 1);
        assertLot(SELLER, slot + 1, 7, 0, 0);
        assertEq(gridx.sellerOf(SELLER).newestLotSlot, slot + 2);
    }

    function test_RingWrapsAround() public {
        for (uint32 i = 0; i < RING + 3; ++i) {
            endSlot(slot + i);
            assertEq(attest(meterKey, slot + i, i + 1), 1);
        }
        for (uint32 i = 0; i < 3; ++i) {
            assertNoLot(SELLER, slot + i);
        }
        for (uint32 i = 3; i < RING + 3; ++i) {
            assertLot(SELLER, slot + i, i + 1, 0, 0);
        }
    }

    function test_RevertWhen_AttestReadings_Paused() public {
        endSlot(slot);
        IGridX.Reading[] memory readings = one(sign(meterKey, slot, 1));
        pauseMarket();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        gridx.attestReadings(readings);
    }
}
