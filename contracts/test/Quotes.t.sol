// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";

/// @notice `quoteOf` says what a purchase meets.
contract QuotesTest is Checks {
    uint32 private slot;

    function setUp() public override {
        super.setUp();
        slot = offer(1000, ASK);
        fund(BUYER, 100_000_000, 0);
    }

    function assertQuote(uint32 slot_, uint256 available, uint256 ask, uint256 withFee) private view {
        (uint64 availableWh, uint96 ask_, uint256 priceWithFee) = gridx.quoteOf(SELLER, slot_);
        assertEq(availableWh, available, "availableWh");
        assertEq(ask_, ask, "ask");
        assertEq(priceWithFee, withFee, "priceWithFee");
    }

    function test_QuoteOf_ALotOnSale() public {
        assertQuote(slot, 1000, ASK, LIMIT);
        trade(400, LIMIT);
        assertQuote(slot, 600, ASK, LIMIT);
    }

    function test_QuoteOf_NoLot() public view {
        assertQuote(slot + 1, 0, 0, 0);
        assertQuote(slot + RING, 0, 0, 0);
    }

    function test_QuoteOf_NotForSale() public {
        vm.prank(SELLER);
        gridx.setLotAsk(slot, 0);
        assertQuote(slot, 0, 0, 0);
    }

    function test_QuoteOf_ShelfClosed() public {
        IGridX.MarketParameters memory p = market();
        p.shelfDelaySlots = 1;
        setParameters(p);
        assertQuote(slot, 0, ASK, LIMIT);
        endSlot(slot + 1);
        assertQuote(slot, 1000, ASK, LIMIT);
    }

    function test_QuoteOf_Expired() public {
        endSlot(slot + RING - 1);
        assertQuote(slot, 1000, ASK, LIMIT);
        endSlot(slot + RING);
        assertQuote(slot, 0, 0, 0);
    }

    /// @dev The quoted price is the lowest limit that buys, and the quoted energy the most.
    function testFuzz_QuoteOf_IsWhatATradeNeeds(uint96 ask, uint16 feeBps, uint64 sold) public {
        ask = uint96(bound(ask, 1, 50_000_000));
        sold = uint64(bound(sold, 0, 999));
        IGridX.MarketParameters memory p = market();
        p.feeBps = uint16(bound(feeBps, 0, 1000));
        setParameters(p);
        slot = offer(1000, ask);
        if (sold != 0) trade(sold, type(uint256).max);
        (uint64 available,, uint256 limit) = gridx.quoteOf(SELLER, slot);
        assertEq(available, 1000 - sold);
        vm.expectRevert(abi.encodeWithSelector(IGridX.PriceAboveLimit.selector, SELLER, slot, limit, limit - 1));
        trade(available, limit - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IGridX.InsufficientEnergy.selector, SELLER, slot, available + 1, available)
        );
        trade(uint256(available) + 1, limit);
        trade(available, limit);
        assertQuote(slot, 0, ask, limit);
    }
}
