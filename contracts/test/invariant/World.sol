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
    uint256 internal constant PEOPLE = 6;

    address[] internal people;
    uint256[] internal meterKeys;
    uint256[] internal oldKeys;
    uint256 private nextKey = 1;
    Intruder public intruder;
    uint256 internal clock;
    address private caller;
    IGridX.Reading internal used;

    uint256 public donated;
    uint256 public calls;
    uint256 public misses;
    uint256 public refusals;

    constructor() {
        setUp();
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
        bytes32 registrar = gridx.REGISTRAR_ROLE();
        bytes32 pauser = gridx.PAUSER_ROLE();
        vm.startPrank(ADMIN);
        gridx.grantRole(registrar, ADMIN);
        gridx.grantRole(pauser, ADMIN);
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
        uint256 key = nextKey++;
        by(ADMIN);
        gridx.registerHouse(vm.addr(key), owner, capacity);
        meterKeys.push(key);
    }

    function newKey() internal returns (uint256) {
        return nextKey++;
    }

    function legalPrice(uint256 seed) internal view returns (uint96) {
        uint256 low = rules.minPrice == 0 ? 1 : rules.minPrice;
        return uint96(low + seed % (rules.maxPrice - low + 1));
    }

    function resume() internal {
        by(ADMIN);
        gridx.unpause();
    }

    /// @dev Calls what a pause must stop, and ends the pause every other time.
    function refused(address who, bytes memory data, uint256 seed) internal {
        by(who);
        (bool done, bytes memory result) = address(gridx).call(data);
        require(!done && bytes4(result) == Pausable.EnforcedPause.selector, "not stopped by the pause");
        ++refusals;
        if (seed % 2 == 0) resume();
    }

    /// @dev Whatever the contract says must be what the books say; returns what differs.
    function difference() external view returns (string memory) {
        if (gridx.head() != foldedHead) return "head";
        if (gridx.accruedFees() != fees) return "fees";
        uint256 sum = fees;
        for (uint256 i = 0; i < people.length; ++i) {
            IGridX.Account memory account = gridx.accountOf(people[i]);
            Book storage book = books[people[i]];
            sum += account.balance;
            if (account.balance != book.balance) return "balance";
            if (gridx.sellerOf(people[i]).newestLotSlot != newestLot[people[i]]) return "newest lot";
            if (account.carbonEarnedGrams != book.tradedGrams) return "carbon earned is its trades' grams";
            if (book.earned != book.tradedGrams) return "CarbonEarned";
            if (account.carbonGrams != book.earned - book.spent) return "carbon is earned less spent";
        }
        if (sum != held) return "accounts and fees are what is held";
        if (rupee.balanceOf(address(gridx)) != held + donated) return "tokens are what is held and donated";
        for (uint256 i = 0; i < touchedSlots.length; ++i) {
            if (!sameLot(touchedSellers[i], touchedSlots[i])) return "lot";
        }
        if (gridx.paused() != stopped) return "pause";
        return "";
    }

    /// @dev The contract keeps the newest lot of each cell, and nothing of those before it.
    function sameLot(address seller, uint256 slot) private view returns (bool) {
        Lot storage kept = lots[seller][slot];
        if (kept.soldWh > kept.attestedWh || kept.attestedWh > kept.mostWh) return false;
        IGridX.Lot memory lot = gridx.lotOf(seller, uint32(slot));
        if (newestInCell[seller][slot % SHORT_RING] != slot) return lot.attestedWh == 0;
        return lot.attestedWh == kept.attestedWh && lot.soldWh == kept.soldWh && lot.ask == kept.ask;
    }
}
