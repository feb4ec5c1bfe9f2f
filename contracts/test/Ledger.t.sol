// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {VmSafe} from "forge-std/Vm.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";
import {IDeployedGridX} from "./Deployed.sol";
import {Fold} from "./Fold.sol";

/// @notice The ledger head against the fold of what was emitted, for each fact, for batches and for multicalls.
contract LedgerTest is Checks {
    using Fold for bytes32;

    address private immutable OTHER = makeAddr("other");

    bytes32 private folded;
    uint32 private slot;

    function setUp() public override {
        super.setUp();
        folded = gridx.head();
        vm.recordLogs();
        slot = gridx.currentSlot();
    }

    /// @param facts how many of the events since the last check are facts
    function check(uint256 facts) private {
        VmSafe.Log[] memory logs = vm.getRecordedLogs();
        uint256 count;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(gridx) && !Fold.isNoFact(logs[i].topics[0])) ++count;
        }
        assertEq(count, facts, "facts");
        bytes32 before = folded;
        folded = folded.fold(logs, address(gridx), vm.getBlockTimestamp());
        assertEq(gridx.head(), folded, "head");
        assertEq(folded != before, facts != 0, "changed");
    }

    function sellFirst() private {
        register(meter, SELLER);
        setAsk(SELLER, ASK);
        check(2);
        endSlot(slot);
        attest(meterKey, slot, 1000);
        check(1);
    }

    function test_FirstHead() public {
        IDeployedGridX deployed = deploy(deployment());
        bytes32 head = keccak256(abi.encode(block.chainid, address(deployed), rupee, SLOT, RING));
        assertEq(
            deployed.head(), head.fold(vm.getRecordedLogs(), address(deployed), vm.getBlockTimestamp()), "two facts"
        );
    }

    function test_EveryFact() public {
        vm.startPrank(ADMIN);
        gridx.registerHouse(meter, OTHER, 1);
        check(1);
        gridx.updateHouse(meter, SELLER, CAPACITY);
        check(1);
        gridx.setTier(BUYER, IGridX.Tier.Critical);
        check(1);
        IGridX.MarketParameters memory p = market();
        p.membersOnly = true;
        gridx.setMarketParameters(p);
        check(1);
        gridx.setEmissionFactor(IGridX.EmissionFactor(GRAMS_PER_MWH, "source", "a vintage longer than a word, 2025"));
        check(1);
        vm.stopPrank();
        setAsk(SELLER, ASK);
        check(1);
        endSlot(slot);
        attest(meterKey, slot, 1000);
        check(1);
        vm.prank(SELLER);
        gridx.setLotAsk(slot, ASK - 1);
        check(1);
        fund(BUYER, 1_000_000, 10_000_000);
        check(1);
        trade(100, LIMIT);
        check(1);
        trade(900, LIMIT);
        check(2); // a deposit before it
        gridx.collectFees();
        check(1);
        vm.startPrank(BUYER);
        gridx.spendCarbon(711, "neighbour", "");
        check(1);
        rupee.approve(address(gridx), type(uint256).max);
        gridx.depositWithPermit(5, 0, 27, 0, 0);
        check(1);
        gridx.withdraw(OTHER, 5);
        check(1);
        gridx.setBid(LIMIT, 500);
        check(1);
        vm.startPrank(OPERATOR);
        gridx.clearSlot(slot, ASK, new IGridX.Fill[](0), new IGridX.Fill[](0), 0);
        check(1);
        vm.startPrank(GRID);
        gridx.declareEmergency(
            ASK, 1, 2, uint40(vm.getBlockTimestamp() + 1), "a reason longer than one word of the chain"
        );
        check(1);
        gridx.endEmergency();
        check(1);
        vm.startPrank(ADMIN);
        gridx.replaceMeter(meter, OTHER);
        check(1);
        gridx.retireHouse(OTHER);
        check(1);
    }

    function test_RolesAndPauseAreNoFacts() public {
        vm.startPrank(ADMIN);
        gridx.grantRole(REGISTRAR, OTHER);
        gridx.revokeRole(REGISTRAR, OTHER);
        gridx.pause();
        gridx.unpause();
        check(0);
    }

    /// @dev Good and bad readings in any order.
    function testFuzz_Batch(uint256 mask) public {
        register(meter, SELLER);
        setAsk(SELLER, ASK);
        check(2);
        endSlot(slot + 20);
        IGridX.Reading[] memory readings = new IGridX.Reading[](16);
        uint256 good;
        for (uint32 i = 0; i < 16; ++i) {
            if (mask >> i & 1 == 1) {
                readings[i] = sign(meterKey, slot + i, i * 10);
                ++good;
            } else {
                readings[i] = sign(meterKey, slot + i, 1251 + i);
            }
        }
        assertEq(gridx.attestReadings(readings), good);
        check(good);
    }

    function test_Basket() public {
        sellFirst();
        (address other, uint256 otherKey) = makeAddrAndKey("other meter");
        register(other, OTHER);
        setAsk(OTHER, ASK);
        check(2);
        endSlot(slot + 1);
        attest(meterKey, slot + 1, 1000);
        attest(otherKey, slot + 1, 1000);
        check(2);
        fund(BUYER, 7_000_000, 100_000_000);
        check(1);
        IGridX.Purchase[] memory purchases = new IGridX.Purchase[](4);
        purchases[0] = IGridX.Purchase(SELLER, slot, 1000, LIMIT);
        purchases[1] = IGridX.Purchase(OTHER, slot, 1000, LIMIT);
        purchases[2] = IGridX.Purchase(SELLER, slot + 1, 1000, LIMIT);
        purchases[3] = IGridX.Purchase(OTHER, slot + 1, 1000, LIMIT);
        vm.prank(BUYER);
        gridx.buyEnergy(purchases, 3000);
        check(5);
    }

    /// @dev A clearing's trades and its sum, folded in one call; who is passed over is no fact.
    function test_Clearing() public {
        fund(BUYER, 1_000_000, 0);
        vm.prank(BUYER);
        gridx.setBid(LIMIT, 150);
        check(2);
        sellFirst();
        IGridX.Fill[] memory asks = new IGridX.Fill[](3);
        asks[0] = IGridX.Fill(SELLER, 60);
        asks[1] = IGridX.Fill(OTHER, 60);
        asks[2] = IGridX.Fill(SELLER, 90);
        IGridX.Fill[] memory bids = new IGridX.Fill[](2);
        bids[0] = IGridX.Fill(OTHER, 150);
        bids[1] = IGridX.Fill(BUYER, 150);
        vm.prank(OPERATOR);
        assertEq(gridx.clearSlot(slot, ASK, asks, bids, 150), 150);
        check(3);
    }

    function test_Multicall() public {
        sellFirst();
        fund(BUYER, 0, 100_000_000);
        bytes[] memory calls = new bytes[](5);
        calls[0] = abi.encodeCall(gridx.deposit, (1_000_000));
        calls[1] = abi.encodeCall(gridx.logEnergyTrade, (SELLER, BUYER, 500, LIMIT));
        calls[2] = abi.encodeCall(gridx.spendCarbon, (300, "neighbour", "a reason"));
        calls[3] = abi.encodeCall(gridx.setAsk, (5));
        calls[4] = abi.encodeCall(gridx.collectFees, ());
        vm.prank(BUYER);
        bytes[] memory results = gridx.multicall(calls);
        assertEq(results.length, 5);
        check(6);
        assertAccount(BUYER, 0, 55, 355);
        assertEq(abi.decode(results[4], (uint96)), 25_000);
    }

    function test_Multicall_AllOrNothing() public {
        sellFirst();
        fund(BUYER, 0, 100_000_000);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(gridx.deposit, (1_000_000));
        calls[1] = abi.encodeCall(gridx.logEnergyTrade, (SELLER, OTHER, 500, LIMIT));
        vm.prank(BUYER);
        vm.expectRevert(abi.encodeWithSelector(IGridX.OnlyBuyer.selector, OTHER, BUYER));
        gridx.multicall(calls);
        assertAccount(BUYER, 0, 0, 0);
        assertEq(gridx.head(), folded);
    }

    /// @dev The same facts in another order, at another time or with another field make another head.
    function test_HeadTellsOrderTimeAndFields() public {
        uint256 state = vm.snapshotState();
        setAsk(SELLER, 1);
        setAsk(BUYER, 2);
        bytes32 head = gridx.head();
        vm.revertToState(state);
        setAsk(BUYER, 2);
        setAsk(SELLER, 1);
        assertNotEq(gridx.head(), head, "order");
        vm.revertToState(state);
        vm.warp(vm.getBlockTimestamp() + 1);
        setAsk(SELLER, 1);
        setAsk(BUYER, 2);
        assertNotEq(gridx.head(), head, "time");
        vm.revertToState(state);
        setAsk(SELLER, 1);
        setAsk(BUYER, 3);
        assertNotEq(gridx.head(), head, "field");
    }
}
