// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";

/// @notice A pause stops attesting and trading, and nothing else.
contract PauseTest is Checks {
    uint32 private slot;

    function setUp() public override {
        super.setUp();
        slot = offer(1000, ASK);
        fund(BUYER, 10_000_000, 10_000_000);
        trade(500, LIMIT);
        endSlot(slot + 1);
    }

    function test_Pause_StopsAttestingAndTrading() public {
        IGridX.Reading[] memory readings = one(sign(meterKey, slot + 1, 1));
        IGridX.Purchase[] memory purchases = one(IGridX.Purchase(SELLER, slot, 1, LIMIT));
        vm.expectEmit(address(gridx));
        emit Pausable.Paused(ADMIN);
        pauseMarket();
        assertTrue(gridx.paused());
        vm.expectRevert(Pausable.EnforcedPause.selector);
        gridx.attestReadings(readings);
        vm.startPrank(BUYER);
        vm.expectRevert(Pausable.EnforcedPause.selector);
        gridx.logEnergyTrade(SELLER, BUYER, 1, LIMIT);
        vm.expectRevert(Pausable.EnforcedPause.selector);
        gridx.buyEnergy(purchases, 0);
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(gridx.buyEnergy, (purchases, 0));
        vm.expectRevert(Pausable.EnforcedPause.selector);
        gridx.multicall(calls);
        vm.startPrank(OPERATOR);
        vm.expectRevert(Pausable.EnforcedPause.selector);
        gridx.clearSlot(slot, 1, new IGridX.Fill[](0), new IGridX.Fill[](0), 0);
        vm.stopPrank();
        vm.expectEmit(address(gridx));
        emit Pausable.Unpaused(ADMIN);
        vm.prank(ADMIN);
        gridx.unpause();
        assertEq(gridx.attestReadings(readings), 1);
        vm.prank(BUYER);
        assertEq(gridx.buyEnergy(purchases, 0), 1);
    }

    function test_Pause_StopsNothingElse() public {
        pauseMarket();
        vm.startPrank(BUYER);
        gridx.deposit(1000);
        gridx.depositWithPermit(1000, 0, 27, 0, 0);
        gridx.withdraw(BUYER, gridx.accountOf(BUYER).balance);
        gridx.spendCarbon(1, "neighbour", "a promise");
        gridx.setBid(1, 1);
        vm.startPrank(GRID);
        gridx.declareEmergency(1, 1, 1, uint40(vm.getBlockTimestamp() + 1), "storm");
        gridx.endEmergency();
        vm.startPrank(SELLER);
        gridx.withdraw(SELLER, 1);
        gridx.setAsk(1);
        gridx.setLotAsk(slot, 1);
        vm.startPrank(ADMIN);
        gridx.registerHouse(BUYER, BUYER, 1);
        gridx.updateHouse(BUYER, BUYER, 2);
        gridx.replaceMeter(BUYER, SELLER);
        gridx.retireHouse(SELLER);
        gridx.setTier(BUYER, IGridX.Tier.Normal);
        gridx.setMarketParameters(market());
        gridx.setEmissionFactor(IGridX.EmissionFactor(1, "source", "vintage"));
        gridx.grantRole(PAUSER, BUYER);
        gridx.collectFees();
        vm.stopPrank();
        assertTrue(gridx.paused());
    }

    function test_Pause_IsNoFact() public {
        bytes32 head = gridx.head();
        pauseMarket();
        assertEq(gridx.head(), head);
        vm.prank(ADMIN);
        gridx.unpause();
        assertEq(gridx.head(), head);
    }

    function test_RevertWhen_PausedTwice() public {
        vm.startPrank(ADMIN);
        vm.expectRevert(Pausable.ExpectedPause.selector);
        gridx.unpause();
        gridx.pause();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        gridx.pause();
    }

    function testFuzz_RevertWhen_NotPauser(address caller) public {
        vm.assume(caller != ADMIN);
        vm.startPrank(caller);
        expectUnauthorized(caller, PAUSER);
        gridx.pause();
        expectUnauthorized(caller, PAUSER);
        gridx.unpause();
    }

    function test_LotsExpireDuringALongPause() public {
        pauseMarket();
        endSlot(slot + RING);
        vm.prank(ADMIN);
        gridx.unpause();
        vm.expectRevert(abi.encodeWithSelector(IGridX.LotNotLive.selector, SELLER, slot, slot + RING + 1));
        trade(1, LIMIT);
    }
}
