// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {VmSafe} from "forge-std/Vm.sol";
import {IGridX} from "../../src/interfaces/IGridX.sol";
import {Fold} from "../Fold.sol";

/// @notice The community's books kept from its events alone, refusing what must not happen.
abstract contract Replay {
    using Fold for bytes32;

    struct House {
        address owner;
        uint256 capacityWatts;
        uint256 fromSlot;
        bool retired;
    }

    struct Quote {
        uint256 before;
        uint256 last;
        uint256 fromSlot;
    }

    struct Lot {
        uint256 attestedWh;
        uint256 soldWh;
        uint256 mostWh;
        uint256 ask;
    }

    struct Book {
        uint256 balance;
        uint256 earned;
        uint256 spent;
        uint256 tradedGrams;
    }

    bytes32 public foldedHead;
    bool public stopped;
    uint256 public fees;
    uint256 public held;
    uint256 public trades;
    uint256 public attestations;
    uint256 internal slotLength;
    IGridX.MarketParameters internal rules;
    uint256 private factor;

    mapping(address participant => IGridX.Tier) private tiers;
    mapping(address account => Book) internal books;
    mapping(address meter => uint256) private idOf;
    uint256 private houses;
    mapping(uint256 house => House) private houseById;
    mapping(uint256 house => mapping(uint256 slot => bool)) internal known;
    mapping(address seller => Quote) private quotes;
    mapping(address seller => mapping(uint256 slot => Lot)) internal lots;
    mapping(address seller => mapping(uint256 cell => uint256)) internal newestInCell;
    mapping(address seller => uint256) internal newestLot;

    /// @dev Lots that changed since the last check.
    address[] internal touchedSellers;
    uint256[] internal touchedSlots;

    function isKnown(address meter, uint256 slot) internal view returns (bool) {
        return known[idOf[meter]][slot];
    }

    /// @param caller who made the call that emitted `logs`
    function replay(VmSafe.Log[] memory logs, address gridx, uint256 at, address caller, uint256 ring) internal {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != gridx) continue;
            foldedHead = foldedHead.fold(logs[i], at);
            bytes32 topic0 = logs[i].topics[0];
            if (topic0 == IGridX.EnergyTradeLogged.selector) traded(logs[i], at / slotLength, caller);
            else if (topic0 == IGridX.EnergyAttested.selector) attested(logs[i], at / slotLength, ring);
            else if (topic0 == IGridX.CarbonEarned.selector) earned(logs[i]);
            else if (!money(logs[i], topic0, caller) && !quoted(logs[i], topic0)) other(logs[i], topic0);
        }
    }

    function traded(VmSafe.Log memory log, uint256 current, address caller) private {
        require(!stopped, "traded while paused");
        (address seller, address buyer) = (toAddress(log.topics[2]), toAddress(log.topics[3]));
        require(buyer == caller, "traded by another than the buyer");
        require(seller != buyer, "traded with oneself");
        require(!rules.membersOnly || tiers[buyer] != IGridX.Tier.None, "traded by no member");
        (uint32 slot, uint64 wh, uint96 price, uint96 fee, uint64 grams) =
            abi.decode(log.data, (uint32, uint64, uint96, uint96, uint64));
        Lot storage lot = lots[seller][slot];
        require(price == lot.ask && price != 0, "price is not the ask");
        require(slot + rules.shelfDelaySlots < current && current <= uint256(slot) + rules.tradingWindow, "not open");
        uint256 thousandths = uint256(wh) * price;
        uint256 payment = thousandths / 1000 + (thousandths % 1000 == 0 ? 0 : 1);
        require(fee == payment * rules.feeBps / 10_000, "fee");
        require(grams == uint256(wh) * factor / 1_000_000, "grams");
        require(wh != 0, "empty trade");
        lot.soldWh += wh;
        require(lot.soldWh <= lot.attestedWh, "sold more than attested");
        books[buyer].balance -= payment + fee;
        books[buyer].tradedGrams += grams;
        books[seller].balance += payment;
        fees += fee;
        ++trades;
        touch(seller, slot);
    }

    function earned(VmSafe.Log memory log) private {
        books[toAddress(log.topics[1])].earned += abi.decode(log.data, (uint64));
    }

    function attested(VmSafe.Log memory log, uint256 current, uint256 ring) private {
        require(!stopped, "attested while paused");
        uint256 id = idOf[toAddress(log.topics[1])];
        House storage house = houseById[id];
        (address seller, uint256 slot) = (toAddress(log.topics[2]), uint256(log.topics[3]));
        (uint64 wh, uint96 ask) = abi.decode(log.data, (uint64, uint96));
        require(!house.retired && house.owner == seller, "house");
        require(slot < current, "attested before its end");
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
            require(slot > newestInCell[seller][slot % ring], "replaced a newer lot");
            newestInCell[seller][slot % ring] = slot;
            if (slot > newestLot[seller]) newestLot[seller] = slot;
        }
        require(ask == lot.ask, "ask of a lot");
        lot.attestedWh += wh;
        lot.mostWh += most;
        touch(seller, slot);
    }

    function money(VmSafe.Log memory log, bytes32 topic0, address caller) private returns (bool) {
        if (topic0 == IGridX.Deposited.selector) {
            require(toAddress(log.topics[1]) == caller, "deposited by another");
            uint256 amount = abi.decode(log.data, (uint96));
            books[caller].balance += amount;
            held += amount;
        } else if (topic0 == IGridX.Withdrawn.selector) {
            require(toAddress(log.topics[1]) == caller, "withdrawn by another");
            uint256 amount = abi.decode(log.data, (uint96));
            books[caller].balance -= amount;
            held -= amount;
        } else if (topic0 == IGridX.FeesCollected.selector) {
            require(toAddress(log.topics[1]) == rules.treasury, "not the treasury");
            uint256 amount = abi.decode(log.data, (uint96));
            require(amount == fees, "not all fees");
            fees = 0;
            books[rules.treasury].balance += amount;
        } else if (topic0 == IGridX.CarbonSpent.selector) {
            require(toAddress(log.topics[2]) == caller, "carbon spent by another");
            (uint64 grams,,) = abi.decode(log.data, (uint64, string, string));
            books[caller].spent += grams;
        } else {
            return false;
        }
        return true;
    }

    function quoted(VmSafe.Log memory log, bytes32 topic0) private returns (bool) {
        if (topic0 == IGridX.AskSet.selector) {
            Quote storage quote = quotes[toAddress(log.topics[1])];
            (uint32 fromSlot, uint96 price) = abi.decode(log.data, (uint32, uint96));
            if (fromSlot != quote.fromSlot) (quote.before, quote.fromSlot) = (quote.last, fromSlot);
            quote.last = price;
        } else if (topic0 == IGridX.LotAskSet.selector) {
            (address seller, uint256 slot) = (toAddress(log.topics[1]), uint256(log.topics[2]));
            Lot storage lot = lots[seller][slot];
            require(lot.attestedWh != 0, "no such lot");
            uint256 price = abi.decode(log.data, (uint96));
            require(lot.ask == 0 || price < lot.ask, "not lowered");
            lot.ask = price;
            touch(seller, slot);
        } else {
            return false;
        }
        return true;
    }

    function other(VmSafe.Log memory log, bytes32 topic0) private {
        if (topic0 == IGridX.HouseRegistered.selector) {
            address meter = toAddress(log.topics[1]);
            require(idOf[meter] == 0, "meter registered twice");
            (uint32 capacity, uint32 fromSlot) = abi.decode(log.data, (uint32, uint32));
            idOf[meter] = ++houses;
            houseById[houses] = House(toAddress(log.topics[2]), capacity, fromSlot, false);
        } else if (topic0 == IGridX.HouseUpdated.selector) {
            House storage house = houseById[idOf[toAddress(log.topics[1])]];
            (house.owner, house.capacityWatts) = (toAddress(log.topics[2]), abi.decode(log.data, (uint32)));
        } else if (topic0 == IGridX.MeterReplaced.selector) {
            (address old, address next) = (toAddress(log.topics[1]), toAddress(log.topics[2]));
            require(idOf[next] == 0, "meter registered twice");
            idOf[next] = idOf[old];
            // The old key keeps a house of its own that never attests again.
            idOf[old] = ++houses;
            houseById[houses].retired = true;
        } else if (topic0 == IGridX.HouseRetired.selector) {
            houseById[idOf[toAddress(log.topics[1])]].retired = true;
        } else if (topic0 == IGridX.TierSet.selector) {
            tiers[toAddress(log.topics[1])] = abi.decode(log.data, (IGridX.Tier));
        } else if (topic0 == IGridX.MarketParametersSet.selector) {
            rules = abi.decode(log.data, (IGridX.MarketParameters));
        } else if (topic0 == IGridX.EmissionFactorSet.selector) {
            (factor,,) = abi.decode(log.data, (uint32, string, string));
        } else if (topic0 == Pausable.Paused.selector) {
            stopped = true;
        } else if (topic0 == Pausable.Unpaused.selector) {
            stopped = false;
        }
    }

    function touch(address seller, uint256 slot) private {
        touchedSellers.push(seller);
        touchedSlots.push(slot);
    }

    function toAddress(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}
