// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../src/interfaces/IGridX.sol";
import {Clearing} from "./Clearing.sol";

/// @notice `setBid`: what it writes, and which slots a bid serves.
contract SetBidTest is Clearing {
    uint96 private constant MAX_PRICE = 1_000_000_000;

    function testFuzz_SetBid(uint96 price, uint64 maxWh) public {
        price = uint96(bound(price, 1, MAX_PRICE));
        bytes32 head = keccak256(
            abi.encode(gridx.head(), IGridX.BidSet.selector, vm.getBlockTimestamp(), BUYER, slot + 1, price, maxWh)
        );
        vm.expectEmit(address(gridx));
        emit IGridX.BidSet(BUYER, slot + 1, price, maxWh);
        bid(BUYER, price, maxWh);
        assertBid(BUYER, price, maxWh, slot + 1, 0);
        assertEq(gridx.head(), head);
        assertBid(NEIGHBOUR, 9_000_000, 900, slot, 0);
    }

    function test_SetBid_ZeroEndsIt() public {
        bid(BUYER, 0, 700);
        assertBid(BUYER, 0, 700, slot + 1, 0);
        skipBid(BUYER, 1, IGridX.SkipReason.NoBid);
    }

    function test_RevertWhen_SetBid_OutOfBounds() public {
        IGridX.MarketParameters memory p = market();
        p.minPrice = 5;
        setParameters(p);
        expectOutOfRange("pricePerKwh", 4, 5, MAX_PRICE);
        bid(BUYER, 4, 1);
        expectOutOfRange("pricePerKwh", MAX_PRICE + 1, 5, MAX_PRICE);
        bid(BUYER, MAX_PRICE + 1, 1);
        bid(BUYER, 5, 1);
        bid(BUYER, MAX_PRICE, type(uint64).max);
        assertBid(BUYER, MAX_PRICE, type(uint64).max, slot + 1, 0);
    }

    function test_SetBid_WorksWhilePausedAndInAnEmergency() public {
        vm.prank(GRID);
        gridx.declareEmergency(0, 0, 0, uint40(vm.getBlockTimestamp() + 1), "");
        pauseMarket();
        bid(BUYER, 7, 8);
        assertBid(BUYER, 7, 8, slot + 1, 0);
    }

    /// @dev Nobody bids after seeing what there is.
    function test_SetBid_ServesTheSlotThatItWasSetIn_AndNoneBefore() public {
        vm.warp(uint256(slot + 2) * SLOT - 1);
        bid(BUYER, 9_000_000, 700);
        bid(NEIGHBOUR, 0, 0);
        vm.warp(uint256(slot + 2) * SLOT);
        attest(meterKey, slot + 1, 500);
        skipBid(BUYER, 700, IGridX.SkipReason.NoBid);
        assertEq(clear(slot + 1, PRICE, fill(SELLER, 500), fill(BUYER, 700), 0), 500);
        assertBid(BUYER, 9_000_000, 700, slot + 1, 500);
    }

    function test_SetBid_TwiceInASlot_TheLastCounts() public {
        uint32 next = slot + 1;
        bid(BUYER, 1, 1);
        bid(BUYER, LIMIT, 300);
        offer(1000, 4_000_000);
        assertEq(clear(next, PRICE, fill(SELLER, 1000), fill(BUYER, 1000), 0), 300);
    }

    /// @dev It stands until it is ended: a slot's fill does not lessen the next one's.
    function test_SetBid_Stands_AndEachSlotStartsAnew() public {
        assertEq(clear(fill(SELLER, 1000), fill(BUYER, 700)), 700);
        assertBid(BUYER, LIMIT, 700, slot, 700);
        skipBid(BUYER, 700, IGridX.SkipReason.NothingLeft);
        uint32 next = offer(1000, 4_000_000);
        assertBid(BUYER, LIMIT, 700, slot, 700);
        assertEq(clear(next, PRICE, fill(SELLER, 1000), fill(BUYER, 600), 0), 600);
        assertBid(BUYER, LIMIT, 700, next, 600);
        assertEq(clear(next, PRICE, fill(SELLER, 1000), fill(BUYER, 600), 0), 100);
        assertBid(BUYER, LIMIT, 700, next, 700);
    }

    /// @dev A new bid forgets what the old one got, and serves none of the slots that it got it in.
    function test_SetBid_AfterAFill_DoesNotServeThatSlotAgain() public {
        assertEq(clear(fill(SELLER, 1000), fill(BUYER, 700)), 700);
        bid(BUYER, LIMIT, 700);
        assertBid(BUYER, LIMIT, 700, slot + 1, 0);
        skipBid(BUYER, 700, IGridX.SkipReason.NoBid);
    }
}
