// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IGridX} from "../../src/interfaces/IGridX.sol";
import {GridXTest} from "../GridXTest.sol";
import {Intruder} from "./Intruder.sol";
import {Replay} from "./Replay.sol";

/// @notice A community for the handler to act in: its people, its meters, its clock, and its books.
/// @dev    The ring is short, so that it wraps all the time.
abstract contract World is GridXTest, Replay {
    uint16 internal constant SHORT_RING = 12;
    uint256 internal constant PEOPLE = 7;

    address[] internal people;
    uint256[] internal meterKeys;
    uint256[] internal oldKeys;
    mapping(uint256 key => address meter) internal meterOf;
    uint256 private nextKey = 1;
    Intruder public intruder;
    uint256 internal clock;
    address private caller;
    IGridX.Reading internal used;

    uint256 public donated;
    uint256 public calls;
    uint256 public misses;
    uint256 public refusals;
    uint256 public exhausted;

    constructor() {
        setUp();
        caller = ADMIN;
        slotLength = SLOT;
        clock = 1_800_000_000;
        vm.recordLogs();
        IGridX.Deployment memory d = deployment();
        d.ringLength = SHORT_RING;
        d.market.tradingWindow = SHORT_RING;
        gridx = deploy(d);
        foldedHead = keccak256(abi.encode(block.chainid, address(gridx), rupee, SLOT, SHORT_RING));
        intruder = new Intruder(gridx, rupee);
        rupee.mint(address(intruder), 1e12);
        for (uint256 i = 0; i < PEOPLE; ++i) {
            people.push(makeAddr(string.concat("person ", vm.toString(i))));
            vm.prank(people[i]);
            rupee.approve(address(gridx), type(uint256).max);
        }
        people.push(address(intruder));
        people.push(TREASURY);
        bytes32[4] memory roles =
            [gridx.REGISTRAR_ROLE(), gridx.PAUSER_ROLE(), gridx.MARKET_OPERATOR_ROLE(), gridx.GRID_OPERATOR_ROLE()];
        vm.startPrank(ADMIN);
        gridx.grantRole(roles[0], ADMIN);
        gridx.grantRole(roles[1], ADMIN);
        gridx.grantRole(roles[2], OPERATOR);
        // A neighbour who clears the market too, and trades in it.
        gridx.grantRole(roles[2], people[0]);
        gridx.grantRole(roles[3], GRID);
        vm.stopPrank();
        for (uint256 i = 0; i < 3; ++i) {
            newHouse(people[i], CAPACITY);
        }
        sync();
    }

    /// @dev Each action begins at the world's own clock and ends with its events in the books.
    modifier action() {
        vm.warp(clock);
        vm.recordLogs();
        delete touchedSellers;
        delete touchedSlots;
        delete touchedBuyers;
        ++calls;
        _;
        sync();
    }

    function sync() internal {
        replay(vm.getRecordedLogs(), address(gridx), clock, caller, SHORT_RING);
    }

    /// @dev The next call is `account`'s.
    function by(address account) internal {
        sync();
        caller = account;
        vm.prank(account);
    }

    function pass(uint256 time) internal {
        sync();
        clock += time;
        vm.warp(clock);
    }

    function now_() internal view returns (uint32) {
        return uint32(clock / SLOT);
    }

    function toNextSlot() internal {
        pass(SLOT - clock % SLOT);
    }

    function person(uint256 seed) internal view returns (address) {
        return people[seed % people.length];
    }

    /// @dev One who can buy: not the intruder, not the treasury.
    function buyer(uint256 seed) internal view returns (address) {
        return people[seed % PEOPLE];
    }

    function newHouse(address owner, uint32 capacity) internal {
        uint256 key = newKey();
        by(ADMIN);
        gridx.registerHouse(meterOf[key], owner, capacity);
        meterKeys.push(key);
    }

    function newKey() internal returns (uint256 key) {
        key = nextKey++;
        meterOf[key] = vm.addr(key);
    }

    function legalPrice(uint256 seed) internal view returns (uint96) {
        uint256 low = rules.minPrice == 0 ? 1 : rules.minPrice;
        return uint96(low + seed % (rules.maxPrice - low + 1));
    }

    function resume() internal {
        by(ADMIN);
        gridx.unpause();
    }

    /// @dev Calls what must be refused for this reason.
    function refuse(address who, bytes memory data, bytes4 reason) internal {
        by(who);
        (bool done, bytes memory result) = address(gridx).call(data);
        require(!done && bytes4(result) == reason, "not refused as it should be");
        // The recorder keeps what a reverted call emitted, the chain does not.
        vm.getRecordedLogs();
        ++refusals;
    }

    /// @dev Calls what a pause must stop, and ends the pause every other time.
    function refused(address who, bytes memory data, uint256 seed) internal {
        refuse(who, data, Pausable.EnforcedPause.selector);
        if (seed % 2 == 0) resume();
    }

    /// @dev Whatever the contract says must be what the books say; returns what differs.
    function difference() external view returns (string memory) {
        if (gridx.head() != foldedHead) return "head";
        if (gridx.accruedFees() != fees) return "fees";
        string memory wrong = touchedDiffers();
        if (bytes(wrong).length != 0) return wrong;
        // Those whom nothing happened to, one after the other, and all of them now and then.
        address bystander = people[calls % people.length];
        if (!sameAccount(bystander) || !sameBuyer(bystander)) return "a bystander";
        if (gridx.sellerOf(bystander).newestLotSlot != newestLot[bystander]) return "newest lot";
        if (rupee.balanceOf(address(gridx)) != held + donated) return "tokens are what is held and donated";
        if (gridx.paused() != stopped) return "pause";
        return calls % 16 == 0 ? allDiffer() : marketDiffers();
    }

    function touchedDiffers() private view returns (string memory wrong) {
        for (uint256 i = 0; i < touchedSlots.length; ++i) {
            if (!sameAccount(touchedSellers[i])) return "account of a seller";
            wrong = lotDiffers(touchedSellers[i], touchedSlots[i]);
            if (bytes(wrong).length != 0) return wrong;
        }
        for (uint256 i = 0; i < touchedBuyers.length; ++i) {
            if (!sameAccount(touchedBuyers[i])) return "account of a buyer";
            if (!sameBuyer(touchedBuyers[i])) return "bid, tier or allowance";
        }
    }

    function allDiffer() private view returns (string memory) {
        uint256 sum = fees;
        for (uint256 i = 0; i < people.length; ++i) {
            if (!sameAccount(people[i])) return "account";
            sum += gridx.accountOf(people[i]).balance;
        }
        if (sum != held) return "accounts and fees are what is held";
        if (keccak256(abi.encode(gridx.marketParameters())) != keccak256(abi.encode(rules))) return "rules";
        return marketDiffers();
    }

    /// @dev Carbon earned is what its trades say, and what `CarbonEarned` says; the rest of it is not spent.
    function sameAccount(address who) private view returns (bool) {
        IGridX.Account memory account = gridx.accountOf(who);
        Book storage book = books[who];
        if (account.balance != book.balance || account.carbonEarnedGrams != book.tradedGrams) return false;
        return book.earned == book.tradedGrams && account.carbonGrams == book.earned - book.spent;
    }

    function marketDiffers() private view returns (string memory) {
        IGridX.LastClearing memory last = gridx.lastClearing();
        if (last.slot != lastCleared || last.pricePerKwh != clearingPrice[lastCleared]) return "last clearing";
        IGridX.EmergencyRules memory e = gridx.emergency();
        Crisis memory expected;
        if (isCrisis(clock)) expected = crisis;
        if (e.priceCap != expected.cap || e.endsAt != expected.endsAt) return "emergency";
        if (e.normalWhPerSlot != expected.normalWh || e.essentialWhPerSlot != expected.essentialWh) return "rations";
        return "";
    }

    function sameBuyer(address who) private view returns (bool) {
        Bid storage bid = bids[who];
        IGridX.Bid memory b = gridx.bidOf(who);
        if (b.pricePerKwh != bid.price || b.maxWhPerSlot != bid.maxWh || b.slot != bid.lastFilled) return false;
        if (b.filledWh != filledWh[who][bid.lastFilled]) return false;
        IGridX.Participant memory p = gridx.participantOf(who);
        if (p.tier != tiers[who] || p.usedSlot != lastRationed[who]) return false;
        return p.usedWh == rationedWh[who][lastRationed[who]] && gridx.allowanceOf(who) == allowance(who, clock);
    }

    /// @dev The contract keeps the newest lot of each cell, and nothing of those before it.
    function lotDiffers(address seller, uint256 slot) private view returns (string memory) {
        Lot storage kept = lots[seller][slot];
        if (kept.soldWh > kept.attestedWh || kept.attestedWh > kept.mostWh) return "sold, attested, capacity";
        IGridX.Lot memory lot = gridx.lotOf(seller, uint32(slot));
        if (newestInCell[seller][slot % SHORT_RING] != slot) return lot.attestedWh == 0 ? "" : "a lot of before";
        if (lot.attestedWh != kept.attestedWh || lot.soldWh != kept.soldWh || lot.ask != kept.ask) return "lot";
        (uint64 wh,, uint256 limit) = gridx.quoteOf(seller, uint32(slot));
        if (wh != openWh(seller, slot, clock, SHORT_RING)) return "quoted energy";
        return inWindow(slot, now_()) && limit != withFee(kept.ask) ? "quoted price" : "";
    }
}
