// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../../src/interfaces/IGridX.sol";
import {World} from "./World.sol";

/// @notice The first half of `Handler`: time, readings, purchases, clearings and emergencies.
abstract contract MarketHandler is World {
    uint256 internal constant MOST_HOUSES = 14;

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
        (uint32 slot, bool room) = missing(meterOf[key], seed >> 16);
        if (slot == 0) {
            slot = now_();
            room = true;
            toNextSlot();
        }
        read(key, slot, room && wh % 8 != 0 ? uint64(wh % (mostOf(key) + 1)) : 0, seed);
    }

    /// @dev Around it, one that is too much, known already, of long ago, or by a key that is no more.
    function read(uint256 key, uint32 slot, uint64 wh, uint256 seed) internal {
        IGridX.Reading[] memory readings = new IGridX.Reading[](2);
        uint256 kind = seed % 5;
        (uint256 good, uint256 bad) = kind == 1 || kind == 2 ? (0, 1) : (1, 0);
        readings[good] = sign(key, slot, wh);
        if (kind == 0) readings[bad] = sign(key, slot, uint64(mostOf(key) + 1));
        else if (kind == 1) readings[bad] = readings[good];
        else if (kind == 2) readings[bad] = sign(key, slot, wh / 2);
        else if (kind == 3) readings[bad] = sign(key, now_() - 1 - uint32(seed % 40), wh);
        else readings[bad] = sign(oldKeys.length == 0 ? 0xdead : oldKeys[seed % oldKeys.length], now_() - 1, wh);
        if (stopped) return refused(person(seed), abi.encodeCall(gridx.attestReadings, (readings)), seed);
        by(person(seed));
        require(gridx.attestReadings(readings) != 0, "a good reading did not land");
        used = readings[good];
    }

    /// @return wh that a meter can export in a slot
    function mostOf(uint256 key) internal view returns (uint256 wh) {
        return houseOf(meterOf[key]).capacityWatts * SLOT / 3600;
    }

    /// @return slot an ended one that the meter can still attest, 0 if none
    /// @return room whether the owner's ring has room for a lot of it
    function missing(address meter_, uint256 seed) internal view returns (uint32 slot, bool room) {
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
        (address seller, uint32 slot) = live(seed);
        if (seller == address(0)) (seller, slot) = putOnSale(address(0), seed);
        if (seller == address(0)) return miss();
        Lot storage lot = lots[seller][slot];
        uint256 most = lot.ask == 0 ? lot.ceiling : lot.ask - 1;
        bool first = lot.ask == 0 && lot.ceiling == 0;
        price = first ? legalPrice(price) : legalUpTo(price, most);
        if (price == 0 && lot.ask == 0) return tooDear(seller, slot, seed);
        by(seller);
        gridx.setLotAsk(slot, uint96(price));
        if (price != 0 && seed % 3 != 0) return;
        if (price != 0) {
            by(seller);
            gridx.setLotAsk(slot, 0);
        }
        sync();
        tooDear(seller, slot, seed);
        price = legalUpTo(seed, lot.ceiling);
        if (price == 0) return;
        by(seller);
        gridx.setLotAsk(slot, uint96(price));
    }

    /// @dev A lot off sale does not come back dearer.
    function tooDear(address seller, uint32 slot, uint256 seed) internal {
        uint256 price = legalPrice(seed);
        if (price <= lots[seller][slot].ceiling) price = rules.maxPrice;
        if (price <= lots[seller][slot].ceiling) return;
        refuse(seller, abi.encodeCall(gridx.setLotAsk, (slot, uint96(price))), IGridX.AskNotLowered.selector);
    }

    /// @return 0 if there is none
    function legalUpTo(uint256 seed, uint256 most) internal view returns (uint256) {
        uint256 low = rules.minPrice == 0 ? 1 : rules.minPrice;
        if (most > rules.maxPrice) most = rules.maxPrice;
        return most < low ? 0 : low + (seed >> 8) % (most - low + 1);
    }

    /// @return seller of one of the latest lots in its window, on sale or not, zero if none was found
    function live(uint256 seed) internal view returns (address seller, uint32 slot) {
        uint256 count = lotSlots.length;
        for (uint256 i = 0; i < 8 && i < count; ++i) {
            uint256 at = count - 1 - (seed % 8 + i) % 8 % count;
            (seller, slot) = (lotSellers[at], uint32(lotSlots[at]));
            if (newestInCell[seller][slot % SHORT_RING] == slot && inWindow(slot, now_())) return (seller, slot);
        }
        return (address(0), 0);
    }

    // ------------------------------------------------------------------------------------------------- market

    function logEnergyTrade(uint256 seed, uint256 wh) external action {
        _trade(seed, wh);
    }

    function _trade(uint256 seed, uint256 wh) internal {
        address who = buyer(seed);
        if (stopped) {
            return refused(who, abi.encodeCall(gridx.logEnergyTrade, (person(seed), who, 1, 1)), seed);
        }
        (address seller, uint32 slot) = onSale(who, seed >> 8);
        if (seller == address(0) || newestLot[seller] != slot) (seller, slot) = putOnSale(who, seed >> 8);
        if (seller == address(0)) return miss();
        letIn(who);
        uint256 most = ration(who, abi.encodeCall(gridx.logEnergyTrade, (seller, who, 1, type(uint256).max)), seed);
        uint256 open = openWh(seller, slot, clock, SHORT_RING);
        if (open < most) most = open;
        if (most == 0) return miss();
        wh = wh % 4 == 0 ? most : 1 + wh % most;
        uint256 limit = withFee(lots[seller][slot].ask);
        rupee.mint(who, wh * limit / 1000 + 2);
        if (seed % 8 == 0) {
            refuse(
                who, abi.encodeCall(gridx.logEnergyTrade, (seller, who, wh, limit - 1)), IGridX.PriceAboveLimit.selector
            );
        }
        by(who);
        gridx.logEnergyTrade(seller, who, wh, seed % 2 == 0 ? limit : type(uint256).max);
    }

    function buyEnergy(uint256 seed, uint64 wh) external action {
        address who = buyer(seed);
        IGridX.Purchase[] memory purchases = new IGridX.Purchase[](4);
        if (stopped) return refused(who, abi.encodeCall(gridx.buyEnergy, (purchases, 0)), seed);
        (address seller, uint32 slot) = onSale(who, seed >> 8);
        if (seller == address(0)) (seller, slot) = putOnSale(who, seed >> 8);
        if (seller == address(0)) return miss();
        letIn(who);
        purchases[0] = IGridX.Purchase(seller, slot, wh == 0 ? 1 : wh, uint96(withFee(lots[seller][slot].ask)));
        purchases[1] = purchases[0];
        if (wh % 4 == 0) purchases[1] = IGridX.Purchase(seller, slot, wh, purchases[0].pricePerKwh - 1);
        (seller, slot) = onSale(who, seed >> 16);
        purchases[2] = IGridX.Purchase(seller, slot, wh % 500, type(uint96).max);
        purchases[3] = IGridX.Purchase(who, slot, wh, type(uint96).max);
        bytes memory data = abi.encodeCall(gridx.buyEnergy, (purchases, 1));
        if (ration(who, data, seed) == 0) return miss();
        uint256 cost;
        for (uint256 i = 0; i < 3; ++i) {
            (uint64 available,, uint256 limit) = gridx.quoteOf(purchases[i].seller, purchases[i].slot);
            cost += available * limit / 1000 + 2;
        }
        if (openWh(purchases[0].seller, purchases[0].slot, clock, SHORT_RING) == 0) return miss();
        rupee.mint(who, cost);
        by(who);
        require(gridx.buyEnergy(purchases, 1) != 0, "bought nothing");
    }

    /// @dev Member where need be.
    function letIn(address who) internal {
        if (isMember(who)) return;
        refuse(who, abi.encodeCall(gridx.buyEnergy, (new IGridX.Purchase[](0), 0)), IGridX.NotAMember.selector);
        by(ADMIN);
        gridx.setTier(who, IGridX.Tier.Normal);
        sync();
    }

    /// @dev Where the allowance is used up: shows that `data` is refused, and finds a way out.
    /// @return wh allowance now
    function ration(address who, bytes memory data, uint256 seed) internal returns (uint256 wh) {
        wh = allowance(who, clock);
        if (wh != 0) return wh;
        ++exhausted;
        bytes4 reason = bytes4(data) == gridx.buyEnergy.selector
            ? IGridX.BasketBelowMinimum.selector
            : IGridX.AllowanceExceeded.selector;
        refuse(who, data, reason);
        if (seed % 4 == 0) {
            by(GRID);
            gridx.endEmergency();
        } else if (seed % 4 == 1 && tiers[who] != IGridX.Tier.None) {
            toNextSlot();
        } else {
            by(ADMIN);
            gridx.setTier(who, IGridX.Tier(1 + seed / 4 % 3));
        }
        sync();
        return allowance(who, clock);
    }

    /// @dev One of the latest lots, that `who` could buy now.
    function onSale(address who, uint256 seed) internal view returns (address seller, uint32 slot) {
        uint256 count = lotSlots.length;
        for (uint256 i = 0; i < 8 && i < count; ++i) {
            uint256 at = count - 1 - (seed % 8 + i) % 8 % count;
            (seller, slot) = (lotSellers[at], uint32(lotSlots[at]));
            if (seller != who && openWh(seller, slot, clock, SHORT_RING) != 0) return (seller, slot);
        }
        return (address(0), 0);
    }

    /// @dev Makes a lot for `who`: a neighbour asks, exports in this slot, and the shelf opens.
    function putOnSale(address who, uint256 seed) internal returns (address, uint32) {
        if (stopped) return (address(0), 0);
        for (uint256 i = 0; i < meterKeys.length; ++i) {
            uint256 key = meterKeys[(seed % 256 + i) % meterKeys.length];
            House storage house = houseOf(meterOf[key]);
            if (house.owner == who || house.capacityWatts < 40) continue;
            uint96 price = cappedPrice(seed);
            uint32 slot = now_();
            by(house.owner);
            gridx.setAsk(price);
            toNextSlot();
            read(key, slot, uint64(mostOf(key)), seed);
            pass(uint256(rules.shelfDelaySlots) * SLOT);
            sync();
            return (house.owner, slot);
        }
        return (address(0), 0);
    }

    /// @dev A price that an emergency allows; where there is none, the emergency ends.
    function cappedPrice(uint256 seed) internal returns (uint96) {
        if (!isCrisis(clock)) return legalPrice(seed);
        uint256 price = legalUpTo(seed, crisis.cap);
        if (price != 0) return uint96(price);
        by(GRID);
        gridx.endEmergency();
        return legalPrice(seed);
    }

    // ----------------------------------------------------------------------------------------------- clearing

    function setBid(uint256 seed, uint256 price, uint64 wh) external action {
        bid(person(seed), price % 16 == 0 ? 0 : legalPrice(price), wh % 8 == 0 ? wh : wh % 3000);
    }

    function bid(address who, uint96 price, uint64 wh) internal {
        by(who);
        gridx.setBid(price, wh);
    }

    /// @dev Whatever the slot, whoever is there, on all kinds of lines.
    function clearSlot(uint256 seed, uint256 price) external action {
        uint32 last = now_() - 1;
        uint256 span = last - lastCleared + 1;
        if (span > rules.tradingWindow) span = rules.tradingWindow;
        if (now_() > lastCleared + rules.tradingWindow || lastCleared == last) span = 1;
        uint96 at = legalPrice(price);
        if (isCrisis(clock) && at > crisis.cap && crisis.cap != 0 && seed % 8 != 0) at = uint96(crisis.cap);
        uint256 slot = last - seed % (span < 4 ? span : 4);
        // Now and then one that has passed.
        if (price % 8 == 0 && lastCleared != 0) slot = lastCleared - 1 - (price >> 8) % 2;
        else if (price % 4 == 1) slot = now_() - rules.tradingWindow - 1;
        clear(uint32(slot), at, seed, price);
    }

    /// @dev A slot from its asks and bids to its clearing, with what may come between.
    function auction(uint256 seed, uint256 more) external action {
        uint32 slot = now_();
        uint256 low = cappedPrice(more);
        uint256[] memory keys = new uint256[](1 + more % 4);
        for (uint256 i = 0; i < keys.length; ++i) {
            keys[i] = meterKeys[(seed % 256 + i) % meterKeys.length];
            by(houseOf(meterOf[keys[i]]).owner);
            gridx.setAsk(uint96(legalUpTo(seed >> i, low)));
        }
        for (uint256 i = 0; i < 1 + seed % 4; ++i) {
            address who = buyer((seed >> 16) % 256 + i);
            uint256 wh = 1 + (more >> 8) % (more & 32 == 0 ? 40 : 4000);
            bid(who, more >> i & 7 == 0 ? legalPrice(seed >> i) : rules.maxPrice, uint64(wh));
            uint256 cost = wh * withFee(low) / 1000 + 2;
            _deposit(who, uint96(more >> i & 16 == 0 ? cost / 2 + 1 : cost));
        }
        toNextSlot();
        if (stopped) return refused(OPERATOR, abi.encodeCall(gridx.clearSlot, (slot, 1, none(), none(), 0)), seed);
        readAll(keys, slot, seed);
        meanwhile(slot, low, seed >> 16, more >> 32);
        clear(slot, uint96(low), seed | 1, more);
        if (more % 4 == 0) clear(slot, uint96(low), seed, more >> 8);
    }

    /// @dev The last minute before a clearing.
    function meanwhile(uint32 slot, uint256 low, uint256 seed, uint256 more) internal {
        sync();
        address who = buyer(seed % 256);
        uint256 kind = more % 16;
        if (kind == 0 && books[who].balance != 0) {
            by(who);
            gridx.withdraw(who, uint96(books[who].balance));
        } else if (kind == 1) {
            bid(who, legalPrice(seed), uint64(more % 2000));
        } else if (kind == 2) {
            bid(who, 0, 0);
        } else if (kind == 3 && newestInCell[who][slot % SHORT_RING] == slot && lots[who][slot].ask != 0) {
            by(who);
            gridx.setLotAsk(slot, 0);
        } else if (kind == 4) {
            by(ADMIN);
            gridx.setTier(who, IGridX.Tier(seed / 16 % 4));
        } else if (kind == 5) {
            declare(seed, more);
        } else if (kind == 6) {
            pass(seed % SLOT);
        } else if (kind == 7) {
            IGridX.MarketParameters memory p = rules;
            p.feeBps = uint16(seed % 1001);
            by(ADMIN);
            gridx.setMarketParameters(p);
        } else if (kind > 12) {
            // Leaves the price of all that the bid can buy, without the fee.
            uint256 left = (bids[who].maxWh * low + 999) / 1000;
            if (books[who].balance <= left) return;
            by(who);
            gridx.withdraw(who, uint96(books[who].balance - left));
        } else if (kind == 8 && lots[who][slot].soldWh == 0) {
            by(who);
            gridx.setAsk(legalPrice(seed));
        }
    }

    function readAll(uint256[] memory keys, uint32 slot, uint256 seed) internal {
        IGridX.Reading[] memory readings = new IGridX.Reading[](keys.length);
        for (uint256 i = 0; i < keys.length; ++i) {
            uint256 most = mostOf(keys[i]);
            readings[i] = sign(keys[i], slot, uint64(seed >> i & 3 == 0 ? most : seed % (most + 1)));
        }
        by(person(seed));
        require(gridx.attestReadings(readings) != 0, "a good reading did not land");
    }

    /// @dev Valid whatever the lines are.
    function clear(uint32 slot, uint96 price, uint256 seed, uint256 more) internal {
        address operator = seed % 8 == 0 ? people[0] : OPERATOR;
        sync();
        bool good = seed % 2 == 1;
        IGridX.Fill[] memory asks = good ? everybody(slot, true, seed) : anybody(seed, more);
        IGridX.Fill[] memory buys = good ? everybody(slot, false, more) : anybody(more, seed);
        if (stopped) return refused(operator, abi.encodeCall(gridx.clearSlot, (slot, price, asks, buys, 0)), seed);
        if (clearingPrice[slot] != 0) price = uint96(clearingPrice[slot]);
        bytes4 reason;
        if (!inWindow(slot, now_()) && slot < lastCleared) return;
        if (!inWindow(slot, now_())) reason = IGridX.SlotNotClearable.selector;
        else if (slot < lastCleared) reason = IGridX.SlotAlreadyPassed.selector;
        else if (isCrisis(clock) && price > crisis.cap) reason = IGridX.PriceAboveCap.selector;
        if (reason != 0) {
            if (isCrisis(clock) && price > crisis.cap && reason != IGridX.PriceAboveCap.selector) return;
            return refuse(operator, abi.encodeCall(gridx.clearSlot, (slot, price, asks, buys, 0)), reason);
        }
        uint256 before = clearedTrades;
        by(operator);
        uint256 wh = gridx.clearSlot(slot, price, asks, buys, 0);
        sync();
        require((wh != 0) == (clearedTrades != before), "cleared energy is its trades'");
        if (seed % 16 > 2 || price == 1) return;
        refuse(
            operator,
            abi.encodeCall(gridx.clearSlot, (slot, price - 1, asks, buys, 0)),
            IGridX.ClearingPriceFixed.selector
        );
    }

    /// @return fills all who have a lot, or a bid, for the slot
    function everybody(uint32 slot, bool sells, uint256 seed) internal view returns (IGridX.Fill[] memory fills) {
        fills = new IGridX.Fill[](people.length);
        uint256 count;
        for (uint256 i = 0; i < fills.length; ++i) {
            address who = person((seed >> 8) % 256 + i);
            if (sells ? newestInCell[who][slot % SHORT_RING] != slot : bids[who].price == 0) continue;
            uint256 dice = seed >> 16 + i;
            fills[count++] = IGridX.Fill(who, dice & 1 == 0 ? uint64(dice) : uint64((dice >> 10) % 1500));
        }
        assembly ("memory-safe") {
            mstore(fills, count)
        }
    }

    /// @return fills anybody, any number of times, for any energy
    function anybody(uint256 seed, uint256 more) internal view returns (IGridX.Fill[] memory fills) {
        fills = new IGridX.Fill[]((seed >> 8) % 9);
        for (uint256 i = 0; i < fills.length; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(seed, more, i)));
            fills[i] = IGridX.Fill(person(dice), dice & 256 == 0 ? uint64(dice >> 10) : uint64((dice >> 10) % 1500));
            if (dice >> 80 & 15 == 0) fills[i].participant = address(uint160(dice >> 90));
            if (dice >> 84 & 15 == 0) fills[i].energyWh = 0;
        }
    }

    function none() internal pure returns (IGridX.Fill[] memory) {}

    // ---------------------------------------------------------------------------------------------- emergency

    function declareEmergency(uint256 seed, uint256 more) external action {
        declare(seed, more);
    }

    function declare(uint256 seed, uint256 more) internal {
        uint256 cap = legalPrice(seed >> 8);
        if (seed % 4 == 0) cap = rules.maxPrice;
        if (seed % 16 == 1) cap = seed >> 8 & 1;
        uint256 time = 1 + (seed % 8 == 0 ? (more >> 8) % 7 days : (more >> 8) % (8 * SLOT));
        by(GRID);
        gridx.declareEmergency(
            uint96(cap),
            uint64((more >> 40) % 1000),
            uint64((more >> 72) % 3000),
            uint40(clock + time),
            "the grid is out"
        );
    }

    function endEmergency(uint256 seed, uint256 more) external action {
        if (!isCrisis(clock)) {
            refuse(GRID, abi.encodeCall(gridx.endEmergency, ()), IGridX.NoEmergency.selector);
            declare(seed, more);
            pass(seed % 2 == 0 ? more % (2 * SLOT) : 0);
            if (!isCrisis(clock)) return;
        }
        by(GRID);
        gridx.endEmergency();
    }

    function _deposit(address who, uint96 amount) internal {
        rupee.mint(who, amount);
        by(who);
        if (amount % 2 == 0) gridx.deposit(amount);
        else gridx.depositWithPermit(amount, 0, 27, 0, 0);
    }

    function miss() internal {
        ++misses;
    }
}
