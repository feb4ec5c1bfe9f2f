// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../../src/interfaces/IGridX.sol";
import {World} from "./World.sol";

/// @notice What people do: valid calls only (the fuzzer fails on a revert), save for the intruder's.
contract Handler is World {
    uint256 private constant MOST_HOUSES = 10;

    // --------------------------------------------------------------------------------------------------- time

    function wait(uint256 seed) external action {
        uint256 kind = seed % 32;
        if (kind < 16) pass(seed % SLOT);
        else if (kind < 26) pass(seed % (8 * SLOT));
        else if (kind < 31) pass(seed % 2 days);
        else pass(1 weeks + seed % 3 weeks);
    }

    // ------------------------------------------------------------------------------------------------- energy

    /// @dev A reading that is missing, early or late.
    function attest(uint256 seed, uint64 wh) external action {
        uint256 key = meterKeys[seed % meterKeys.length];
        (uint32 slot, bool room) = missing(vm.addr(key), seed >> 16);
        if (slot == 0) {
            slot = now_();
            room = true;
            toNextSlot();
        }
        IGridX.House memory house = gridx.houseOf(vm.addr(key));
        uint64 most = uint64(uint256(house.capacityWatts) * SLOT / 3600);
        read(key, slot, room && wh % 8 != 0 ? wh % (most + 1) : 0, seed);
    }

    /// @dev With it: too much, the same slot again, some slot of long ago, and one by a key that is no more.
    function read(uint256 key, uint32 slot, uint64 wh, uint256 seed) private {
        IGridX.Reading[] memory readings = new IGridX.Reading[](5);
        uint64 tooMuch = uint64(uint256(gridx.houseOf(vm.addr(key)).capacityWatts) * SLOT / 3600 + 1);
        readings[0] = sign(key, slot, tooMuch);
        readings[1] = sign(key, slot, wh);
        readings[2] = seed % 2 == 0 ? readings[1] : sign(key, slot, wh / 2);
        readings[3] = sign(key, now_() - 1 - uint32(seed % 40), wh);
        readings[4] = sign(oldKeys.length == 0 ? 0xdead : oldKeys[seed % oldKeys.length], now_() - 1, wh);
        if (stopped) return refused(person(seed), abi.encodeCall(gridx.attestReadings, (readings)), seed);
        by(person(seed));
        require(gridx.attestReadings(readings) != 0, "a good reading did not land");
        used = readings[1];
    }

    /// @return slot an ended one that the meter can still attest, 0 if none
    /// @return room whether the owner's ring has room for a lot of it
    function missing(address meter_, uint256 seed) private view returns (uint32 slot, bool room) {
        IGridX.House memory house = gridx.houseOf(meter_);
        uint32 last = now_() - 1;
        uint32 oldest = house.newestSlot - 31;
        uint32 span = last - oldest + 1;
        if (span > 64) (oldest, span) = (last - 63, 64);
        uint32 start = uint32(seed % 3 == 0 ? seed % span : span - 1 - seed % (span < 3 ? span : 3));
        for (uint32 i = 0; i < span; ++i) {
            slot = oldest + (start + i) % span;
            uint32 back = slot > house.newestSlot ? 0 : house.newestSlot - slot;
            if (slot > house.newestSlot || (back < 32 && house.attestedBitmap >> back & 1 == 0)) {
                require(!isKnown(meter_, slot), "bitmap forgot a slot");
                return (slot, newestInCell[house.owner][slot % SHORT_RING] <= slot);
            }
        }
        return (0, false);
    }

    function setAsk(uint256 seed, uint256 price) external action {
        by(person(seed));
        gridx.setAsk(price % 16 == 0 ? 0 : legalPrice(price));
    }

    function setLotAsk(uint256 seed, uint256 price) external action {
        if (stopped && seed % 2 == 0) resume();
        (address seller, uint32 slot) = onSale(person(seed >> 8), seed);
        if (seller == address(0)) (seller, slot) = putOnSale(person(seed >> 8), seed);
        if (seller == address(0)) return miss();
        uint96 ask = gridx.lotOf(seller, slot).ask;
        price %= ask;
        if (price < rules.minPrice || price > rules.maxPrice) price = 0;
        by(seller);
        gridx.setLotAsk(slot, uint96(price));
        if (price == 0) {
            uint96 again = legalPrice(seed);
            by(seller);
            gridx.setLotAsk(slot, again);
        }
    }

    // ------------------------------------------------------------------------------------------------- market

    function logEnergyTrade(uint256 seed, uint256 wh) external action {
        _trade(seed, wh);
    }

    function _trade(uint256 seed, uint256 wh) private {
        address who = buyer(seed);
        (address seller, uint32 slot) = onSale(who, seed >> 8);
        if (seller == address(0) || gridx.sellerOf(seller).newestLotSlot != slot) {
            (seller, slot) = putOnSale(who, seed >> 8);
        }
        if (stopped) {
            return refused(who, abi.encodeCall(gridx.logEnergyTrade, (person(seed), who, 1, 1)), seed);
        }
        if (seller == address(0)) return miss();
        (uint64 available,, uint256 limit) = gridx.quoteOf(seller, slot);
        wh = wh % 4 == 0 ? available : 1 + wh % available;
        ready(who, wh * limit / 1000 + 2);
        by(who);
        gridx.logEnergyTrade(seller, who, wh, seed % 2 == 0 ? limit : type(uint256).max);
    }

    function buyEnergy(uint256 seed, uint64 wh) external action {
        address who = buyer(seed);
        IGridX.Purchase[] memory purchases = new IGridX.Purchase[](4);
        (address seller, uint32 slot) = onSale(who, seed >> 8);
        if (seller == address(0)) (seller, slot) = putOnSale(who, seed >> 8);
        purchases[0] = IGridX.Purchase(seller, slot, wh == 0 ? 1 : wh, type(uint96).max);
        purchases[1] = purchases[0];
        (seller, slot) = onSale(who, seed >> 16);
        purchases[2] = IGridX.Purchase(seller, slot, wh % 500, type(uint96).max);
        purchases[3] = IGridX.Purchase(who, slot, wh, type(uint96).max);
        if (stopped) return refused(who, abi.encodeCall(gridx.buyEnergy, (purchases, 0)), seed);
        if (purchases[0].seller == address(0)) return miss();
        uint256 cost;
        for (uint256 i = 0; i < 3; ++i) {
            (uint64 available,, uint256 limit) = gridx.quoteOf(purchases[i].seller, purchases[i].slot);
            cost += available * limit / 1000 + 2;
        }
        ready(who, cost);
        by(who);
        require(gridx.buyEnergy(purchases, 1) != 0, "bought nothing");
    }

    /// @dev Member where need be, and with money enough in the wallet.
    function ready(address who, uint256 cost) private {
        if (rules.membersOnly && gridx.participantOf(who).tier == IGridX.Tier.None) {
            by(who);
            (, bytes memory result) =
                address(gridx).call(abi.encodeCall(gridx.buyEnergy, (new IGridX.Purchase[](0), 0)));
            require(bytes4(result) == IGridX.NotAMember.selector, "not for members only");
            by(ADMIN);
            gridx.setTier(who, IGridX.Tier.Normal);
        }
        rupee.mint(who, cost);
    }

    /// @dev A lot that `who` could buy now, of any seller, in the window.
    function onSale(address who, uint256 seed) private view returns (address seller, uint32 slot) {
        seed %= 256;
        for (uint256 i = 0; i < people.length; ++i) {
            seller = person(seed + i);
            if (seller == who) continue;
            uint32 newest = gridx.sellerOf(seller).newestLotSlot;
            for (uint32 back = 0; back < 3; ++back) {
                slot = newest - (newest < 2 ? 0 : uint32((seed + back) % 3));
                (uint64 available,,) = gridx.quoteOf(seller, slot);
                if (available != 0) return (seller, slot);
            }
        }
        return (address(0), 0);
    }

    /// @dev Makes a lot for `who`: a neighbour asks, exports in this slot, and the shelf opens.
    function putOnSale(address who, uint256 seed) private returns (address, uint32) {
        if (stopped) return (address(0), 0);
        for (uint256 i = 0; i < meterKeys.length; ++i) {
            uint256 key = meterKeys[(seed % 256 + i) % meterKeys.length];
            IGridX.House memory house = gridx.houseOf(vm.addr(key));
            if (house.owner == who || house.capacityWatts < 40) continue;
            uint96 price = legalPrice(seed);
            uint32 slot = now_();
            by(house.owner);
            gridx.setAsk(price);
            toNextSlot();
            read(key, slot, uint64(uint256(house.capacityWatts) * SLOT / 3600), seed);
            pass(uint256(rules.shelfDelaySlots) * SLOT);
            return (house.owner, slot);
        }
        return (address(0), 0);
    }

    // -------------------------------------------------------------------------------------- money and carbon

    function deposit(uint256 seed, uint96 amount) external action {
        _deposit(buyer(seed), 1 + amount % 1e12);
    }

    function _deposit(address who, uint96 amount) private {
        rupee.mint(who, amount);
        by(who);
        if (amount % 2 == 0) gridx.deposit(amount);
        else gridx.depositWithPermit(amount, 0, 27, 0, 0);
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
        gridx.updateHouse(vm.addr(key), people[(seed >> 8) % (PEOPLE + 1)], 1 + capacity % 20_000);
    }

    function replaceMeter(uint256 seed) external action {
        uint256 at = seed % meterKeys.length;
        uint256 key = newKey();
        by(ADMIN);
        gridx.replaceMeter(vm.addr(meterKeys[at]), vm.addr(key));
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
        gridx.retireHouse(vm.addr(meterKeys[at]));
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

    function miss() private {
        ++misses;
    }
}
