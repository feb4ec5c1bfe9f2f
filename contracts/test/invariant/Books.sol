// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../../src/interfaces/IGridX.sol";

/// @notice The community's books, as plain as they can be: nothing packed, nothing forgotten.
abstract contract Books {
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

    /// @dev `ceiling` is the lowest ask that the lot ever had, 0 if none yet.
    struct Lot {
        uint256 attestedWh;
        uint256 soldWh;
        uint256 mostWh;
        uint256 ask;
        uint256 ceiling;
    }

    struct Book {
        uint256 balance;
        uint256 earned;
        uint256 spent;
        uint256 tradedGrams;
    }

    struct Bid {
        uint256 price;
        uint256 maxWh;
        uint256 fromSlot;
        uint256 lastFilled;
    }

    struct Crisis {
        uint256 cap;
        uint256 normalWh;
        uint256 essentialWh;
        uint256 endsAt;
    }

    bytes32 public foldedHead;
    bool public stopped;
    uint256 public fees;
    uint256 public held;
    uint256 internal slotLength;
    IGridX.MarketParameters internal rules;
    uint256 internal factor;
    Crisis internal crisis;

    mapping(bytes32 role => mapping(address account => bool)) internal isIn;
    mapping(address participant => IGridX.Tier) internal tiers;
    mapping(address account => Book) internal books;
    mapping(address meter => uint256) internal idOf;
    uint256 internal houses;
    mapping(uint256 house => House) internal houseById;
    mapping(uint256 house => mapping(uint256 slot => bool)) internal known;
    mapping(address seller => Quote) internal quotes;
    mapping(address seller => mapping(uint256 slot => Lot)) internal lots;
    mapping(address seller => mapping(uint256 cell => uint256)) internal newestInCell;
    mapping(address seller => uint256) internal newestLot;
    /// @dev All lots in the order of their first reading.
    address[] internal lotSellers;
    uint256[] internal lotSlots;

    mapping(address buyer => Bid) internal bids;
    mapping(address buyer => mapping(uint256 slot => uint256)) internal filledWh;
    mapping(uint256 slot => uint256) internal clearingPrice;
    uint256 internal lastCleared;
    mapping(address buyer => mapping(uint256 slot => uint256)) internal rationedWh;
    mapping(address buyer => uint256) internal lastRationed;

    function houseOf(address meter) internal view returns (House storage) {
        return houseById[idOf[meter]];
    }

    function isKnown(address meter, uint256 slot) internal view returns (bool) {
        return known[idOf[meter]][slot];
    }

    function isCrisis(uint256 at) internal view returns (bool) {
        return at < crisis.endsAt;
    }

    /// @return wh what `buyer` may still buy in the slot of block time `at`
    function allowance(address buyer, uint256 at) internal view returns (uint256 wh) {
        if (!isCrisis(at) || tiers[buyer] == IGridX.Tier.Critical) return type(uint64).max;
        if (tiers[buyer] == IGridX.Tier.None) return 0;
        wh = tiers[buyer] == IGridX.Tier.Normal ? crisis.normalWh : crisis.essentialWh;
        uint256 used = rationedWh[buyer][at / slotLength];
        return used < wh ? wh - used : 0;
    }

    function isMember(address buyer) internal view returns (bool) {
        return !rules.membersOnly || tiers[buyer] != IGridX.Tier.None;
    }

    function inWindow(uint256 slot, uint256 current) internal view returns (bool) {
        return slot < current && current <= slot + rules.tradingWindow;
    }

    /// @return wh what can be bought directly of a lot
    function openWh(address seller, uint256 slot, uint256 at, uint256 ring) internal view returns (uint256 wh) {
        Lot storage lot = lots[seller][slot];
        uint256 current = at / slotLength;
        if (lot.ask == 0 || !inWindow(slot, current) || current <= slot + rules.shelfDelaySlots) return 0;
        if (newestInCell[seller][slot % ring] != slot || (isCrisis(at) && lot.ask > crisis.cap)) return 0;
        return lot.attestedWh - lot.soldWh;
    }

    /// @dev The smallest whole limit that the price with the fee fits under.
    function withFee(uint256 price) internal view returns (uint256 limit) {
        limit = price * (10_000 + rules.feeBps) / 10_000;
        if (limit * 10_000 < price * (10_000 + rules.feeBps)) ++limit;
    }

    function fits(uint256 price, uint256 limit) internal view returns (bool) {
        return price * (10_000 + rules.feeBps) <= limit * 10_000;
    }
}
