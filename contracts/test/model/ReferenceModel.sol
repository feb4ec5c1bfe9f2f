// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../../src/interfaces/IGridX.sol";
import {ModelBooks} from "./ModelBooks.sol";

/// @notice The whole contract once more, as simple and slow as its description: nothing packed, nothing forgotten, lists
///         where the contract has rings and bitmaps, and no line shared with it. It answers the same calls.
contract ReferenceModel is ModelBooks {
    constructor(
        address self_,
        address token_,
        uint256 slotLength_,
        uint256 ring_,
        address admin,
        IGridX.MarketParameters memory rules_,
        IGridX.EmissionFactor memory factor_
    ) ModelBooks(self_, token_, slotLength_, ring_, admin, rules_, factor_) {}

    // ---------------------------------------------------------------------------------------------- direct purchase

    function logEnergyTrade(address seller, address buyer, uint256 wh, uint256 limit) external returns (bytes32) {
        running();
        unless(msg.sender == buyer, IGridX.OnlyBuyer.selector);
        unless(seller != buyer, IGridX.SelfTrade.selector);
        unless(wh != 0, IGridX.ZeroEnergy.selector);
        unless(isMember(buyer), IGridX.NotAMember.selector);
        unless(wh <= allowance(buyer), IGridX.AllowanceExceeded.selector);
        uint256 slot = people[seller].newestLot;
        (bool found, uint256 at) = find(seller, slot);
        if (found && !shelfIsOpen(slot)) {
            // The newest waits for its clearing: the lot of the newest slot whose shelf is open takes its place.
            uint256 onShelf = slotNow() - rules.shelfDelaySlots - 1;
            (bool another, uint256 place) = find(seller, onShelf);
            if (another) (slot, at) = (onShelf, place);
        }
        unless(found && isOpenSlot(slot), IGridX.LotNotLive.selector);
        if (found) {
            Lot storage lot = lots[at];
            unless(shelfIsOpen(slot), IGridX.ShelfClosed.selector);
            unless(lot.ask != 0, IGridX.NotForSale.selector);
            unless(withFee(lot.ask) <= limit, IGridX.PriceAboveLimit.selector);
            unless(!isCrisis() || lot.ask <= crisis.priceCap, IGridX.PriceAboveCap.selector);
            unless(wh <= lot.attestedWh - lot.soldWh, IGridX.InsufficientEnergy.selector);
        }
        decide();
        pull(buy(at, buyer, wh));
        return head;
    }

    function buyEnergy(IGridX.Purchase[] memory purchases, uint256 least) external returns (uint256 bought) {
        running();
        unless(isMember(msg.sender), IGridX.NotAMember.selector);
        uint256 missing;
        for (uint256 i = 0; i < purchases.length; ++i) {
            (uint256 wh, uint256 at) = within(purchases[i]);
            if (wh == 0) continue;
            missing += buy(at, msg.sender, wh);
            bought += wh;
        }
        unless(bought != 0 && bought >= least, IGridX.BasketBelowMinimum.selector);
        pull(missing);
    }

    /// @return wh what a line of a basket brings
    function within(IGridX.Purchase memory p) private view returns (uint256 wh, uint256 at) {
        bool found;
        (found, at) = find(p.seller, p.slot);
        if (!found || p.seller == msg.sender || !isOpenSlot(p.slot) || !shelfIsOpen(p.slot)) return (0, 0);
        Lot storage lot = lots[at];
        if (lot.ask == 0 || withFee(lot.ask) > p.pricePerKwh) return (0, 0);
        if (isCrisis() && lot.ask > crisis.priceCap) return (0, 0);
        wh = least3(p.energyWh, lot.attestedWh - lot.soldWh, allowance(msg.sender));
    }

    /// @return missing what the buyer's account lacks, which comes from the wallet
    function buy(uint256 at, address buyer, uint256 wh) private returns (uint256 missing) {
        uint256 cost = payment(wh, lots[at].ask) + fee(wh, lots[at].ask);
        unless(cost <= type(uint96).max, IGridX.InsufficientBalance.selector);
        if (cost > people[buyer].balance) {
            missing = cost - people[buyer].balance;
            people[buyer].balance = cost;
            fact("Deposited(address,uint96)", abi.encode(buyer, missing));
        }
        settle(at, buyer, wh, lots[at].ask);
    }

    function settle(uint256 at, address buyer, uint256 wh, uint256 price) private {
        Lot storage lot = lots[at];
        uint256 grams = wh * factor / 1_000_000;
        lot.soldWh += wh;
        people[buyer].balance -= payment(wh, price) + fee(wh, price);
        people[lot.seller].balance += payment(wh, price);
        fees += fee(wh, price);
        people[buyer].carbon += grams;
        people[buyer].carbonEver += grams;
        if (isCrisis()) {
            if (people[buyer].usedSlot != slotNow()) people[buyer].usedWh = 0;
            people[buyer].usedSlot = slotNow();
            people[buyer].usedWh += wh;
        }
        fact(
            "EnergyTradeLogged(bytes32,address,address,uint32,uint64,uint96,uint96,uint64)",
            abi.encode(lot.seller, buyer, lot.slot, wh, price, fee(wh, price), grams)
        );
    }

    function payment(uint256 wh, uint256 price) private pure returns (uint256) {
        return (wh * price + 999) / 1000;
    }

    function fee(uint256 wh, uint256 price) private view returns (uint256) {
        return payment(wh, price) * rules.feeBps / 10_000;
    }

    function withFee(uint256 price) private view returns (uint256) {
        return (price * (10_000 + rules.feeBps) + 9999) / 10_000;
    }

    function shelfIsOpen(uint256 slot) private view returns (bool) {
        return slotNow() >= slot + 1 + rules.shelfDelaySlots;
    }

    function isMember(address who) private view returns (bool) {
        return !rules.membersOnly || people[who].tier != IGridX.Tier.None;
    }

    function allowance(address who) private view returns (uint256 wh) {
        Person storage p = people[who];
        if (!isCrisis() || p.tier == IGridX.Tier.Critical) return type(uint64).max;
        if (p.tier == IGridX.Tier.None) return 0;
        wh = p.tier == IGridX.Tier.Normal ? crisis.normalWhPerSlot : crisis.essentialWhPerSlot;
        uint256 used = p.usedSlot == slotNow() ? p.usedWh : 0;
        return used > wh ? 0 : wh - used;
    }

    function least3(uint256 a, uint256 b, uint256 c) private pure returns (uint256) {
        if (b < a) a = b;
        return c < a ? c : a;
    }

    // ----------------------------------------------------------------------------------------------------- clearing

    function setBid(uint96 price, uint64 most) external {
        priceWithin(price);
        decide();
        Person storage p = people[msg.sender];
        (p.bidPrice, p.bidMost, p.bidFrom, p.filledSlot, p.filledWh) = (price, most, slotNow(), slotNow(), 0);
        fact("BidSet(address,uint32,uint96,uint64)", abi.encode(msg.sender, slotNow(), price, most));
    }

    /// @dev Where the two lists stand: the line at hand, and what is left of it.
    struct Walk {
        uint256 slot;
        uint256 price;
        uint256 ask;
        uint256 askLeft;
        uint256 lot;
        uint256 bid;
        uint256 bidLeft;
        uint256 cleared;
        uint256 trades;
    }

    function clearSlot(uint32 slot, uint96 price, IGridX.Fill[] memory asks, IGridX.Fill[] memory bids, uint256 least)
        external
        returns (uint256)
    {
        onlyBy("MARKET_OPERATOR_ROLE");
        running();
        unless(isOpenSlot(slot), IGridX.SlotNotClearable.selector);
        within(price, 1, MOST);
        unless(!isCrisis() || price <= crisis.priceCap, IGridX.PriceAboveCap.selector);
        unless(slot >= last.slot, IGridX.SlotAlreadyPassed.selector);
        unless(slot != last.slot || price == last.pricePerKwh, IGridX.ClearingPriceFixed.selector);
        decide();
        last = IGridX.LastClearing(slot, price);
        Walk memory w;
        (w.slot, w.price) = (slot, price);
        while (askAtHand(w, asks) && bidAtHand(w, bids)) {
            pair(w, bids[w.bid - 1].participant);
        }
        unless(w.cleared >= least, IGridX.ClearingBelowMinimum.selector);
        decide();
        fact("SlotCleared(uint32,uint96,uint64,uint32)", abi.encode(slot, price, w.cleared, w.trades));
        return w.cleared;
    }

    function askAtHand(Walk memory w, IGridX.Fill[] memory asks) private returns (bool) {
        for (; w.askLeft == 0; ++w.ask) {
            if (w.ask == asks.length) return false;
            IGridX.Fill memory line = asks[w.ask];
            (bool found, uint256 at) = find(line.participant, w.slot);
            uint256 set;
            if (!found) {
                set = bit(IGridX.SkipReason.NoLot);
            } else {
                if (lots[at].ask == 0) set |= bit(IGridX.SkipReason.NotForSale);
                if (lots[at].ask > w.price) set |= bit(IGridX.SkipReason.AskAbovePrice);
                uint256 left = least3(line.energyWh, lots[at].attestedWh - lots[at].soldWh, MOST);
                if (left == 0) set |= bit(IGridX.SkipReason.NothingLeft);
                if (set == 0) (w.askLeft, w.lot) = (left, at);
            }
            if (set != 0) leftOut.push(Left(line.participant, w.slot, 0, set));
        }
        return true;
    }

    function bidAtHand(Walk memory w, IGridX.Fill[] memory bids) private returns (bool) {
        for (; w.bidLeft == 0; ++w.bid) {
            if (w.bid == bids.length) return false;
            IGridX.Fill memory line = bids[w.bid];
            Person storage p = people[line.participant];
            uint256 set;
            if (p.bidPrice == 0 || p.bidFrom > w.slot) set |= bit(IGridX.SkipReason.NoBid);
            if (p.bidPrice < withFee(w.price)) set |= bit(IGridX.SkipReason.BidBelowPrice);
            if (!isMember(line.participant)) set |= bit(IGridX.SkipReason.NotAMember);
            if (allowance(line.participant) == 0) set |= bit(IGridX.SkipReason.NoAllowance);
            uint256 room = p.bidMost - (p.filledSlot == w.slot ? p.filledWh : 0);
            if (room == 0 || line.energyWh == 0) set |= bit(IGridX.SkipReason.NothingLeft);
            if (set == 0) w.bidLeft = least3(line.energyWh, room, allowance(line.participant));
            else leftOut.push(Left(line.participant, w.slot, 0, set));
        }
        return true;
    }

    function pair(Walk memory w, address buyer) private {
        uint256 wh = w.askLeft < w.bidLeft ? w.askLeft : w.bidLeft;
        uint256 set;
        if (lots[w.lot].seller == buyer) set |= bit(IGridX.SkipReason.OwnEnergy);
        if (payment(wh, w.price) + fee(wh, w.price) > people[buyer].balance) set |= bit(IGridX.SkipReason.CannotPay);
        if (set != 0) {
            leftOut.push(Left(buyer, w.slot, 0, set));
            w.bidLeft = 0;
            return;
        }
        Person storage p = people[buyer];
        if (p.filledSlot != w.slot) (p.filledSlot, p.filledWh) = (w.slot, 0);
        p.filledWh += wh;
        settle(w.lot, buyer, wh, w.price);
        w.askLeft -= wh;
        w.bidLeft -= wh;
        w.cleared += wh;
        ++w.trades;
    }

    function bit(IGridX.SkipReason reason) private pure returns (uint256) {
        return 1 << uint256(reason);
    }

    // ------------------------------------------------------------------------------------------------- several calls

    function multicall(bytes[] memory data) external returns (bytes[] memory results) {
        results = new bytes[](data.length);
        for (uint256 i = 0; i < data.length; ++i) {
            bool done;
            (done, results[i]) = address(this).delegatecall(data[i]);
            bytes memory result = results[i];
            if (done) continue;
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
    }

    // -------------------------------------------------------------------------------------------------------- views

    function currentSlot() external view returns (uint256) {
        return slotNow();
    }

    function accruedFees() external view returns (uint256) {
        return fees;
    }

    function emissionFactor() external view returns (uint256) {
        return factor;
    }

    function marketParameters() external view returns (IGridX.MarketParameters memory) {
        return rules;
    }

    function lastClearing() external view returns (IGridX.LastClearing memory) {
        return last;
    }

    function emergency() external view returns (IGridX.EmergencyRules memory rules_) {
        if (isCrisis()) rules_ = crisis;
    }

    function allowanceOf(address who) external view returns (uint256) {
        return allowance(who);
    }

    function accountOf(address who) external view returns (uint256, uint256, uint256) {
        return (people[who].balance, people[who].carbon, people[who].carbonEver);
    }

    function participantOf(address who) external view returns (IGridX.Tier, uint256, uint256) {
        return (people[who].tier, people[who].usedSlot, people[who].usedWh);
    }

    function bidOf(address who) external view returns (uint256, uint256, uint256, uint256) {
        Person storage p = people[who];
        return (p.bidPrice, p.bidMost, p.filledSlot, p.filledWh);
    }

    function sellerOf(address who) external view returns (uint256, uint256, uint256, uint256) {
        Quote[] storage quotes = people[who].quotes;
        if (quotes.length == 0) return (0, people[who].newestLot, 0, 0);
        Quote storage present = quotes[quotes.length - 1];
        return (before(quotes), people[who].newestLot, present.price, present.fromSlot);
    }

    function lotOf(address seller, uint32 slot) external view returns (uint256, uint256, uint256, uint256) {
        (bool found, uint256 at) = find(seller, slot);
        if (!found) return (0, 0, 0, 0);
        return (slot, lots[at].attestedWh, lots[at].soldWh, lots[at].ask);
    }

    function quoteOf(address seller, uint32 slot) external view returns (uint256 wh, uint256 ask, uint256 limit) {
        (bool found, uint256 at) = find(seller, slot);
        if (!found || !isOpenSlot(slot)) return (0, 0, 0);
        ask = lots[at].ask;
        limit = withFee(ask);
        if (ask == 0 || !shelfIsOpen(slot) || (isCrisis() && ask > crisis.priceCap)) return (0, ask, limit);
        wh = lots[at].attestedWh - lots[at].soldWh;
    }

    /// @dev Of a key that is no more, only that nobody owns it.
    function houseOf(address meter) external view returns (address owner, uint256 watts, uint256 newest, uint256 map) {
        if (houseOfMeter[meter] == 0) return (address(0), 0, 0, 0);
        House storage house = houses[houseOfMeter[meter]];
        for (uint256 i = 0; i < 32; ++i) {
            uint256 slot = house.newest - i;
            if (slot < house.fromSlot || house.attested[slot]) map |= 1 << i;
        }
        return (house.owner, house.watts, house.newest, map);
    }
}
