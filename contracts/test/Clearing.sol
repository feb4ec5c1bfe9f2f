// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";

/// @notice Two sellers with a lot of one ended slot and two bidders, and what a clearing of it must emit.
/// @dev    Expectations chain the head themselves. Where any are given, `clear` checks that nothing else was emitted.
abstract contract Clearing is Checks {
    uint96 internal constant PRICE = ASK;

    address internal immutable OTHER = makeAddr("other seller");
    address internal immutable NEIGHBOUR = makeAddr("neighbour");

    uint256 internal otherKey;
    uint32 internal slot;

    bytes32 private expectedHead;
    uint256 private expectedEvents;

    /// @dev SELLER has 1,000 Wh at 4, OTHER 600 Wh at 5; BUYER bids 5.05 with the fee for 700 Wh, NEIGHBOUR 9 for 900.
    function setUp() public virtual override {
        super.setUp();
        address other;
        (other, otherKey) = makeAddrAndKey("other meter");
        register(other, OTHER);
        setAsk(OTHER, 5_000_000);
        fund(BUYER, 10_000_000, 1_000_000);
        fund(NEIGHBOUR, 10_000_000, 1_000_000);
        bid(BUYER, LIMIT, 700);
        bid(NEIGHBOUR, 9_000_000, 900);
        slot = offer(1000, 4_000_000);
        attest(otherKey, slot, 600);
    }

    function bid(address buyer, uint96 price, uint64 maxWh) internal {
        vm.prank(buyer);
        gridx.setBid(price, maxWh);
    }

    function assertBid(address buyer, uint256 price, uint256 maxWh, uint256 slot_, uint256 filledWh) internal view {
        IGridX.Bid memory held = gridx.bidOf(buyer);
        assertEq(held.pricePerKwh, price, "price of bid");
        assertEq(held.maxWhPerSlot, maxWh, "maxWhPerSlot");
        assertEq(held.slot, slot_, "slot of bid");
        assertEq(held.filledWh, filledWh, "filledWh");
    }

    function assertLastClearing(uint256 slot_, uint256 price) internal view {
        IGridX.LastClearing memory last = gridx.lastClearing();
        assertEq(last.slot, slot_, "slot of the last clearing");
        assertEq(last.pricePerKwh, price, "price of the last clearing");
    }

    function none() internal pure returns (IGridX.Fill[] memory) {
        return new IGridX.Fill[](0);
    }

    function fill(address participant, uint64 energyWh) internal pure returns (IGridX.Fill[] memory fills) {
        fills = new IGridX.Fill[](1);
        fills[0] = IGridX.Fill(participant, energyWh);
    }

    function fill(address first, uint64 firstWh, address second, uint64 secondWh)
        internal
        pure
        returns (IGridX.Fill[] memory fills)
    {
        fills = new IGridX.Fill[](2);
        fills[0] = IGridX.Fill(first, firstWh);
        fills[1] = IGridX.Fill(second, secondWh);
    }

    /// @notice Clears `slot` at `PRICE`, whatever comes of it.
    function clear(IGridX.Fill[] memory asks, IGridX.Fill[] memory bids) internal returns (uint256) {
        return clear(slot, PRICE, asks, bids, 0);
    }

    function clear(uint32 slot_, uint96 price, IGridX.Fill[] memory asks, IGridX.Fill[] memory bids, uint256 minWh)
        internal
        returns (uint256 clearedWh)
    {
        bytes32 head = expectedHead;
        uint256 events = expectedEvents;
        (expectedHead, expectedEvents) = (0, 0);
        if (events != 0) vm.recordLogs();
        vm.prank(OPERATOR);
        clearedWh = gridx.clearSlot(slot_, price, asks, bids, minWh);
        if (events == 0) return clearedWh;
        assertEq(vm.getRecordedLogs().length, events, "events");
        assertEq(gridx.head(), head, "head");
    }

    /// @notice What `clear` must emit next, in this order, and nothing else.
    function expectPair(address seller, address buyer, uint64 energyWh, uint96 price, uint96 fee, uint64 grams)
        internal
    {
        bytes32 id = keccak256(
            abi.encode(
                startOfExpectations(2),
                IGridX.EnergyTradeLogged.selector,
                vm.getBlockTimestamp(),
                seller,
                buyer,
                slot,
                energyWh,
                price,
                fee,
                grams
            )
        );
        vm.expectEmit(address(gridx));
        emit IGridX.EnergyTradeLogged(id, seller, buyer, slot, energyWh, price, fee, grams);
        vm.expectEmit(address(gridx));
        emit IGridX.CarbonEarned(buyer, id, grams);
        expectedHead = id;
    }

    function expectSkip(address participant, IGridX.SkipReason reason) internal {
        expectedHead = startOfExpectations(1);
        vm.expectEmit(address(gridx));
        emit IGridX.FillSkipped(slot, participant, reason);
    }

    function expectCleared(uint96 price, uint64 energyWh, uint32 trades) internal {
        expectedHead = keccak256(
            abi.encode(
                startOfExpectations(1),
                IGridX.SlotCleared.selector,
                vm.getBlockTimestamp(),
                slot,
                price,
                energyWh,
                trades
            )
        );
        vm.expectEmit(address(gridx));
        emit IGridX.SlotCleared(slot, price, energyWh, trades);
    }

    function startOfExpectations(uint256 events) private returns (bytes32 head) {
        head = expectedEvents == 0 ? gridx.head() : expectedHead;
        expectedEvents += events;
    }

    /// @notice A line that is passed over for `reason`, alone against the other side.
    function skipAsk(address seller, uint64 energyWh, IGridX.SkipReason reason) internal {
        expectSkip(seller, reason);
        expectCleared(PRICE, 0, 0);
        assertEq(clear(fill(seller, energyWh), fill(NEIGHBOUR, 900)), 0);
    }

    function skipBid(address buyer, uint64 energyWh, IGridX.SkipReason reason) internal {
        expectSkip(buyer, reason);
        expectCleared(PRICE, 0, 0);
        assertEq(clear(fill(SELLER, 1000), fill(buyer, energyWh)), 0);
    }
}
