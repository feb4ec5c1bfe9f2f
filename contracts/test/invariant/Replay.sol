// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {VmSafe} from "forge-std/Vm.sol";
import {IGridX} from "../../src/interfaces/IGridX.sol";
import {Fold} from "../Fold.sol";
import {Books} from "./Books.sol";

/// @notice Keeps the books from events alone, and refuses what must not happen.
abstract contract Replay is Books {
    using Fold for bytes32;

    /// @dev The call whose events are replayed, and the clearing that it was, if any.
    struct Call {
        uint256 at;
        uint256 current;
        address caller;
        uint256 ring;
        bool clears;
        Clearing clearing;
    }

    struct Clearing {
        uint256 slot;
        uint96 price;
        uint64 wh;
        uint32 trades;
    }

    struct Trade {
        uint32 slot;
        uint64 wh;
        uint96 price;
        uint96 fee;
        uint64 grams;
    }

    bytes32 private constant ADMINS = 0;
    bytes32 private constant REGISTRARS = keccak256("REGISTRAR_ROLE");
    bytes32 private constant PAUSERS = keccak256("PAUSER_ROLE");
    bytes32 private constant CLEARERS = keccak256("MARKET_OPERATOR_ROLE");
    bytes32 private constant GRID_OPERATORS = keccak256("GRID_OPERATOR_ROLE");

    uint256 public trades;
    uint256 public attestations;
    uint256 public clearings;
    uint256 public clearingsWithTrades;
    uint256 public clearedTrades;
    uint256 public rationedTrades;
    uint256 public emergencies;
    uint256 public relistings;
    mapping(IGridX.SkipReason reason => uint256) public skips;

    /// @dev The first admin is granted by nobody.
    bool private adminless = true;

    /// @dev What changed since the last check.
    address[] internal touchedSellers;
    uint256[] internal touchedSlots;
    address[] internal touchedBuyers;

    /// @param caller who made the call that emitted `logs`
    function replay(VmSafe.Log[] memory logs, address gridx, uint256 at, address caller, uint256 ring) internal {
        Call memory c;
        (c.at, c.current, c.caller, c.ring) = (at, at / slotLength, caller, ring);
        for (uint256 i = logs.length; i > 0; --i) {
            if (logs[i - 1].emitter != gridx || logs[i - 1].topics[0] != IGridX.SlotCleared.selector) continue;
            opened(logs[i - 1], c);
            break;
        }
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != gridx) continue;
            foldedHead = foldedHead.fold(logs[i], at);
            bytes32 topic0 = logs[i].topics[0];
            if (topic0 == IGridX.EnergyTradeLogged.selector) {
                traded(logs[i], c);
            } else if (topic0 == IGridX.EnergyAttested.selector) {
                attested(logs[i], c);
            } else if (topic0 == IGridX.CarbonEarned.selector) {
                earned(logs[i]);
            } else if (topic0 == IGridX.FillSkipped.selector) {
                skipped(logs[i], c);
            } else if (topic0 == IGridX.SlotCleared.selector) {
                cleared(c);
            } else if (!money(logs[i], topic0, c) && !quoted(logs[i], topic0, c) && !ruled(logs[i], topic0, c)) {
                other(logs[i], topic0, c);
            }
        }
        require(!c.clears, "cleared without an end");
    }

    // --------------------------------------------------------------------------------------- trade and clearing

    /// @dev A clearing's own event comes last, so it is read before the trades that it ends.
    function opened(VmSafe.Log memory log, Call memory c) private {
        c.clears = true;
        (uint96 price, uint64 wh, uint32 count) = abi.decode(log.data, (uint96, uint64, uint32));
        uint256 slot = uint256(log.topics[1]);
        c.clearing = Clearing(slot, price, wh, count);
        require(isIn[CLEARERS][c.caller], "cleared by no market operator");
        require(!stopped, "cleared while paused");
        require(inWindow(slot, c.current), "cleared outside of the window");
        require(slot >= lastCleared, "cleared out of order");
        require(price != 0, "cleared at no price");
        require(clearingPrice[slot] == 0 || clearingPrice[slot] == price, "cleared at two prices");
        require(!isCrisis(c.at) || price <= crisis.cap, "cleared above the cap");
        lastCleared = slot;
        clearingPrice[slot] = price;
        ++clearings;
        if (count != 0) ++clearingsWithTrades;
    }

    function cleared(Call memory c) private pure {
        require(c.clears && c.clearing.trades == 0 && c.clearing.wh == 0, "clearing is not its trades");
        c.clears = false;
    }

    function traded(VmSafe.Log memory log, Call memory c) private {
        require(!stopped, "traded while paused");
        (address seller, address buyer) = (toAddress(log.topics[2]), toAddress(log.topics[3]));
        Trade memory t = abi.decode(log.data, (Trade));
        require(seller != buyer, "traded with oneself");
        require(isMember(buyer), "traded by no member");
        require(t.wh != 0, "empty trade");
        Lot storage lot = lots[seller][t.slot];
        require(newestInCell[seller][t.slot % c.ring] == t.slot, "lot is no more");
        require(lot.ask != 0 && lot.ask <= t.price, "below the ask");
        require(inWindow(t.slot, c.current), "not live");
        if (isCrisis(c.at)) ration(buyer, t, c);
        if (c.clears) matched(buyer, t, c);
        else bought(buyer, t, c, lot.ask);
        lot.soldWh += t.wh;
        require(lot.soldWh <= lot.attestedWh, "sold more than attested");
        pay(seller, buyer, t);
        ++trades;
        touch(seller, t.slot);
        touchedBuyers.push(buyer);
    }

    function bought(address buyer, Trade memory t, Call memory c, uint256 ask) private view {
        require(buyer == c.caller, "traded by another than the buyer");
        require(t.price == ask, "price is not the ask");
        require(t.slot + rules.shelfDelaySlots < c.current, "shelf is closed");
    }

    function matched(address buyer, Trade memory t, Call memory c) private {
        require(t.slot == c.clearing.slot && t.price == c.clearing.price, "not a trade of this clearing");
        Bid storage bid = bids[buyer];
        require(bid.price != 0 && bid.fromSlot <= t.slot, "no bid for this slot");
        require(fits(t.price, bid.price), "above the bid");
        filledWh[buyer][t.slot] += t.wh;
        require(filledWh[buyer][t.slot] <= bid.maxWh, "more than the bid");
        bid.lastFilled = t.slot;
        c.clearing.trades -= 1;
        c.clearing.wh -= t.wh;
        ++clearedTrades;
    }

    function ration(address buyer, Trade memory t, Call memory c) private {
        require(t.price <= crisis.cap, "above the cap");
        require(t.wh <= allowance(buyer, c.at), "above the allowance");
        rationedWh[buyer][c.current] += t.wh;
        lastRationed[buyer] = c.current;
        ++rationedTrades;
    }

    function pay(address seller, address buyer, Trade memory t) private {
        uint256 thousandths = uint256(t.wh) * t.price;
        uint256 payment = thousandths / 1000 + (thousandths % 1000 == 0 ? 0 : 1);
        require(t.fee == payment * rules.feeBps / 10_000, "fee");
        require(t.grams == uint256(t.wh) * factor / 1_000_000, "grams");
        books[buyer].balance -= payment + t.fee;
        books[buyer].tradedGrams += t.grams;
        books[seller].balance += payment;
        fees += t.fee;
    }

    /// @dev What a skip says must be so when it is said.
    function skipped(VmSafe.Log memory log, Call memory c) private {
        require(c.clears, "skipped outside of a clearing");
        address who = toAddress(log.topics[2]);
        IGridX.SkipReason reason = abi.decode(log.data, (IGridX.SkipReason));
        uint256 slot = c.clearing.slot;
        require(uint256(log.topics[1]) == slot, "skipped in another slot");
        require(reason != IGridX.SkipReason.None, "skipped for nothing");
        Lot storage lot = lots[who][slot];
        Bid storage bid = bids[who];
        bool so = true;
        if (reason == IGridX.SkipReason.NoLot) so = newestInCell[who][slot % c.ring] != slot;
        if (reason == IGridX.SkipReason.NotForSale) so = lot.attestedWh != 0 && lot.ask == 0;
        if (reason == IGridX.SkipReason.AskAbovePrice) so = lot.ask > c.clearing.price;
        if (reason == IGridX.SkipReason.NoBid) so = bid.price == 0 || bid.fromSlot > slot;
        if (reason == IGridX.SkipReason.BidBelowPrice) so = !fits(c.clearing.price, bid.price);
        if (reason == IGridX.SkipReason.NotAMember) so = !isMember(who);
        if (reason == IGridX.SkipReason.NoAllowance) so = allowance(who, c.at) == 0;
        if (reason == IGridX.SkipReason.OwnEnergy) so = lot.attestedWh != 0 && bid.price != 0;
        if (reason == IGridX.SkipReason.CannotPay) {
            so = books[who].balance < bid.maxWh * withFee(c.clearing.price) / 1000 + 2;
        }
        require(so, "skipped without that reason");
        ++skips[reason];
    }

    function earned(VmSafe.Log memory log) private {
        books[toAddress(log.topics[1])].earned += abi.decode(log.data, (uint64));
    }

    // --------------------------------------------------------------------------------------------------- energy

    function attested(VmSafe.Log memory log, Call memory c) private {
        require(!stopped, "attested while paused");
        uint256 id = idOf[toAddress(log.topics[1])];
        House storage house = houseById[id];
        (address seller, uint256 slot) = (toAddress(log.topics[2]), uint256(log.topics[3]));
        (uint64 wh, uint96 ask) = abi.decode(log.data, (uint64, uint96));
        require(!house.retired && house.owner == seller, "house");
        require(slot < c.current, "attested before its end");
        require(slot >= house.fromSlot, "attested from before its registration");
        require(!known[id][slot], "attested twice");
        known[id][slot] = true;
        ++attestations;
        uint256 most = house.capacityWatts * slotLength / 3600;
        require(wh <= most, "above capacity");
        if (wh == 0) return;
        Lot storage lot = lots[seller][slot];
        if (lot.attestedWh == 0) {
            Quote storage quote = quotes[seller];
            lot.ask = slot >= quote.fromSlot ? quote.last : quote.before;
            lot.ceiling = lot.ask;
            require(slot > newestInCell[seller][slot % c.ring], "replaced a newer lot");
            newestInCell[seller][slot % c.ring] = slot;
            if (slot > newestLot[seller]) newestLot[seller] = slot;
            lotSellers.push(seller);
            lotSlots.push(slot);
        }
        require(ask == lot.ask, "ask of a lot");
        lot.attestedWh += wh;
        lot.mostWh += most;
        touch(seller, slot);
    }

    function quoted(VmSafe.Log memory log, bytes32 topic0, Call memory c) private returns (bool) {
        if (topic0 == IGridX.AskSet.selector) {
            require(toAddress(log.topics[1]) == c.caller, "ask of another");
            Quote storage quote = quotes[c.caller];
            (uint32 fromSlot, uint96 price) = abi.decode(log.data, (uint32, uint96));
            allowed(price);
            require(fromSlot == c.current, "ask from another slot");
            if (fromSlot != quote.fromSlot) (quote.before, quote.fromSlot) = (quote.last, fromSlot);
            quote.last = price;
        } else if (topic0 == IGridX.LotAskSet.selector) {
            (address seller, uint256 slot) = (toAddress(log.topics[1]), uint256(log.topics[2]));
            uint256 price = abi.decode(log.data, (uint96));
            require(seller == c.caller, "lot's ask of another");
            require(newestInCell[seller][slot % c.ring] == slot && inWindow(slot, c.current), "no such lot");
            allowed(price);
            reprice(lots[seller][slot], price);
            touch(seller, slot);
        } else if (topic0 == IGridX.BidSet.selector) {
            require(toAddress(log.topics[1]) == c.caller, "bid of another");
            (uint32 fromSlot, uint96 price, uint64 maxWh) = abi.decode(log.data, (uint32, uint96, uint64));
            allowed(price);
            require(fromSlot == c.current, "bid from another slot");
            bids[c.caller] = Bid(price, maxWh, fromSlot, fromSlot);
            touchedBuyers.push(c.caller);
        } else {
            return false;
        }
        return true;
    }

    /// @dev An ask only goes down; a lot taken off sale comes back at no more than it was.
    function reprice(Lot storage lot, uint256 price) private {
        if (price == 0) {
            require(lot.ask != 0, "taken off sale twice");
        } else if (lot.ask != 0) {
            require(price < lot.ask, "not lowered");
        } else if (lot.ceiling != 0) {
            require(price <= lot.ceiling, "came back dearer");
            ++relistings;
        }
        lot.ask = price;
        if (price != 0) lot.ceiling = price;
    }

    function allowed(uint256 price) private view {
        require(price == 0 || (price >= rules.minPrice && price <= rules.maxPrice), "price out of bounds");
    }

    // ---------------------------------------------------------------------------------------------------- money

    function money(VmSafe.Log memory log, bytes32 topic0, Call memory c) private returns (bool) {
        if (topic0 == IGridX.Deposited.selector) {
            require(toAddress(log.topics[1]) == c.caller && !c.clears, "deposited by another");
            uint256 amount = abi.decode(log.data, (uint96));
            books[c.caller].balance += amount;
            held += amount;
        } else if (topic0 == IGridX.Withdrawn.selector) {
            require(toAddress(log.topics[1]) == c.caller, "withdrawn by another");
            uint256 amount = abi.decode(log.data, (uint96));
            books[c.caller].balance -= amount;
            held -= amount;
        } else if (topic0 == IGridX.FeesCollected.selector) {
            require(toAddress(log.topics[1]) == rules.treasury, "not the treasury");
            uint256 amount = abi.decode(log.data, (uint96));
            require(amount == fees, "not all fees");
            fees = 0;
            books[rules.treasury].balance += amount;
        } else if (topic0 == IGridX.CarbonSpent.selector) {
            require(toAddress(log.topics[2]) == c.caller, "carbon spent by another");
            (uint64 grams,,) = abi.decode(log.data, (uint64, string, string));
            books[c.caller].spent += grams;
        } else {
            return false;
        }
        return true;
    }

    // -------------------------------------------------------------------------------------- what officers may do

    function ruled(VmSafe.Log memory log, bytes32 topic0, Call memory c) private returns (bool) {
        if (topic0 == IGridX.MarketParametersSet.selector) {
            require(isIn[ADMINS][c.caller], "rules by no admin");
            rules = abi.decode(log.data, (IGridX.MarketParameters));
            require(rules.feeBps <= 1000 && rules.shelfDelaySlots < rules.tradingWindow, "rules out of bounds");
            require(rules.tradingWindow <= c.ring && rules.minPrice <= rules.maxPrice, "rules out of bounds");
        } else if (topic0 == IGridX.EmissionFactorSet.selector) {
            require(isIn[ADMINS][c.caller], "factor by no admin");
            (factor,,) = abi.decode(log.data, (uint32, string, string));
        } else if (topic0 == IGridX.EmergencyDeclared.selector) {
            require(isIn[GRID_OPERATORS][c.caller], "declared by no grid operator");
            (crisis.cap, crisis.normalWh, crisis.essentialWh, crisis.endsAt,) =
                abi.decode(log.data, (uint96, uint64, uint64, uint40, string));
            require(crisis.endsAt > c.at && crisis.endsAt <= c.at + 7 days, "emergency too short or too long");
            ++emergencies;
        } else if (topic0 == IGridX.EmergencyEnded.selector) {
            require(isIn[GRID_OPERATORS][c.caller], "ended by no grid operator");
            require(isCrisis(c.at), "ended what was none");
            crisis.endsAt = 0;
        } else if (topic0 == Pausable.Paused.selector || topic0 == Pausable.Unpaused.selector) {
            require(isIn[PAUSERS][c.caller], "paused by no pauser");
            stopped = topic0 == Pausable.Paused.selector;
        } else if (topic0 == IAccessControl.RoleGranted.selector) {
            bytes32 role = log.topics[1];
            require(isIn[ADMINS][c.caller] || (role == ADMINS && adminless), "granted by no admin");
            adminless = false;
            isIn[role][toAddress(log.topics[2])] = true;
        } else if (topic0 == IAccessControl.RoleRevoked.selector) {
            isIn[log.topics[1]][toAddress(log.topics[2])] = false;
        } else {
            return false;
        }
        return true;
    }

    function other(VmSafe.Log memory log, bytes32 topic0, Call memory c) private {
        if (topic0 == IGridX.ReadingRejected.selector) return;
        require(isIn[REGISTRARS][c.caller], "by no registrar");
        if (topic0 == IGridX.HouseRegistered.selector) {
            address meter = toAddress(log.topics[1]);
            require(idOf[meter] == 0, "meter registered twice");
            (uint32 capacity, uint32 fromSlot) = abi.decode(log.data, (uint32, uint32));
            require(fromSlot == c.current, "registered for another slot");
            idOf[meter] = ++houses;
            houseById[houses] = House(toAddress(log.topics[2]), capacity, fromSlot, false);
        } else if (topic0 == IGridX.HouseUpdated.selector) {
            House storage house = active(toAddress(log.topics[1]));
            (house.owner, house.capacityWatts) = (toAddress(log.topics[2]), abi.decode(log.data, (uint32)));
        } else if (topic0 == IGridX.MeterReplaced.selector) {
            (address old, address next) = (toAddress(log.topics[1]), toAddress(log.topics[2]));
            active(old);
            require(idOf[next] == 0, "meter registered twice");
            idOf[next] = idOf[old];
            // The old key keeps a house of its own that never attests again.
            idOf[old] = ++houses;
            houseById[houses].retired = true;
        } else if (topic0 == IGridX.HouseRetired.selector) {
            active(toAddress(log.topics[1])).retired = true;
        } else {
            require(topic0 == IGridX.TierSet.selector, "unknown fact");
            tiers[toAddress(log.topics[1])] = abi.decode(log.data, (IGridX.Tier));
        }
    }

    function active(address meter) private view returns (House storage house) {
        house = houseById[idOf[meter]];
        require(idOf[meter] != 0 && !house.retired, "no active house");
    }

    function touch(address seller, uint256 slot) private {
        touchedSellers.push(seller);
        touchedSlots.push(slot);
    }

    function toAddress(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}
