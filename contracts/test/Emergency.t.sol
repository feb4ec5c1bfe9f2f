// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../src/interfaces/IGridX.sol";
import {Clearing} from "./Clearing.sol";

/// @notice Emergencies: who declares and ends them, the price cap, and allowances by tier.
contract EmergencyTest is Clearing {
    uint64 private constant ALL = type(uint64).max;

    function declare(uint96 cap, uint64 normalWh, uint64 essentialWh) private {
        declare(cap, normalWh, essentialWh, uint40(vm.getBlockTimestamp() + 7 days), "storm");
    }

    function declare(uint96 cap, uint64 normalWh, uint64 essentialWh, uint40 endsAt, string memory reason) private {
        vm.prank(GRID);
        gridx.declareEmergency(cap, normalWh, essentialWh, endsAt, reason);
    }

    function end() private {
        vm.prank(GRID);
        gridx.endEmergency();
    }

    function setTier(address participant, IGridX.Tier tier) private {
        vm.prank(ADMIN);
        gridx.setTier(participant, tier);
    }

    function basket(address buyer, uint64 energyWh) private returns (uint256) {
        vm.prank(buyer);
        return gridx.buyEnergy(one(IGridX.Purchase(SELLER, slot, energyWh, LIMIT)), 0);
    }

    function expectExceeded(uint256 requested, uint256 available) private {
        vm.expectRevert(abi.encodeWithSelector(IGridX.AllowanceExceeded.selector, BUYER, requested, available));
    }

    function assertRules(uint96 cap, uint64 normalWh, uint64 essentialWh, uint40 endsAt) private view {
        IGridX.EmergencyRules memory rules = gridx.emergency();
        assertEq(rules.priceCap, cap, "priceCap");
        assertEq(rules.normalWhPerSlot, normalWh, "normalWhPerSlot");
        assertEq(rules.essentialWhPerSlot, essentialWh, "essentialWhPerSlot");
        assertEq(rules.endsAt, endsAt, "endsAt");
    }

    function assertUsed(address participant, uint256 slot_, uint256 usedWh) private view {
        IGridX.Participant memory held = gridx.participantOf(participant);
        assertEq(held.usedSlot, slot_, "usedSlot");
        assertEq(held.usedWh, usedWh, "usedWh");
    }

    // ------------------------------------------------------------------------------------ declareEmergency

    function testFuzz_DeclareEmergency(
        uint96 cap,
        uint64 normalWh,
        uint64 essentialWh,
        uint40 endsAt,
        string memory reason
    ) public {
        vm.assume(bytes(reason).length <= 512);
        uint256 at = vm.getBlockTimestamp();
        endsAt = uint40(bound(endsAt, at + 1, at + 7 days));
        bytes32 head = keccak256(
            abi.encode(
                gridx.head(),
                IGridX.EmergencyDeclared.selector,
                vm.getBlockTimestamp(),
                cap,
                normalWh,
                essentialWh,
                endsAt,
                reason
            )
        );
        vm.expectEmit(address(gridx));
        emit IGridX.EmergencyDeclared(cap, normalWh, essentialWh, endsAt, reason);
        declare(cap, normalWh, essentialWh, endsAt, reason);
        assertRules(cap, normalWh, essentialWh, endsAt);
        assertEq(gridx.head(), head);
        assertEq(abi.encode(gridx.marketParameters()), abi.encode(market()));
    }

    function test_RevertWhen_DeclareEmergency_EndsOutOfBounds() public {
        uint40 at = uint40(vm.getBlockTimestamp());
        expectOutOfRange("endsAt", 0, at + 1, at + 7 days);
        declare(1, 1, 1, 0, "");
        expectOutOfRange("endsAt", at, at + 1, at + 7 days);
        declare(1, 1, 1, at, "");
        expectOutOfRange("endsAt", at + 7 days + 1, at + 1, at + 7 days);
        declare(1, 1, 1, at + 7 days + 1, "");
        expectOutOfRange("endsAt", type(uint40).max, at + 1, at + 7 days);
        declare(1, 1, 1, type(uint40).max, "");
        declare(1, 1, 1, at + 1, "");
        declare(1, 1, 1, at + 7 days, "");
        assertRules(1, 1, 1, at + 7 days);
    }

    function test_RevertWhen_DeclareEmergency_ReasonTooLong() public {
        uint40 endsAt = uint40(vm.getBlockTimestamp() + 1);
        declare(1, 1, 1, endsAt, string(new bytes(512)));
        vm.expectRevert(abi.encodeWithSelector(IGridX.TextTooLong.selector, "reason", 513, 512));
        declare(1, 1, 1, endsAt, string(new bytes(513)));
    }

    function testFuzz_RevertWhen_NotGridOperator(address caller) public {
        vm.assume(caller != GRID);
        uint40 endsAt = uint40(vm.getBlockTimestamp() + 1);
        expectUnauthorized(caller, GRID_OPERATOR);
        vm.prank(caller);
        gridx.declareEmergency(1, 1, 1, endsAt, "");
        declare(1, 1, 1);
        expectUnauthorized(caller, GRID_OPERATOR);
        vm.prank(caller);
        gridx.endEmergency();
    }

    function test_DeclareEmergency_AgainReplacesTheRules() public {
        declare(9, 8, 7);
        declare(PRICE, 100, 200, uint40(vm.getBlockTimestamp() + 60), "worse");
        assertRules(PRICE, 100, 200, uint40(vm.getBlockTimestamp() + 60));
        setTier(BUYER, IGridX.Tier.Normal);
        assertEq(gridx.allowanceOf(BUYER), 100);
    }

    /// @dev What was bought in this slot under the former rules counts under the new ones.
    function test_DeclareEmergency_AgainForgetsNothing() public {
        setTier(BUYER, IGridX.Tier.Normal);
        declare(PRICE, 300, 0);
        trade(250, LIMIT);
        end();
        trade(50, LIMIT); // no emergency, not counted
        declare(PRICE, 300, 0);
        assertEq(gridx.allowanceOf(BUYER), 50);
        declare(PRICE, 200, 0);
        assertEq(gridx.allowanceOf(BUYER), 0);
        expectExceeded(1, 0);
        trade(1, LIMIT);
    }

    function test_DeclareEmergency_WhilePaused() public {
        pauseMarket();
        declare(9, 8, 7);
        assertEq(gridx.emergency().priceCap, 9);
        end();
        assertRules(0, 0, 0, 0);
    }

    // --------------------------------------------------------------------------------------- endEmergency

    function test_EndEmergency() public {
        declare(1, 0, 0);
        bytes32 head = keccak256(abi.encode(gridx.head(), IGridX.EmergencyEnded.selector, vm.getBlockTimestamp()));
        vm.expectEmit(address(gridx));
        emit IGridX.EmergencyEnded();
        end();
        assertEq(gridx.head(), head);
        assertRules(0, 0, 0, 0);
        assertEq(gridx.allowanceOf(BUYER), ALL);
        trade(1000, LIMIT);
        assertUsed(BUYER, 0, 0);
    }

    function test_RevertWhen_EndEmergency_None() public {
        vm.expectRevert(IGridX.NoEmergency.selector);
        end();
        declare(1, 0, 0);
        end();
        vm.expectRevert(IGridX.NoEmergency.selector);
        end();
    }

    function test_Emergency_LapsesByItself() public {
        uint40 endsAt = uint40(vm.getBlockTimestamp() + 100);
        declare(PRICE, 2, 3, endsAt, "");
        vm.warp(endsAt - 1);
        assertRules(PRICE, 2, 3, endsAt);
        expectExceeded(1, 0);
        trade(1, LIMIT);
        vm.warp(endsAt);
        assertRules(0, 0, 0, 0);
        assertEq(gridx.allowanceOf(BUYER), ALL);
        vm.expectRevert(IGridX.NoEmergency.selector);
        end();
        trade(999, LIMIT);
        assertEq(clear(fill(OTHER, 1), fill(BUYER, 1)), 1);
        assertUsed(BUYER, 0, 0);
    }

    // -------------------------------------------------------------------------------------------- the cap

    function test_Cap_LogEnergyTrade() public {
        setTier(BUYER, IGridX.Tier.Critical);
        declare(3_999_999, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IGridX.PriceAboveCap.selector, 4_000_000, 3_999_999));
        trade(1, LIMIT);
        declare(4_000_000, 0, 0);
        trade(1, LIMIT);
    }

    function test_Cap_LogEnergyTrade_ASellerComesDownToIt() public {
        setTier(BUYER, IGridX.Tier.Critical);
        declare(3_000_000, 0, 0);
        vm.prank(SELLER);
        gridx.setLotAsk(slot, 3_000_000);
        trade(1, LIMIT);
    }

    function test_Cap_LeavesOutBasketLines() public {
        setTier(BUYER, IGridX.Tier.Critical);
        declare(4_000_000, 0, 0);
        IGridX.Purchase[] memory purchases = new IGridX.Purchase[](2);
        purchases[0] = IGridX.Purchase(OTHER, slot, 600, 9_000_000);
        purchases[1] = IGridX.Purchase(SELLER, slot, 10, LIMIT);
        vm.prank(BUYER);
        assertEq(gridx.buyEnergy(purchases, 0), 10);
        assertLot(OTHER, slot, 600, 0, 5_000_000);
    }

    function test_Cap_ClearSlot() public {
        setTier(BUYER, IGridX.Tier.Critical);
        declare(4_500_000, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IGridX.PriceAboveCap.selector, 4_500_001, 4_500_000));
        clear(slot, 4_500_001, fill(SELLER, 1), fill(BUYER, 1), 0);
        // A seller whose ask is above the cap sells nothing.
        expectSkip(OTHER, IGridX.SkipReason.AskAbovePrice);
        expectPair(SELLER, BUYER, 1, 4_500_000, 45, 0);
        expectCleared(4_500_000, 1, 1);
        clear(slot, 4_500_000, fill(OTHER, 1, SELLER, 1), fill(BUYER, 1), 0);
    }

    function test_Cap_OfNothing_SellsNothing() public {
        setTier(BUYER, IGridX.Tier.Critical);
        declare(0, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IGridX.PriceAboveCap.selector, 4_000_000, 0));
        trade(1, LIMIT);
        vm.expectRevert(abi.encodeWithSelector(IGridX.PriceAboveCap.selector, 1, 0));
        clear(slot, 1, none(), none(), 0);
    }

    /// @dev The slot's price stands, so a cap below it ends the slot's clearing until the emergency is over.
    function test_Cap_BelowAPriceAlreadyCleared() public {
        setTier(BUYER, IGridX.Tier.Critical);
        clear(fill(SELLER, 1), fill(BUYER, 1));
        declare(4_500_000, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IGridX.PriceAboveCap.selector, PRICE, 4_500_000));
        clear(fill(SELLER, 1), fill(BUYER, 1));
        vm.expectRevert(abi.encodeWithSelector(IGridX.ClearingPriceFixed.selector, slot, PRICE, 4_500_000));
        clear(slot, 4_500_000, fill(SELLER, 1), fill(BUYER, 1), 0);
        end();
        assertEq(clear(fill(SELLER, 1), fill(BUYER, 1)), 1);
    }

    function test_Cap_IsSeenByQuotes() public {
        declare(3_999_999, 0, 0);
        (uint64 available, uint96 ask,) = gridx.quoteOf(SELLER, slot);
        assertEq(available, 0);
        assertEq(ask, 4_000_000);
        declare(4_000_000, 0, 0);
        (available,,) = gridx.quoteOf(SELLER, slot);
        assertEq(available, 1000);
    }

    // ------------------------------------------------------------------------------------------- allowances

    function test_Allowance_ByTier() public {
        declare(PRICE, 100, 200);
        assertEq(gridx.allowanceOf(BUYER), 0);
        expectExceeded(1, 0);
        trade(1, LIMIT);
        setTier(BUYER, IGridX.Tier.Normal);
        assertEq(gridx.allowanceOf(BUYER), 100);
        expectExceeded(101, 100);
        trade(101, LIMIT);
        trade(100, LIMIT);
        assertEq(gridx.allowanceOf(BUYER), 0);
        expectExceeded(1, 0);
        trade(1, LIMIT);
        setTier(BUYER, IGridX.Tier.Essential);
        assertEq(gridx.allowanceOf(BUYER), 100);
        expectExceeded(101, 100);
        trade(101, LIMIT);
        trade(100, LIMIT);
        setTier(BUYER, IGridX.Tier.Critical);
        assertEq(gridx.allowanceOf(BUYER), ALL);
        trade(800, LIMIT);
        assertUsed(BUYER, slot + 1, 1000);
    }

    /// @dev What tier 3 buys counts once it is no longer tier 3.
    function test_Allowance_ATierTakenAwayForgetsNothing() public {
        setTier(BUYER, IGridX.Tier.Critical);
        declare(PRICE, 100, 200);
        trade(150, LIMIT);
        setTier(BUYER, IGridX.Tier.Essential);
        assertEq(gridx.allowanceOf(BUYER), 50);
        setTier(BUYER, IGridX.Tier.Normal);
        assertEq(gridx.allowanceOf(BUYER), 0);
        setTier(BUYER, IGridX.Tier.None);
        setTier(BUYER, IGridX.Tier.Essential);
        assertEq(gridx.allowanceOf(BUYER), 50);
        assertUsed(BUYER, slot + 1, 150);
    }

    function test_Allowance_OneForPurchasesBasketsAndClearings() public {
        setTier(BUYER, IGridX.Tier.Normal);
        declare(PRICE, 100, 0);
        trade(30, LIMIT);
        assertEq(basket(BUYER, 30), 30);
        expectPair(SELLER, BUYER, 40, PRICE, 2000, 28);
        expectCleared(PRICE, 40, 1);
        clear(fill(SELLER, 1000), fill(BUYER, 700));
        skipBid(BUYER, 1, IGridX.SkipReason.NoAllowance);
        expectExceeded(1, 0);
        trade(1, LIMIT);
        vm.expectRevert(abi.encodeWithSelector(IGridX.BasketBelowMinimum.selector, 0, 0));
        basket(BUYER, 1);
        assertUsed(BUYER, slot + 1, 100);
        assertBid(BUYER, LIMIT, 700, slot, 40);
    }

    function test_Allowance_OneForAllLinesOfABasket() public {
        setTier(BUYER, IGridX.Tier.Normal);
        declare(PRICE, 100, 0);
        IGridX.Purchase[] memory purchases = new IGridX.Purchase[](3);
        purchases[0] = IGridX.Purchase(SELLER, slot, 60, LIMIT);
        purchases[1] = IGridX.Purchase(OTHER, slot, 60, LIMIT);
        purchases[2] = IGridX.Purchase(SELLER, slot, 60, LIMIT);
        vm.prank(BUYER);
        assertEq(gridx.buyEnergy(purchases, 100), 100);
        assertLot(SELLER, slot, 1000, 60, 4_000_000);
        assertLot(OTHER, slot, 600, 40, 5_000_000);
    }

    function test_Allowance_OneForAllLinesOfAClearing() public {
        setTier(BUYER, IGridX.Tier.Normal);
        setTier(NEIGHBOUR, IGridX.Tier.Essential);
        declare(PRICE, 100, 250);
        expectPair(OTHER, BUYER, 60, PRICE, 3000, 42);
        expectPair(SELLER, BUYER, 30, PRICE, 1500, 21);
        expectPair(SELLER, BUYER, 10, PRICE, 500, 7);
        expectCleared(PRICE, 100, 3);
        clear(fill(OTHER, 60, SELLER, 1000), fill(BUYER, 90, BUYER, 90));
        expectSkip(BUYER, IGridX.SkipReason.NoAllowance);
        expectPair(SELLER, NEIGHBOUR, 250, PRICE, 12_500, 177);
        expectCleared(PRICE, 250, 1);
        clear(fill(SELLER, 1000), fill(BUYER, 90, NEIGHBOUR, 900));
    }

    /// @dev By the slot of the block, not of the lots: old lots give no second allowance.
    function test_Allowance_OneForLotsOfSeveralSlots() public {
        setTier(BUYER, IGridX.Tier.Normal);
        uint32 newer = offer(1000, 4_000_000);
        declare(PRICE, 100, 0);
        assertEq(basket(BUYER, 60), 60);
        trade(30, LIMIT); // of the newer lot
        assertEq(clear(slot, PRICE, fill(SELLER, 1000), fill(BUYER, 700), 0), 10);
        expectExceeded(1, 0);
        trade(1, LIMIT);
        assertEq(clear(newer, PRICE, fill(SELLER, 1000), fill(BUYER, 700), 0), 0);
        assertUsed(BUYER, newer + 1, 100);
    }

    function test_Allowance_StartsAnewEachSlotOfBlockTime() public {
        setTier(BUYER, IGridX.Tier.Normal);
        declare(PRICE, 100, 0);
        trade(100, LIMIT);
        vm.warp(uint256(slot + 2) * SLOT - 1);
        expectExceeded(1, 0);
        trade(1, LIMIT);
        vm.warp(uint256(slot + 2) * SLOT);
        assertEq(gridx.allowanceOf(BUYER), 100);
        trade(40, LIMIT);
        assertEq(gridx.allowanceOf(BUYER), 60);
        assertUsed(BUYER, slot + 2, 40);
    }

    function test_Allowance_WhatWasBoughtBeforeTheEmergencyDoesNotCount() public {
        setTier(BUYER, IGridX.Tier.Normal);
        trade(500, LIMIT);
        assertUsed(BUYER, 0, 0);
        declare(PRICE, 100, 0);
        assertEq(gridx.allowanceOf(BUYER), 100);
        trade(100, LIMIT);
        assertUsed(BUYER, slot + 1, 100);
    }

    function test_Allowance_OfTierNone_EvenWhereAnyoneBuys() public {
        declare(PRICE, ALL, ALL);
        skipBid(BUYER, 1, IGridX.SkipReason.NoAllowance);
        vm.expectRevert(abi.encodeWithSelector(IGridX.BasketBelowMinimum.selector, 0, 0));
        basket(BUYER, 1);
        expectExceeded(1, 0);
        trade(1, LIMIT);
    }

    function test_Allowance_WithoutLimit() public {
        setTier(BUYER, IGridX.Tier.Normal);
        declare(PRICE, ALL, 0);
        assertEq(gridx.allowanceOf(BUYER), ALL);
        trade(1000, LIMIT);
        assertEq(gridx.allowanceOf(BUYER), ALL - 1000);
    }

    function test_AllowanceOf_OutsideAnEmergency() public {
        assertEq(gridx.allowanceOf(BUYER), ALL);
        setTier(BUYER, IGridX.Tier.Normal);
        assertEq(gridx.allowanceOf(BUYER), ALL);
    }

    /// @dev Over any purchases and clearings of one slot of block time, at most the allowance, and all of it.
    function testFuzz_Allowance(uint64 allowance, uint256 seed) public {
        allowance = uint64(bound(allowance, 1, 700)); // the lot is never what lacks
        setTier(NEIGHBOUR, IGridX.Tier.Essential);
        declare(PRICE, 0, allowance);
        uint256 used;
        for (uint256 i = 0; i < 6; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint64 energyWh = uint64(seed >> 8) % 300 + 1;
            uint256 left = gridx.allowanceOf(NEIGHBOUR);
            assertEq(left, allowance - used);
            uint256 took = energyWh < left ? energyWh : left;
            if (seed % 3 == 0) {
                if (energyWh > left) {
                    took = 0;
                    vm.expectRevert(
                        abi.encodeWithSelector(IGridX.AllowanceExceeded.selector, NEIGHBOUR, energyWh, left)
                    );
                }
                vm.prank(NEIGHBOUR);
                gridx.logEnergyTrade(SELLER, NEIGHBOUR, energyWh, LIMIT);
            } else if (seed % 3 == 1) {
                if (took == 0) vm.expectRevert(abi.encodeWithSelector(IGridX.BasketBelowMinimum.selector, 0, 0));
                basket(NEIGHBOUR, energyWh);
            } else {
                assertEq(clear(fill(SELLER, 1000), fill(NEIGHBOUR, energyWh)), took);
            }
            used += took;
        }
        assertLe(used, allowance);
        if (used != 0) assertUsed(NEIGHBOUR, slot + 1, used);
    }
}
