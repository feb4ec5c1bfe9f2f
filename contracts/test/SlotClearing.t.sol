// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {Clearing} from "./Clearing.sol";

/// @notice `clearSlot`: what a clearing moves, who is passed over and why, and every way it is refused.
contract SlotClearingTest is Clearing {
    // --------------------------------------------------------------------------------------------- what moves

    function test_ClearSlot_OnePriceForAll() public {
        expectPair(SELLER, BUYER, 700, PRICE, 35_000, 498);
        expectPair(SELLER, NEIGHBOUR, 300, PRICE, 15_000, 213);
        expectPair(OTHER, NEIGHBOUR, 600, PRICE, 30_000, 427);
        expectCleared(PRICE, 1600, 3);
        assertEq(clear(fill(SELLER, 1000, OTHER, 600), fill(BUYER, 700, NEIGHBOUR, 900)), 1600);
        assertAccount(SELLER, 5_000_000, 0, 0);
        assertAccount(OTHER, 3_000_000, 0, 0);
        assertAccount(BUYER, 10_000_000 - 3_535_000, 498, 498);
        assertAccount(NEIGHBOUR, 10_000_000 - 4_545_000, 640, 640);
        assertEq(gridx.accruedFees(), 80_000);
        assertLot(SELLER, slot, 1000, 1000, 4_000_000);
        assertLot(OTHER, slot, 600, 600, 5_000_000);
        assertBid(BUYER, LIMIT, 700, slot, 700);
        assertBid(NEIGHBOUR, 9_000_000, 900, slot, 900);
        assertLastClearing(slot, PRICE);
        // From accounts only: no token moves, though wallets hold some.
        assertEq(rupee.balanceOf(address(gridx)), 20_000_000);
        assertEq(rupee.balanceOf(BUYER), 1_000_000);
    }

    function test_ClearSlot_InTheOrderGiven() public {
        expectPair(OTHER, NEIGHBOUR, 600, PRICE, 30_000, 427);
        expectPair(SELLER, NEIGHBOUR, 300, PRICE, 15_000, 213);
        expectPair(SELLER, BUYER, 700, PRICE, 35_000, 498);
        expectCleared(PRICE, 1600, 3);
        clear(fill(OTHER, 600, SELLER, 1000), fill(NEIGHBOUR, 900, BUYER, 700));
    }

    function test_ClearSlot_WhatBuyersLackFallsOnTheLastSeller() public {
        expectPair(SELLER, BUYER, 700, PRICE, 35_000, 498);
        expectCleared(PRICE, 700, 1);
        assertEq(clear(fill(SELLER, 1000, OTHER, 600), fill(BUYER, 700)), 700);
        assertLot(SELLER, slot, 1000, 700, 4_000_000);
        assertLot(OTHER, slot, 600, 0, 5_000_000);
    }

    function test_ClearSlot_WhatSellersLackFallsOnTheLastBuyer() public {
        expectPair(OTHER, NEIGHBOUR, 600, PRICE, 30_000, 427);
        expectCleared(PRICE, 600, 1);
        assertEq(clear(fill(OTHER, 600), fill(NEIGHBOUR, 900, BUYER, 700)), 600);
        assertBid(NEIGHBOUR, 9_000_000, 900, slot, 600);
        assertBid(BUYER, LIMIT, 700, slot, 0);
    }

    function test_ClearSlot_TakesNoMoreThanALineSays() public {
        expectPair(SELLER, BUYER, 10, PRICE, 500, 7);
        expectPair(OTHER, BUYER, 5, PRICE, 250, 3);
        expectPair(OTHER, NEIGHBOUR, 15, PRICE, 750, 10);
        expectCleared(PRICE, 30, 3);
        assertEq(clear(fill(SELLER, 10, OTHER, 20), fill(BUYER, 15, NEIGHBOUR, 20)), 30);
        assertLot(SELLER, slot, 1000, 10, 4_000_000);
        assertLot(OTHER, slot, 600, 20, 5_000_000);
        assertBid(BUYER, LIMIT, 700, slot, 15);
        assertBid(NEIGHBOUR, 9_000_000, 900, slot, 15);
    }

    function test_ClearSlot_TakesNoMoreThanLotAndBid() public {
        uint64 most = type(uint64).max;
        assertEq(clear(fill(SELLER, most, OTHER, most), fill(BUYER, most, NEIGHBOUR, most)), 1600);
        assertLot(SELLER, slot, 1000, 1000, 4_000_000);
        assertBid(BUYER, LIMIT, 700, slot, 700);
    }

    function test_ClearSlot_SameParticipantTwice_TakesTheRest() public {
        expectPair(SELLER, BUYER, 400, PRICE, 20_000, 284);
        expectPair(SELLER, BUYER, 200, PRICE, 10_000, 142);
        expectPair(SELLER, BUYER, 100, PRICE, 5000, 71);
        expectCleared(PRICE, 700, 3);
        assertEq(clear(fill(SELLER, 600, SELLER, 600), fill(BUYER, 400, BUYER, 400)), 700);
        assertLot(SELLER, slot, 1000, 700, 4_000_000);
        assertBid(BUYER, LIMIT, 700, slot, 700);
        assertAccount(BUYER, 10_000_000 - 3_535_000, 497, 497);
    }

    function test_ClearSlot_SameParticipantTwice_NothingLeft() public {
        expectPair(OTHER, BUYER, 600, PRICE, 30_000, 427);
        expectSkip(OTHER, IGridX.SkipReason.NothingLeft);
        expectCleared(PRICE, 600, 1);
        clear(fill(OTHER, 600, OTHER, 600), fill(BUYER, 700));
        expectPair(SELLER, BUYER, 100, PRICE, 5000, 71);
        expectSkip(BUYER, IGridX.SkipReason.NothingLeft);
        expectCleared(PRICE, 100, 1);
        clear(fill(SELLER, 600), fill(BUYER, 700, BUYER, 1));
    }

    function test_ClearSlot_OfNothing_StillFixesSlotAndPrice() public {
        expectCleared(PRICE, 0, 0);
        assertEq(clear(none(), none()), 0);
        assertLastClearing(slot, PRICE);
        expectCleared(PRICE, 0, 0);
        assertEq(clear(fill(SELLER, 1), none()), 0);
        expectCleared(PRICE, 0, 0);
        assertEq(clear(none(), fill(BUYER, 1)), 0);
    }

    function test_ClearSlot_InSeveralCalls() public {
        assertEq(clear(fill(SELLER, 400), fill(BUYER, 300)), 300);
        assertEq(clear(fill(SELLER, 1000), fill(BUYER, 1000)), 400);
        assertEq(clear(fill(SELLER, 1000, OTHER, 1000), fill(BUYER, 1000, NEIGHBOUR, 1000)), 900);
        assertLot(SELLER, slot, 1000, 1000, 4_000_000);
        assertLot(OTHER, slot, 600, 600, 5_000_000);
        assertLastClearing(slot, PRICE);
    }

    function test_ClearSlot_InOneTransaction_ByMulticall() public {
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(gridx.clearSlot, (slot, PRICE, fill(SELLER, 1000), fill(BUYER, 700), 700));
        calls[1] = abi.encodeCall(gridx.clearSlot, (slot, PRICE, fill(SELLER, 1000), fill(NEIGHBOUR, 900), 300));
        vm.prank(OPERATOR);
        gridx.multicall(calls);
        assertLot(SELLER, slot, 1000, 1000, 4_000_000);
    }

    function test_ClearSlot_ALateReadingJoinsTheNextCall() public {
        (address second, uint256 secondKey) = makeAddrAndKey("second meter");
        endSlot(slot);
        vm.warp(uint256(slot) * SLOT);
        register(second, OTHER); // the owner's second meter, of the same slot
        endSlot(slot);
        assertEq(clear(fill(OTHER, 600), fill(NEIGHBOUR, 900)), 600);
        attest(secondKey, slot, 200);
        assertEq(clear(fill(OTHER, 1000), fill(NEIGHBOUR, 900)), 200);
        assertLot(OTHER, slot, 800, 800, 5_000_000);
    }

    function test_ClearSlot_OfARetiredHouse() public {
        vm.prank(ADMIN);
        gridx.retireHouse(meter);
        assertEq(clear(fill(SELLER, 1000), fill(BUYER, 700)), 700);
        assertAccount(SELLER, 3_500_000, 0, 0);
    }

    function test_ClearSlot_WhileTheShelfIsClosed() public {
        IGridX.MarketParameters memory p = market();
        p.shelfDelaySlots = 2;
        setParameters(p);
        assertEq(clear(fill(SELLER, 1000), fill(BUYER, 700)), 700);
    }

    function test_ClearSlot_IntoABuyersAccountThatSells() public {
        // BUYER sells what makes it able to pay, in the same clearing.
        vm.startPrank(ADMIN);
        vm.warp(uint256(slot) * SLOT);
        gridx.registerHouse(vm.addr(7), BUYER, CAPACITY);
        vm.stopPrank();
        setAsk(BUYER, 1);
        vm.prank(BUYER);
        gridx.withdraw(BUYER, 10_000_000);
        endSlot(slot);
        attest(7, slot, 100);
        expectPair(BUYER, NEIGHBOUR, 100, PRICE, 5000, 71);
        expectPair(SELLER, NEIGHBOUR, 300, PRICE, 15_000, 213);
        expectPair(SELLER, BUYER, 90, PRICE, 4500, 64);
        expectCleared(PRICE, 490, 3);
        clear(fill(BUYER, 100, SELLER, 1000), fill(NEIGHBOUR, 400, BUYER, 90));
        assertAccount(BUYER, 500_000 - 454_500, 64, 64);
    }

    // --------------------------------------------------------------------------------------- who is passed over

    function test_Skip_NoLot() public {
        skipAsk(BUYER, 1, IGridX.SkipReason.NoLot);
        skipAsk(address(0), 1, IGridX.SkipReason.NoLot);
        slot = slot + 1;
        endSlot(slot);
        attest(meterKey, slot, 0);
        skipAsk(SELLER, 1, IGridX.SkipReason.NoLot);
    }

    function test_Skip_NoLot_WhereTheRingHoldsAnother() public {
        uint32 old = slot;
        slot = old + RING;
        endSlot(slot);
        skipAsk(SELLER, 1, IGridX.SkipReason.NoLot);
        assertLot(SELLER, old, 1000, 0, 4_000_000);
        // Around the ring a lot starts unsold.
        attest(meterKey, slot, 50);
        assertEq(clear(fill(SELLER, 1000), fill(NEIGHBOUR, 30)), 30);
        assertLot(SELLER, slot, 50, 30, 4_000_000);
        assertNoLot(SELLER, old);
    }

    function test_Skip_NotForSale() public {
        vm.prank(SELLER);
        gridx.setLotAsk(slot, 0);
        skipAsk(SELLER, 1, IGridX.SkipReason.NotForSale);
    }

    function test_Skip_AskAbovePrice() public {
        clear(slot, 3_999_999, none(), none(), 0);
        expectSkip(SELLER, IGridX.SkipReason.AskAbovePrice);
        expectCleared(3_999_999, 0, 0);
        clear(slot, 3_999_999, fill(SELLER, 1), fill(BUYER, 1), 0);
        // The seller comes down to the price.
        vm.prank(SELLER);
        gridx.setLotAsk(slot, 3_999_999);
        assertEq(clear(slot, 3_999_999, fill(SELLER, 1), fill(BUYER, 1), 0), 1);
    }

    function test_Skip_AskAbovePrice_NotByALaterStandingAsk() public {
        setAsk(SELLER, 900_000_000);
        assertEq(clear(fill(SELLER, 1), fill(BUYER, 1)), 1);
    }

    function test_Skip_NothingLeft_OfALineForNothing() public {
        skipAsk(SELLER, 0, IGridX.SkipReason.NothingLeft);
        skipBid(BUYER, 0, IGridX.SkipReason.NothingLeft);
        vm.warp(uint256(slot) * SLOT);
        bid(BUYER, LIMIT, 0);
        endSlot(slot);
        skipBid(BUYER, 1, IGridX.SkipReason.NothingLeft);
    }

    function test_Skip_NothingLeft_OfASoldLot() public {
        vm.prank(BUYER);
        gridx.logEnergyTrade(SELLER, BUYER, 1000, LIMIT);
        skipAsk(SELLER, 1000, IGridX.SkipReason.NothingLeft);
    }

    function test_Skip_NoBid() public {
        skipBid(makeAddr("nobody"), 1, IGridX.SkipReason.NoBid);
    }

    function test_Skip_NoBid_ThatWasSetAfterTheSlot() public {
        bid(BUYER, 9_000_000, 700);
        skipBid(BUYER, 1, IGridX.SkipReason.NoBid);
    }

    function test_Skip_BidBelowPrice() public {
        vm.warp(uint256(slot) * SLOT);
        bid(BUYER, LIMIT - 1, 700);
        endSlot(slot);
        skipBid(BUYER, 1, IGridX.SkipReason.BidBelowPrice);
    }

    function test_Skip_BidBelowPrice_WhenTheFeeWasRaisedUnderIt() public {
        IGridX.MarketParameters memory p = market();
        p.feeBps = 101;
        setParameters(p);
        skipBid(BUYER, 1, IGridX.SkipReason.BidBelowPrice);
        p.feeBps = 99;
        setParameters(p);
        expectPair(SELLER, BUYER, 700, PRICE, 34_650, 498);
        expectCleared(PRICE, 700, 1);
        clear(fill(SELLER, 700), fill(BUYER, 700));
    }

    /// @dev A bid is met exactly when a kWh with its fee, rounded up to a base unit, is within it.
    function testFuzz_Skip_BidBelowPrice(uint96 price, uint16 feeBps, uint96 limit) public {
        price = uint96(bound(price, 4_000_000, 9_000_000));
        IGridX.MarketParameters memory p = market();
        p.feeBps = uint16(bound(feeBps, 0, 1000));
        setParameters(p);
        uint256 product = uint256(price) * (10_000 + p.feeBps);
        uint96 needed = uint96(product / 10_000 + (product % 10_000 == 0 ? 0 : 1));
        limit = limit % 2 == 0 ? uint96(bound(limit, needed - 2, needed + 2)) : uint96(bound(limit, 1, 1_000_000_000));
        vm.warp(uint256(slot) * SLOT);
        bid(BUYER, limit, 700);
        endSlot(slot);
        if (limit < needed) {
            expectSkip(BUYER, IGridX.SkipReason.BidBelowPrice);
            expectCleared(price, 0, 0);
        }
        assertEq(clear(slot, price, fill(SELLER, 700), fill(BUYER, 700), 0), limit < needed ? 0 : 700);
        // Within one base unit of rounding, nobody pays more than the limit.
        uint256 paid = 10_000_000 - gridx.accountOf(BUYER).balance;
        assertLe(paid, (uint256(limit) * 700 + 999) / 1000);
    }

    function test_Skip_CannotPay_WithdrawnJustBefore_TheRestSettles() public {
        vm.prank(BUYER);
        gridx.withdraw(BUYER, 10_000_000 - 3_534_999);
        expectSkip(BUYER, IGridX.SkipReason.CannotPay);
        expectPair(SELLER, NEIGHBOUR, 900, PRICE, 45_000, 640);
        expectCleared(PRICE, 900, 1);
        assertEq(clear(fill(SELLER, 1000), fill(BUYER, 700, NEIGHBOUR, 900)), 900);
        assertAccount(BUYER, 3_534_999, 0, 0);
        assertBid(BUYER, LIMIT, 700, slot, 0);
    }

    function test_Skip_CannotPay_ExactBalanceCan() public {
        vm.prank(BUYER);
        gridx.withdraw(BUYER, 10_000_000 - 3_535_000);
        assertEq(clear(fill(SELLER, 1000), fill(BUYER, 700)), 700);
        assertAccount(BUYER, 0, 498, 498);
    }

    /// @dev What settled before stays; what is left of the line is passed over.
    function test_Skip_CannotPay_TheNextPair() public {
        vm.prank(BUYER);
        gridx.withdraw(BUYER, 10_000_000 - 3_534_999);
        expectPair(OTHER, BUYER, 600, PRICE, 30_000, 427);
        expectSkip(BUYER, IGridX.SkipReason.CannotPay);
        expectPair(SELLER, NEIGHBOUR, 900, PRICE, 45_000, 640);
        expectCleared(PRICE, 1500, 2);
        assertEq(clear(fill(OTHER, 600, SELLER, 1000), fill(BUYER, 700, NEIGHBOUR, 900)), 1500);
        assertBid(BUYER, LIMIT, 700, slot, 600);
        assertAccount(BUYER, 3_534_999 - 3_030_000, 427, 427);
    }

    function test_Skip_OwnEnergy_TheAskStaysForTheNext() public {
        vm.warp(uint256(slot) * SLOT);
        bid(SELLER, 9_000_000, 1000);
        endSlot(slot);
        fund(SELLER, 10_000_000, 0);
        expectSkip(SELLER, IGridX.SkipReason.OwnEnergy);
        expectPair(SELLER, NEIGHBOUR, 900, PRICE, 45_000, 640);
        expectCleared(PRICE, 900, 1);
        assertEq(clear(fill(SELLER, 1000), fill(SELLER, 1000, NEIGHBOUR, 900)), 900);
        assertBid(SELLER, 9_000_000, 1000, slot, 0);
        assertAccount(SELLER, 14_500_000, 0, 0);
    }

    function test_Skip_OwnEnergy_OfOneInBothLists_AfterBuyingAnothers() public {
        vm.warp(uint256(slot) * SLOT);
        bid(SELLER, 9_000_000, 700);
        endSlot(slot);
        fund(SELLER, 10_000_000, 0);
        expectPair(OTHER, SELLER, 600, PRICE, 30_000, 427);
        expectSkip(SELLER, IGridX.SkipReason.OwnEnergy);
        expectPair(SELLER, BUYER, 700, PRICE, 35_000, 498);
        expectCleared(PRICE, 1300, 2);
        clear(fill(OTHER, 600, SELLER, 1000), fill(SELLER, 700, BUYER, 700));
        assertAccount(SELLER, 10_000_000 - 3_030_000 + 3_500_000, 427, 427);
        assertBid(SELLER, 9_000_000, 700, slot, 600);
    }

    function test_Skip_NotAMember() public {
        IGridX.MarketParameters memory p = market();
        p.membersOnly = true;
        setParameters(p);
        skipBid(BUYER, 1, IGridX.SkipReason.NotAMember);
        vm.prank(ADMIN);
        gridx.setTier(BUYER, IGridX.Tier.Normal);
        assertEq(clear(fill(SELLER, 1000), fill(NEIGHBOUR, 900, BUYER, 700)), 700);
        assertBid(NEIGHBOUR, 9_000_000, 900, slot, 0);
    }

    // ---------------------------------------------------------------------------------------------- order, price

    function expectPassed(uint32 slot_, uint32 last) private {
        vm.expectRevert(abi.encodeWithSelector(IGridX.SlotAlreadyPassed.selector, slot_, last));
    }

    /// @dev 10, 9, 10.
    function test_RevertWhen_ClearSlot_OfAnEarlierSlot() public {
        uint32 next = slot + 1;
        endSlot(next);
        attest(meterKey, next, 1000);
        assertEq(clear(next, PRICE, fill(SELLER, 100), fill(NEIGHBOUR, 900), 0), 100);
        expectPassed(slot, next);
        clear(slot, PRICE, fill(SELLER, 100), fill(NEIGHBOUR, 900), 0);
        assertEq(clear(next, PRICE, fill(SELLER, 100), fill(NEIGHBOUR, 900), 0), 100);
        assertLastClearing(next, PRICE);
        assertBid(NEIGHBOUR, 9_000_000, 900, next, 200);
        assertLot(SELLER, slot, 1000, 0, 4_000_000);
    }

    /// @dev A slot may be left out; its lots are then for the shelf.
    function test_ClearSlot_LeavesSlotsOut() public {
        clear(fill(SELLER, 100), fill(NEIGHBOUR, 900));
        endSlot(slot + 3);
        clear(slot + 3, 1, none(), none(), 0);
        assertLastClearing(slot + 3, 1);
    }

    function testFuzz_RevertWhen_ClearSlot_AtAnotherPrice(uint96 price) public {
        vm.assume(price != PRICE && price != 0);
        clear(fill(SELLER, 1), fill(BUYER, 1));
        vm.expectRevert(abi.encodeWithSelector(IGridX.ClearingPriceFixed.selector, slot, PRICE, price));
        clear(slot, price, fill(SELLER, 1), fill(BUYER, 1), 0);
    }

    function test_RevertWhen_ClearSlot_AtNoPrice() public {
        expectOutOfRange("pricePerKwh", 0, 1, type(uint96).max);
        clear(slot, 0, none(), none(), 0);
    }

    /// @dev The price lies between asks and bids, which had bounds; bounds of its own it has none.
    function test_ClearSlot_AtTheHighestPrice() public {
        uint96 highest = type(uint96).max;
        expectSkip(NEIGHBOUR, IGridX.SkipReason.BidBelowPrice);
        expectCleared(highest, 0, 0);
        clear(slot, highest, fill(SELLER, 1), fill(NEIGHBOUR, 1), 0);
    }

    function test_ClearSlot_AtTheHighestPriceThatABidMeets() public {
        IGridX.MarketParameters memory p = market();
        (p.maxPrice, p.feeBps) = (type(uint96).max, 0);
        setParameters(p);
        vm.warp(uint256(slot) * SLOT);
        bid(BUYER, type(uint96).max, type(uint64).max);
        endSlot(slot);
        expectSkip(BUYER, IGridX.SkipReason.CannotPay);
        expectCleared(type(uint96).max, 0, 0);
        clear(slot, type(uint96).max, fill(SELLER, type(uint64).max), fill(BUYER, type(uint64).max), 0);
        // An account that holds all that it can pays for a kWh of it.
        fund(BUYER, type(uint96).max - 20_000_000 - 2_000_000, 0);
        vm.prank(NEIGHBOUR);
        gridx.withdraw(BUYER, 10_000_000);
        vm.prank(BUYER);
        gridx.deposit(11_000_000);
        vm.prank(NEIGHBOUR);
        rupee.transfer(BUYER, 1_000_000);
        vm.prank(BUYER);
        gridx.deposit(1_000_000);
        assertAccount(BUYER, type(uint96).max, 0, 0);
        expectPair(SELLER, BUYER, 1000, type(uint96).max, 0, 711);
        expectCleared(type(uint96).max, 1000, 1);
        clear(slot, type(uint96).max, fill(SELLER, type(uint64).max), fill(BUYER, type(uint64).max), 1000);
        assertAccount(BUYER, 0, 711, 711);
        assertAccount(SELLER, type(uint96).max, 0, 0);
    }

    function test_ClearSlot_OfOneWhAtTheLowestPrice_CostsOne() public {
        setAsk(SELLER, 1);
        vm.prank(SELLER);
        gridx.setLotAsk(slot, 1);
        expectPair(SELLER, BUYER, 1, 1, 0, 0);
        expectCleared(1, 1, 1);
        clear(slot, 1, fill(SELLER, 1), fill(BUYER, 1), 1);
        assertAccount(BUYER, 9_999_999, 0, 0);
        assertAccount(SELLER, 1, 0, 0);
    }

    // ----------------------------------------------------------------------------------------------- refusals

    function expectNotClearable(uint32 slot_, uint32 current) private {
        vm.expectRevert(abi.encodeWithSelector(IGridX.SlotNotClearable.selector, slot_, current));
    }

    function test_RevertWhen_ClearSlot_NotEnded() public {
        uint32 current = slot + 1;
        vm.warp(uint256(slot + 2) * SLOT - 1);
        expectNotClearable(current, current);
        clear(current, PRICE, none(), none(), 0);
        expectNotClearable(type(uint32).max, current);
        clear(type(uint32).max, PRICE, none(), none(), 0);
        vm.warp(uint256(slot + 2) * SLOT);
        clear(current, PRICE, none(), none(), 0);
    }

    function test_RevertWhen_ClearSlot_Expired() public {
        expectNotClearable(0, slot + 1);
        clear(0, PRICE, none(), none(), 0);
        vm.warp(uint256(slot + RING + 1) * SLOT - 1);
        assertEq(clear(fill(SELLER, 1), fill(BUYER, 1)), 1);
        vm.warp(uint256(slot + RING + 1) * SLOT);
        expectNotClearable(slot, slot + RING + 1);
        clear(fill(SELLER, 1), fill(BUYER, 1));
    }

    function test_RevertWhen_ClearSlot_WindowMadeShorter() public {
        endSlot(slot + 2);
        IGridX.MarketParameters memory p = market();
        p.tradingWindow = 2;
        setParameters(p);
        expectNotClearable(slot, slot + 3);
        clear(fill(SELLER, 1), fill(BUYER, 1));
        p.tradingWindow = 3;
        setParameters(p);
        assertEq(clear(fill(SELLER, 1), fill(BUYER, 1)), 1);
    }

    function testFuzz_RevertWhen_ClearSlot_BelowMinimum(uint64 energyWh, uint256 minWh) public {
        energyWh = uint64(bound(energyWh, 0, 1000));
        if (minWh % 2 == 0) minWh = bound(minWh, 0, 800);
        uint256 there = energyWh < 700 ? energyWh : 700;
        bytes32 head = gridx.head();
        if (minWh > there) {
            vm.expectRevert(abi.encodeWithSelector(IGridX.ClearingBelowMinimum.selector, there, minWh));
        }
        clear(slot, PRICE, fill(SELLER, energyWh), fill(BUYER, 700), minWh);
        if (minWh > there) {
            assertEq(gridx.head(), head);
            assertLastClearing(0, 0);
            assertLot(SELLER, slot, 1000, 0, 4_000_000);
            assertBid(BUYER, LIMIT, 700, slot, 0);
        } else {
            assertLot(SELLER, slot, 1000, there, 4_000_000);
        }
    }

    function test_RevertWhen_ClearSlot_JustBelowMinimum() public {
        uint256 state = vm.snapshotState();
        vm.expectRevert(abi.encodeWithSelector(IGridX.ClearingBelowMinimum.selector, 700, 701));
        clear(slot, PRICE, fill(SELLER, 1000), fill(BUYER, 700), 701);
        vm.revertToState(state);
        assertEq(clear(slot, PRICE, fill(SELLER, 1000), fill(BUYER, 700), 700), 700);
    }

    function test_RevertWhen_ClearSlot_Paused() public {
        pauseMarket();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        clear(none(), none());
    }

    function testFuzz_RevertWhen_ClearSlot_NotMarketOperator(address caller) public {
        vm.assume(caller != OPERATOR);
        vm.prank(caller);
        expectUnauthorized(caller, MARKET_OPERATOR);
        gridx.clearSlot(slot, PRICE, none(), none(), 0);
    }

    // ------------------------------------------------------------------------------------- beside the shelf

    function test_ClearSlot_AfterAPurchaseOfOneWhJustBefore() public {
        vm.prank(BUYER);
        gridx.logEnergyTrade(SELLER, BUYER, 1, LIMIT);
        assertEq(clear(slot, PRICE, fill(SELLER, 1000), fill(BUYER, 700, NEIGHBOUR, 300), 999), 999);
        assertLot(SELLER, slot, 1000, 1000, 4_000_000);
    }

    /// @dev Purchases at the lot's ask do not count for the bid: it is for clearings.
    function test_ClearSlot_PurchasesDoNotFillTheBid() public {
        vm.prank(BUYER);
        gridx.logEnergyTrade(SELLER, BUYER, 300, LIMIT);
        assertEq(clear(fill(SELLER, 1000), fill(BUYER, 700)), 700);
    }

    /// @dev In any order of purchases and clearings a lot sells what was attested, and not a Wh more.
    function testFuzz_ClearSlot_AndShelf_NeverSellAWhTwice(uint256 seed) public {
        uint256 sold;
        for (uint256 i = 0; i < 12; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint64 energyWh = uint64(seed >> 8) % 400 + 1;
            uint256 left = 1000 - sold;
            uint256 took;
            if (seed % 3 == 0) {
                if (energyWh > left) {
                    vm.expectRevert(
                        abi.encodeWithSelector(IGridX.InsufficientEnergy.selector, SELLER, slot, energyWh, left)
                    );
                } else {
                    took = energyWh;
                }
                vm.prank(BUYER);
                gridx.logEnergyTrade(SELLER, BUYER, energyWh, LIMIT);
            } else if (seed % 3 == 1) {
                took = energyWh < left ? energyWh : left;
                if (took == 0) {
                    vm.expectRevert(abi.encodeWithSelector(IGridX.BasketBelowMinimum.selector, 0, 0));
                }
                vm.prank(NEIGHBOUR);
                gridx.buyEnergy(one(IGridX.Purchase(SELLER, slot, energyWh, LIMIT)), 0);
            } else {
                uint256 room = 900 - (gridx.bidOf(NEIGHBOUR).slot == slot ? gridx.bidOf(NEIGHBOUR).filledWh : 0);
                took = energyWh < left ? energyWh : left;
                if (took > room) took = room;
                assertEq(clear(fill(SELLER, type(uint64).max), fill(NEIGHBOUR, energyWh)), took);
            }
            sold += took;
            assertLot(SELLER, slot, 1000, sold, 4_000_000);
        }
    }
}
