// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {VmSafe} from "forge-std/Vm.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";
import {Fold} from "./Fold.sol";

/// @notice Clearings of random lines, purchases and withdrawals between them, against a model of plain numbers.
/// @dev    Four participants, each with a meter and maybe a bid, stand on both sides and twice in a list.
contract ClearingModelTest is Checks {
    using Fold for bytes32;

    uint256 private constant CALLS = 6;
    uint256 private constant MOST_LINES = 7;

    /// @dev What the model knows of a participant: of money, lot and bid in the present slot, and emergency.
    struct Party {
        address who;
        uint256 money;
        uint256 unsoldWh;
        uint256 ask;
        bool hasLot;
        uint256 limit;
        uint256 roomWh;
        bool bids;
        uint256 tier;
        uint256 allowanceWh;
    }

    struct Happening {
        bytes32 topic0;
        address first;
        address second;
        uint256 number;
    }

    Party[4] private parties;
    uint256[4] private keys;
    Happening[] private expected;
    uint256 private expectedTrades;
    uint256 private random;
    uint256 private price;
    uint256 private feeBps;
    uint256 private priceWithFee;
    bool private membersOnly;
    bool private emergency;
    uint256 private fees;
    uint32 private slot;

    function pick(uint256 below) private returns (uint256) {
        random = uint256(keccak256(abi.encode(random)));
        return random % below;
    }

    /// forge-config: default.fuzz.runs = 256
    function testFuzz_AnyMarket(uint256 seed) public {
        random = seed;
        open();
        for (uint256 i = 0; i < CALLS; ++i) {
            uint256 kind = pick(4);
            if (kind == 0) purchase(pick(4), pick(4));
            else if (kind == 1) withdraw(pick(4));
            clear();
            check();
        }
    }

    function open() private {
        slot = gridx.currentSlot();
        price = 1 + pick(1000);
        feeBps = pick(2) == 0 ? 0 : pick(1001);
        membersOnly = pick(4) == 0;
        emergency = pick(3) == 0;
        priceWithFee = (price * (10_000 + feeBps) + 9999) / 10_000;
        for (uint256 i = 0; i < 4; ++i) {
            openParty(i);
        }
        IGridX.MarketParameters memory p = market();
        (p.feeBps, p.membersOnly) = (uint16(feeBps), membersOnly);
        setParameters(p);
        endSlot(slot);
        for (uint256 i = 0; i < 4; ++i) {
            if (parties[i].hasLot) attest(keys[i], slot, uint64(parties[i].unsoldWh));
        }
        if (!emergency) return;
        vm.prank(GRID);
        gridx.declareEmergency(type(uint96).max, 300, 600, uint40(vm.getBlockTimestamp() + 1), "");
    }

    function openParty(uint256 i) private {
        Party storage party = parties[i];
        party.who = vm.addr(0x2000 + i);
        keys[i] = 0x1000 + i;
        party.hasLot = pick(5) != 0;
        party.unsoldWh = party.hasLot ? 1 + pick(1250) : 0;
        party.ask = pick(6) == 0 ? 0 : around(price);
        party.bids = pick(5) != 0;
        party.limit = party.bids ? around(priceWithFee) : 0;
        party.roomWh = pick(6) == 0 ? 0 : pick(1500);
        party.money = pick(3) == 0 ? pick(priceWithFee) : pick(4 * priceWithFee);
        party.tier = pick(4);
        party.allowanceWh = party.tier == 0 ? 0 : party.tier == 1 ? 300 : party.tier == 2 ? 600 : type(uint64).max;
        register(vm.addr(keys[i]), party.who);
        setAsk(party.who, uint96(party.ask));
        vm.prank(party.who);
        gridx.setBid(uint96(party.limit), uint64(party.roomWh));
        fund(party.who, uint96(party.money), 0);
        vm.prank(ADMIN);
        gridx.setTier(party.who, IGridX.Tier(party.tier));
    }

    /// @dev Mostly enough, often just not.
    function around(uint256 value) private returns (uint256) {
        uint256 kind = pick(4);
        if (kind == 0) return value;
        if (kind == 1) return value + 1;
        return kind == 2 && value > 1 ? value - 1 : 1 + pick(2 * value);
    }

    function withdraw(uint256 i) private {
        Party storage party = parties[i];
        uint256 amount = pick(party.money + 1);
        if (amount == 0) return;
        party.money -= amount;
        vm.prank(party.who);
        gridx.withdraw(TREASURY, uint96(amount));
    }

    /// @dev From the account, by somebody who can: what is refused is tested elsewhere.
    function purchase(uint256 s, uint256 b) private {
        Party storage seller = parties[s];
        Party storage buyer = parties[b];
        if (s == b || seller.ask == 0 || seller.unsoldWh == 0 || (membersOnly && buyer.tier == 0)) return;
        uint256 wh = 1 + pick(seller.unsoldWh);
        if (emergency && buyer.allowanceWh < wh) return;
        (uint256 payment, uint256 fee) = cost(wh, seller.ask);
        if (payment + fee > buyer.money) return;
        settle(seller, buyer, wh, payment, fee);
        vm.prank(buyer.who);
        gridx.logEnergyTrade(seller.who, buyer.who, wh, type(uint256).max);
    }

    function cost(uint256 wh, uint256 perKwh) private view returns (uint256 payment, uint256 fee) {
        payment = wh * perKwh / 1000 + (wh * perKwh % 1000 == 0 ? 0 : 1);
        fee = payment * feeBps / 10_000;
    }

    function settle(Party storage seller, Party storage buyer, uint256 wh, uint256 payment, uint256 fee) private {
        seller.unsoldWh -= wh;
        seller.money += payment;
        buyer.money -= payment + fee;
        fees += fee;
        if (emergency && buyer.tier != 3) buyer.allowanceWh -= wh;
    }

    function lines() private returns (IGridX.Fill[] memory fills) {
        fills = new IGridX.Fill[](pick(MOST_LINES));
        for (uint256 i = 0; i < fills.length; ++i) {
            uint64 wh = uint64(pick(8) == 0 ? 0 : pick(3) == 0 ? type(uint64).max : pick(800));
            fills[i] = IGridX.Fill(parties[pick(4)].who, wh);
        }
    }

    function partyOf(address who) private view returns (Party storage party) {
        for (uint256 i = 0; i < 3; ++i) {
            if (parties[i].who == who) return parties[i];
        }
        return parties[3];
    }

    function clear() private {
        IGridX.Fill[] memory asks = lines();
        IGridX.Fill[] memory bids = lines();
        uint256 clearedWh = model(asks, bids);
        bytes32 head = gridx.head();
        vm.recordLogs();
        vm.prank(OPERATOR);
        assertEq(gridx.clearSlot(slot, uint96(price), asks, bids, clearedWh), clearedWh, "clearedWh");
        VmSafe.Log[] memory logs = vm.getRecordedLogs();
        assertEq(gridx.head(), head.fold(logs, address(gridx), vm.getBlockTimestamp()), "head");
        compare(logs);
    }

    /// @dev Each seller's line in turn goes along the buyers' lines from where the one before it stopped.
    function model(IGridX.Fill[] memory asks, IGridX.Fill[] memory bids) private returns (uint256 clearedWh) {
        delete expected;
        uint256[] memory left = new uint256[](bids.length);
        bool[] memory opened = new bool[](bids.length);
        uint256 b;
        uint256 trades;
        for (uint256 a = 0; a < asks.length; ++a) {
            Party storage seller = partyOf(asks[a].participant);
            uint256 offered = least(asks[a].energyWh, seller.unsoldWh);
            if (!seller.hasLot) {
                skip(seller.who, IGridX.SkipReason.NoLot);
            } else if (seller.ask == 0) {
                skip(seller.who, IGridX.SkipReason.NotForSale);
            } else if (seller.ask > price) {
                skip(seller.who, IGridX.SkipReason.AskAbovePrice);
            } else if (offered == 0) {
                skip(seller.who, IGridX.SkipReason.NothingLeft);
            } else {
                for (; b < bids.length && offered != 0; ++b) {
                    Party storage buyer = partyOf(bids[b].participant);
                    if (!opened[b]) {
                        opened[b] = true;
                        left[b] = wanted(buyer, bids[b].energyWh);
                    }
                    uint256 wh = least(offered, left[b]);
                    if (wh == 0) continue;
                    if (!pair(seller, buyer, wh)) continue;
                    ++trades;
                    offered -= wh;
                    left[b] -= wh;
                    clearedWh += wh;
                    if (left[b] != 0) break; // the next seller's
                }
                if (b == bids.length) break; // no more buyers, so no more sellers are looked at
            }
        }
        expected.push(Happening(IGridX.SlotCleared.selector, address(0), address(0), clearedWh));
        expectedTrades = trades;
    }

    function wanted(Party storage buyer, uint256 line) private returns (uint256 wh) {
        wh = least(line, buyer.roomWh);
        if (!buyer.bids) return skip(buyer.who, IGridX.SkipReason.NoBid);
        if (buyer.limit < priceWithFee) return skip(buyer.who, IGridX.SkipReason.BidBelowPrice);
        if (membersOnly && buyer.tier == 0) return skip(buyer.who, IGridX.SkipReason.NotAMember);
        if (wh == 0) return skip(buyer.who, IGridX.SkipReason.NothingLeft);
        if (!emergency) return wh;
        wh = least(wh, buyer.allowanceWh);
        if (wh == 0) return skip(buyer.who, IGridX.SkipReason.NoAllowance);
    }

    function pair(Party storage seller, Party storage buyer, uint256 wh) private returns (bool) {
        (uint256 payment, uint256 fee) = cost(wh, price);
        if (seller.who == buyer.who) {
            skip(buyer.who, IGridX.SkipReason.OwnEnergy);
            return false;
        }
        if (payment + fee > buyer.money) {
            skip(buyer.who, IGridX.SkipReason.CannotPay);
            return false;
        }
        settle(seller, buyer, wh, payment, fee);
        buyer.roomWh -= wh;
        expected.push(Happening(IGridX.EnergyTradeLogged.selector, seller.who, buyer.who, wh));
        return true;
    }

    function skip(address who, IGridX.SkipReason reason) private returns (uint256) {
        expected.push(Happening(IGridX.FillSkipped.selector, who, address(0), uint256(reason)));
        return 0;
    }

    function least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    function compare(VmSafe.Log[] memory logs) private view {
        uint256 next;
        for (uint256 i = 0; i < logs.length; ++i) {
            bytes32 topic0 = logs[i].topics[0];
            if (topic0 == IGridX.CarbonEarned.selector) continue;
            Happening memory happening = expected[next++];
            assertEq(topic0, happening.topic0, "event");
            if (topic0 == IGridX.FillSkipped.selector) {
                assertEq(logs[i].topics[2], word(happening.first), "skipped");
                assertEq(abi.decode(logs[i].data, (uint256)), happening.number, "reason");
            } else if (topic0 == IGridX.EnergyTradeLogged.selector) {
                (uint32 slot_, uint64 wh, uint96 perKwh,,) =
                    abi.decode(logs[i].data, (uint32, uint64, uint96, uint96, uint64));
                assertEq(logs[i].topics[2], word(happening.first), "seller");
                assertEq(logs[i].topics[3], word(happening.second), "buyer");
                assertEq(wh, happening.number, "energyWh");
                assertEq(slot_, slot, "slot");
                assertEq(perKwh, price, "one price");
            } else {
                (uint96 perKwh, uint64 wh, uint32 trades) = abi.decode(logs[i].data, (uint96, uint64, uint32));
                assertEq(perKwh, price, "price");
                assertEq(wh, happening.number, "sum of energy");
                assertEq(trades, expectedTrades, "number of trades");
            }
        }
        assertEq(next, expected.length, "events");
    }

    function word(address who) private pure returns (bytes32) {
        return bytes32(uint256(uint160(who)));
    }

    function check() private view {
        uint256 all = fees;
        for (uint256 i = 0; i < 4; ++i) {
            Party storage party = parties[i];
            assertEq(gridx.accountOf(party.who).balance, party.money, "money");
            IGridX.Lot memory lot = gridx.lotOf(party.who, slot);
            assertEq(lot.attestedWh - lot.soldWh, party.unsoldWh, "unsold");
            IGridX.Bid memory bid = gridx.bidOf(party.who);
            assertEq(bid.maxWhPerSlot - bid.filledWh, party.roomWh, "room of the bid");
            if (emergency) assertEq(gridx.allowanceOf(party.who), party.allowanceWh, "allowance");
            all += party.money;
        }
        assertEq(gridx.accruedFees(), fees, "fees");
        assertEq(rupee.balanceOf(address(gridx)), all, "all money");
    }
}
