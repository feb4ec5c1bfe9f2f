// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";

/// @notice Standing asks, which ask a late reading gets, and asks of single lots.
contract AsksTest is Checks {
    uint96 private constant MAX_PRICE = 1_000_000_000;

    uint32 private slot;

    function setUp() public override {
        super.setUp();
        register(meter, SELLER);
        slot = gridx.currentSlot();
    }

    function setLotAsk(uint32 slot_, uint96 price) private {
        vm.prank(SELLER);
        gridx.setLotAsk(slot_, price);
    }

    function expectNotLive(uint32 slot_, uint32 current) private {
        vm.expectRevert(abi.encodeWithSelector(IGridX.LotNotLive.selector, SELLER, slot_, current));
    }

    function expectNotLowered(uint32 slot_, uint96 ask, uint96 given) private {
        vm.expectRevert(abi.encodeWithSelector(IGridX.AskNotLowered.selector, SELLER, slot_, ask, given));
    }

    // ------------------------------------------------------------------------------------------------- setAsk

    function testFuzz_SetAsk(uint96 price) public {
        price = uint96(bound(price, 0, MAX_PRICE));
        vm.expectEmit(address(gridx));
        emit IGridX.AskSet(SELLER, slot, price);
        setAsk(SELLER, price);
        assertSeller(SELLER, 0, 0, price, slot);
    }

    function test_SetAsk_TwiceInASlot_TheLastCounts() public {
        setAsk(SELLER, 10);
        endSlot(slot);
        setAsk(SELLER, 20);
        setAsk(SELLER, 30);
        assertSeller(SELLER, 10, 0, 30, slot + 1);
    }

    /// @dev Late readings get the ask that stood in their slot, as far back as the last change.
    function test_LateReadings_GetTheAskOfTheirSlot() public {
        setAsk(SELLER, 10);
        endSlot(slot + 1);
        setAsk(SELLER, 20);
        endSlot(slot + 3);
        attest(meterKey, slot + 3, 1);
        attest(meterKey, slot + 2, 1);
        attest(meterKey, slot + 1, 1);
        attest(meterKey, slot, 1);
        assertLot(SELLER, slot, 1, 0, 10);
        assertLot(SELLER, slot + 1, 1, 0, 10);
        assertLot(SELLER, slot + 2, 1, 0, 20);
        assertLot(SELLER, slot + 3, 1, 0, 20);
        assertSeller(SELLER, 10, slot + 3, 20, slot + 2);
    }

    function test_LateReadings_BeforeTheLastChangeButOne_GetTheLastButOne() public {
        setAsk(SELLER, 10);
        endSlot(slot);
        setAsk(SELLER, 20);
        endSlot(slot + 1);
        setAsk(SELLER, 30);
        attest(meterKey, slot, 1);
        assertLot(SELLER, slot, 1, 0, 20);
    }

    function test_SetAsk_LeavesLotsAlone() public {
        setAsk(SELLER, 10);
        endSlot(slot);
        attest(meterKey, slot, 1);
        setAsk(SELLER, 20);
        assertLot(SELLER, slot, 1, 0, 10);
    }

    function test_RevertWhen_SetAsk_OutOfBounds() public {
        IGridX.MarketParameters memory p = market();
        p.minPrice = 5;
        setParameters(p);
        expectOutOfRange("pricePerKwh", 4, 5, MAX_PRICE);
        setAsk(SELLER, 4);
        expectOutOfRange("pricePerKwh", MAX_PRICE + 1, 5, MAX_PRICE);
        setAsk(SELLER, MAX_PRICE + 1);
        setAsk(SELLER, 0);
        setAsk(SELLER, 5);
        setAsk(SELLER, MAX_PRICE);
    }

    // ---------------------------------------------------------------------------------------------- setLotAsk

    function testFuzz_SetLotAsk_Lowers(uint96 ask, uint96 lower) public {
        ask = uint96(bound(ask, 1, MAX_PRICE));
        lower = uint96(bound(lower, 0, ask - 1));
        offer(100, ask);
        vm.expectEmit(address(gridx));
        emit IGridX.LotAskSet(SELLER, slot, lower);
        setLotAsk(slot, lower);
        assertLot(SELLER, slot, 100, 0, lower);
        assertSeller(SELLER, 0, slot, ask, slot);
    }

    function test_SetLotAsk_PricesOneThatHadNone() public {
        offer(100, 0);
        setLotAsk(slot, 7);
        assertLot(SELLER, slot, 100, 0, 7);
    }

    function test_SetLotAsk_OfOneThatHadNone_IsAnAskLikeAnyOther() public {
        offer(100, 0);
        setLotAsk(slot, 7);
        expectNotLowered(slot, 7, 8);
        setLotAsk(slot, 8);
        setLotAsk(slot, 0);
        expectNotLowered(slot, 7, 8);
        setLotAsk(slot, 8);
        setLotAsk(slot, 7);
        assertLot(SELLER, slot, 100, 0, 7);
    }

    /// @dev Off sale a lot has no ask, but remembers the last one: it comes back at that, or lower.
    function test_SetLotAsk_BackOnSale_AtMostAtItsLastAsk() public {
        offer(100, 10);
        setLotAsk(slot, 0);
        assertLot(SELLER, slot, 100, 0, 0);
        expectNotLowered(slot, 10, 11);
        setLotAsk(slot, 11);
        vm.expectEmit(address(gridx));
        emit IGridX.LotAskSet(SELLER, slot, 10);
        setLotAsk(slot, 10);
        assertLot(SELLER, slot, 100, 0, 10);
        setLotAsk(slot, 9);
        setLotAsk(slot, 0);
        expectNotLowered(slot, 9, 10);
        setLotAsk(slot, 10);
        setLotAsk(slot, 8);
        assertLot(SELLER, slot, 100, 0, 8);
    }

    function test_RevertWhen_SetLotAsk_OffSaleTwice() public {
        offer(100, 10);
        setLotAsk(slot, 0);
        expectNotLowered(slot, 10, 0);
        setLotAsk(slot, 0);
    }

    /// @dev Nobody is sold, told or quoted the ask that a lot off sale remembers.
    function test_SetLotAsk_OffSale_ShowsNoAsk() public {
        (address second, uint256 secondKey) = makeAddrAndKey("second meter");
        register(second, SELLER);
        offer(100, ASK);
        fund(BUYER, 1_000_000, 0);
        trade(40, LIMIT);
        setLotAsk(slot, 0);
        vm.expectEmit(address(gridx));
        emit IGridX.EnergyAttested(second, SELLER, slot, 50, 0);
        attest(secondKey, slot, 50);
        assertLot(SELLER, slot, 150, 40, 0);
        (uint64 available, uint96 ask, uint256 withFee) = gridx.quoteOf(SELLER, slot);
        assertEq(available + ask + withFee, 0);
        vm.expectRevert(abi.encodeWithSelector(IGridX.NotForSale.selector, SELLER, slot));
        trade(1, LIMIT);
        setLotAsk(slot, ASK);
        trade(110, LIMIT);
        assertLot(SELLER, slot, 150, 150, ASK);
    }

    /// @dev Another lot in the same cell of the ring starts anew.
    function test_SetLotAsk_ANewLotRemembersNothing() public {
        offer(100, 10);
        setLotAsk(slot, 0);
        setAsk(SELLER, 0);
        endSlot(slot + RING);
        attest(meterKey, slot + RING, 100);
        assertLot(SELLER, slot + RING, 100, 0, 0);
        setLotAsk(slot + RING, 1000);
        assertLot(SELLER, slot + RING, 100, 0, 1000);
    }

    /// @dev Whatever a seller does, no ask of a lot is above one that it had before.
    function testFuzz_SetLotAsk_OnlyFalls(uint96 first, uint96[12] memory given) public {
        first = first % 100;
        offer(100, first);
        (uint96 ceiling, uint96 ask) = (first, first);
        for (uint256 i = 0; i < given.length; ++i) {
            uint96 price = given[i] % 3 == 0 ? 0 : given[i] % 100;
            bool lowers = ask == 0 ? price != 0 && (ceiling == 0 || price <= ceiling) : price < ask;
            if (!lowers) expectNotLowered(slot, ceiling, price);
            setLotAsk(slot, price);
            if (lowers) ask = price;
            if (ask != 0) ceiling = ask;
            assertLot(SELLER, slot, 100, 0, ask);
        }
    }

    function test_SetLotAsk_KeepsWhatIsSold() public {
        offer(100, ASK);
        fund(BUYER, 1_000_000, 0);
        trade(40, LIMIT);
        setLotAsk(slot, 1);
        assertLot(SELLER, slot, 100, 40, 1);
    }

    function testFuzz_RevertWhen_SetLotAsk_NotLowered(uint96 given) public {
        given = uint96(bound(given, 10, MAX_PRICE));
        offer(100, 10);
        expectNotLowered(slot, 10, given);
        setLotAsk(slot, given);
    }

    function test_RevertWhen_SetLotAsk_ZeroAgain() public {
        offer(100, 0);
        expectNotLowered(slot, 0, 0);
        setLotAsk(slot, 0);
    }

    function test_RevertWhen_SetLotAsk_OutOfBounds() public {
        IGridX.MarketParameters memory p = market();
        p.minPrice = 5;
        setParameters(p);
        offer(100, 10);
        expectOutOfRange("pricePerKwh", 4, 5, MAX_PRICE);
        setLotAsk(slot, 4);
    }

    function test_RevertWhen_SetLotAsk_NoSuchLot() public {
        expectNotLive(slot, slot);
        setLotAsk(slot, 1);
        endSlot(slot);
        expectNotLive(slot, slot + 1);
        setLotAsk(slot, 1);
        attest(meterKey, slot, 1);
        expectNotLive(slot + RING, slot + 1);
        setLotAsk(slot + RING, 1);
        expectNotLive(0, slot + 1);
        setLotAsk(0, 1);
    }

    function test_SetLotAsk_UntilTheWindowEnds() public {
        IGridX.MarketParameters memory p = market();
        p.tradingWindow = 3;
        setParameters(p);
        offer(100, 10);
        vm.warp(uint256(slot + 4) * SLOT - 1);
        setLotAsk(slot, 9);
        vm.warp(uint256(slot + 4) * SLOT);
        expectNotLive(slot, slot + 4);
        setLotAsk(slot, 8);
        // A longer window brings it back: it was never replaced.
        setParameters(market());
        setLotAsk(slot, 8);
        assertLot(SELLER, slot, 100, 0, 8);
    }

    function test_RevertWhen_SetLotAsk_OfAnother() public {
        offer(100, 10);
        vm.expectRevert(abi.encodeWithSelector(IGridX.LotNotLive.selector, BUYER, slot, slot + 1));
        vm.prank(BUYER);
        gridx.setLotAsk(slot, 1);
    }
}
