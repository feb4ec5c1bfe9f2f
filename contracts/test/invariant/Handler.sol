// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../../src/interfaces/IGridX.sol";
import {MarketHandler} from "./MarketHandler.sol";

/// @notice What people do: valid calls only (the fuzzer fails on a revert), save for the intruder's.
contract Handler is MarketHandler {
    // -------------------------------------------------------------------------------------- money and carbon

    function deposit(uint256 seed, uint96 amount) external action {
        _deposit(buyer(seed), 1 + amount % 1e12);
    }

    function withdraw(uint256 seed, uint96 amount) external action {
        address who = person(seed);
        if (gridx.accountOf(who).balance == 0) {
            who = buyer(seed);
            _deposit(who, 1 + amount % 1e12);
        }
        uint96 balance = gridx.accountOf(who).balance;
        by(who);
        gridx.withdraw(person(seed >> 8), amount % 8 == 0 ? balance : 1 + amount % balance);
    }

    function depositAndAskAtOnce(uint256 seed, uint96 amount) external action {
        address who = buyer(seed);
        amount = 1 + amount % 1e9;
        rupee.mint(who, amount);
        bytes[] memory data = new bytes[](3);
        data[0] = abi.encodeCall(gridx.deposit, (amount));
        data[1] = abi.encodeCall(gridx.setAsk, (legalPrice(seed)));
        data[2] = abi.encodeCall(gridx.withdraw, (who, amount));
        by(who);
        gridx.multicall(data);
    }

    function collectFees(uint256 seed) external action {
        if (fees == 0) _trade(seed, seed);
        if (fees == 0) return miss();
        by(person(seed));
        gridx.collectFees();
    }

    function donate(uint256 amount) external action {
        amount %= 1000;
        rupee.mint(address(gridx), amount);
        donated += amount;
    }

    function spendCarbon(uint256 seed, uint64 grams) external action {
        for (uint256 i = 0; i < people.length; ++i) {
            address who = person(seed % 256 + i);
            uint64 most = gridx.accountOf(who).carbonGrams;
            if (most == 0) continue;
            by(who);
            gridx.spendCarbon(grams % 4 == 0 ? most : 1 + grams % most, "a neighbour", "for good");
            return;
        }
        _trade(seed, grams);
    }

    // ------------------------------------------------------------------------------------- registrar and admin

    function registerHouse(uint256 seed, uint32 capacity) external action {
        if (meterKeys.length >= MOST_HOUSES) _retire(seed);
        newHouse(people[seed % (PEOPLE + 1)], 1 + capacity % 20_000);
    }

    function updateHouse(uint256 seed, uint32 capacity) external action {
        uint256 key = meterKeys[seed % meterKeys.length];
        by(ADMIN);
        gridx.updateHouse(meterOf[key], people[(seed >> 8) % (PEOPLE + 1)], 1 + capacity % 20_000);
    }

    function replaceMeter(uint256 seed) external action {
        uint256 at = seed % meterKeys.length;
        uint256 key = newKey();
        by(ADMIN);
        gridx.replaceMeter(meterOf[meterKeys[at]], meterOf[key]);
        oldKeys.push(meterKeys[at]);
        meterKeys[at] = key;
    }

    function retireHouse(uint256 seed) external action {
        if (meterKeys.length < 4) newHouse(people[(seed >> 8) % PEOPLE], CAPACITY);
        _retire(seed);
    }

    function _retire(uint256 seed) private {
        uint256 at = seed % meterKeys.length;
        by(ADMIN);
        gridx.retireHouse(meterOf[meterKeys[at]]);
        oldKeys.push(meterKeys[at]);
        meterKeys[at] = meterKeys[meterKeys.length - 1];
        meterKeys.pop();
    }

    function setTier(uint256 seed) external action {
        by(ADMIN);
        gridx.setTier(person(seed), IGridX.Tier(seed >> 8 & 3));
    }

    function setMarketParameters(uint256 seed) external action {
        IGridX.MarketParameters memory p = rules;
        p.feeBps = uint16(seed % 1001);
        p.tradingWindow = uint16(1 + (seed >> 16) % SHORT_RING);
        p.shelfDelaySlots = (seed >> 32) % 2 == 0 ? 0 : uint16((seed >> 33) % p.tradingWindow);
        p.membersOnly = (seed >> 64) % 4 == 0;
        p.minPrice = uint96((seed >> 72) % 1000);
        p.maxPrice = uint96(1000 + (seed >> 96) % 1e9);
        p.treasury = (seed >> 128) % 2 == 0 ? TREASURY : buyer(seed >> 136);
        by(ADMIN);
        gridx.setMarketParameters(p);
    }

    function setEmissionFactor(uint32 grams) external action {
        by(ADMIN);
        gridx.setEmissionFactor(IGridX.EmissionFactor(grams % 2_000_001, "source", "vintage"));
    }

    function pause(uint256 seed) external action {
        if (stopped) return resume();
        // Rarely, for the world stands still meanwhile.
        if (seed % 4 != 0) return setAskNow(seed);
        by(ADMIN);
        gridx.pause();
    }

    function setAskNow(uint256 seed) private {
        uint96 price = legalPrice(seed >> 8);
        by(person(seed));
        gridx.setAsk(price);
    }

    // ---------------------------------------------------------------------------------------------- the others

    function intrude(uint256 kind, uint256 seed) external action {
        address victim = person(seed >> 8);
        IGridX.Reading memory reading = used;
        by(address(intruder));
        // The recorder keeps what a reverted call emitted, the chain does not.
        if (!intruder.attack(kind, seed, victim, reading)) vm.getRecordedLogs();
    }
}
