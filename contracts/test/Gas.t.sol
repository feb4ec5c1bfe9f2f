// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GridXTest} from "./GridXTest.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";

/// @notice Whole transactions (21,000 and calldata included) on a warmed-up contract, fee on, OpenZeppelin ERC-20.
///         Each test is isolated: the measured call is a transaction of its own, all storage cold.
/// forge-config: default.isolate = true
contract GasTest is GridXTest {
    uint256 private constant METERS = 100;

    uint32 private slot;
    uint256[] private keys;
    IGridX.Fill[] private asks;
    IGridX.Fill[] private bids;

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < METERS; ++i) {
            (address key, uint256 secret) = makeAddrAndKey(string.concat("meter ", vm.toString(i)));
            address owner = i == 0 ? SELLER : makeAddr(string.concat("owner ", vm.toString(i)));
            keys.push(secret);
            register(key, owner);
            vm.prank(owner);
            gridx.setAsk(ASK);
        }
        fund(BUYER, 50_000_000, 50_000_000);
        for (uint256 i = 0; i < METERS; ++i) {
            address buyer = makeAddr(string.concat("buyer ", vm.toString(i)));
            fund(buyer, 1_000_000_000, 0);
            vm.prank(buyer);
            gridx.setBid(LIMIT, 1200);
            bids.push(IGridX.Fill(buyer, 1000));
            asks.push(IGridX.Fill(i == 0 ? SELLER : makeAddr(string.concat("owner ", vm.toString(i))), 1000));
        }
        // Once around the ring, so that every cell has held a lot before.
        slot = gridx.currentSlot();
        for (uint256 i = 0; i <= RING; ++i) {
            endSlot(slot);
            gridx.attestReadings(batch());
            ++slot;
        }
        vm.prank(BUYER);
        gridx.logEnergyTrade(SELLER, BUYER, 100, LIMIT);
        endSlot(slot);
    }

    function batch() private view returns (IGridX.Reading[] memory readings) {
        readings = new IGridX.Reading[](METERS);
        for (uint256 i = 0; i < METERS; ++i) {
            readings[i] = sign(keys[i], slot, 1200);
        }
    }

    function record(string memory name, uint256 divisor, uint256 target) private {
        uint256 gas = vm.lastCallGas().gasTotalUsed / divisor;
        vm.snapshotValue("transactions", name, gas);
        assertLe(gas, target);
    }

    function test_LogEnergyTradeFromAccount() public {
        vm.prank(BUYER);
        gridx.logEnergyTrade(SELLER, BUYER, 500, LIMIT);
        record("logEnergyTrade from the account", 1, 62_000);
    }

    function test_LogEnergyTradeFromWallet() public {
        vm.startPrank(BUYER);
        gridx.withdraw(BUYER, gridx.accountOf(BUYER).balance - 1);
        gridx.logEnergyTrade(SELLER, BUYER, 500, LIMIT);
        record("logEnergyTrade that pulls from the wallet", 1, 82_000);
    }

    function test_ClearSlot() public {
        gridx.attestReadings(batch());
        vm.prank(OPERATOR);
        gridx.clearSlot(slot - 1, ASK, asks, bids, METERS * 500);
        endSlot(slot);
        vm.prank(OPERATOR);
        gridx.clearSlot(slot, ASK, asks, bids, METERS * 1000);
        record("clearSlot, per trade, 100 sellers and 100 buyers in 100 trades", METERS, 31_000);
    }

    function test_AttestReadings() public {
        IGridX.Reading[] memory readings = batch();
        gridx.attestReadings(readings);
        record("attestReadings, per reading, batch of 100", METERS, 26_000);
    }
}
