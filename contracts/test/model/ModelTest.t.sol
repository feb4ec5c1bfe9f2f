// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {VmSafe} from "forge-std/Vm.sol";
import {IGridX} from "../../src/interfaces/IGridX.sol";
import {GridXTest} from "../GridXTest.sol";
import {ModelBooks} from "./ModelBooks.sol";
import {ReferenceModel} from "./ReferenceModel.sol";

/// @notice Random histories of all calls, right and wrong ones, on the contract and on its model side by side: the same
///         calls pass and fail for the same reason, and all that can be seen is the same.
contract ModelTest is GridXTest {
    uint256 private constant STEPS = 250;
    uint256 private constant PEOPLE = 5;
    uint16 private constant SHORT_RING = 6;

    ReferenceModel private model;
    address[] private people;
    uint256[] private keys;
    uint256 private nextKey;
    uint256 private random;
    IGridX.Reading private used;
    mapping(bytes4 selector => uint256[2]) private counts;
    bytes4[] private called;
    mapping(IGridX.SkipReason reason => uint256) private skips;
    mapping(IGridX.RejectionReason reason => uint256) private rejections;
    uint256 private trading;

    function setUp() public override {
        super.setUp();
        IGridX.Deployment memory d = deployment();
        d.ringLength = SHORT_RING;
        d.market.tradingWindow = SHORT_RING;
        d.market.maxPrice = 1000;
        gridx = deploy(d);
        model = new ReferenceModel(address(gridx), address(rupee), SLOT, SHORT_RING, ADMIN, d.market, d.emissionFactor);
        string[4] memory roles = ["REGISTRAR_ROLE", "PAUSER_ROLE", "MARKET_OPERATOR_ROLE", "GRID_OPERATOR_ROLE"];
        for (uint256 i = 0; i < 4; ++i) {
            both(ADMIN, abi.encodeCall(gridx.grantRole, (keccak256(bytes(roles[i])), ADMIN)));
        }
        for (uint256 i = 0; i < PEOPLE; ++i) {
            people.push(makeAddr(string.concat("person ", vm.toString(i))));
            approve(people[i], type(uint256).max);
            rupee.mint(people[i], 1e6);
            model.mint(people[i], 1e6);
        }
        people.push(TREASURY);
        nextKey = 1;
        for (uint256 i = 0; i < 4; ++i) {
            newHouse();
        }
        compareAll();
    }

    /// forge-config: default.fuzz.runs = 32
    /// forge-config: long.fuzz.runs = 2000
    function testFuzz_TheContractIsItsModel(uint256 seed) public {
        random = seed;
        for (uint256 i = 0; i < STEPS; i += 10) {
            this.walk(10);
        }
    }

    /// @dev A call of its own, whose memory is free after it.
    function walk(uint256 steps) external {
        for (uint256 i = 0; i < steps; ++i) {
            step();
        }
        compareAll();
    }

    /// @dev One long history, whose calls are told, and of which each passes and all reasons are given.
    function test_OneHistoryDoesIt() public {
        random = 7;
        for (uint256 i = 0; i < 44; ++i) {
            this.walk(25);
        }
        for (uint256 i = 0; i < called.length; ++i) {
            uint256[2] storage c = counts[called[i]];
            emit log_named_string(
                vm.toString(abi.encodePacked(called[i])),
                string.concat(vm.toString(c[1]), " done, ", vm.toString(c[0]), " refused")
            );
            assertGt(c[1], 0, "a call that never passed");
        }
        emit log_named_uint("clearings with trades", trading);
        assertGt(trading, 20, "too few clearings");
        for (uint8 i = 1; i <= uint8(type(IGridX.SkipReason).max); ++i) {
            emit log_named_uint(string.concat("skipped, reason ", vm.toString(i)), skips[IGridX.SkipReason(i)]);
            assertGt(skips[IGridX.SkipReason(i)], 0, "a reason that was never given");
        }
        for (uint8 i = 1; i <= uint8(type(IGridX.RejectionReason).max); ++i) {
            emit log_named_uint(
                string.concat("rejected, reason ", vm.toString(i)), rejections[IGridX.RejectionReason(i)]
            );
            assertGt(rejections[IGridX.RejectionReason(i)], 0, "a reason that was never given");
        }
    }

    // -------------------------------------------------------------------------------------------------- side by side

    function both(address who, bytes memory data) private returns (bool done) {
        vm.recordLogs();
        bytes memory result;
        bytes memory expected;
        bool should;
        vm.prank(who);
        (done, result) = address(gridx).call(data);
        VmSafe.Log[] memory logs = vm.getRecordedLogs();
        vm.prank(who);
        (should, expected) = address(model).call(data);
        bytes4 selector = bytes4(data);
        if (counts[selector][0] + counts[selector][1] == 0) called.push(selector);
        ++counts[selector][done ? 1 : 0];
        if (done != should) {
            emit log_named_bytes("call", data);
            emit log_named_bytes(done ? "the model said" : "the contract said", done ? expected : result);
            assertEq(done, should, "passed here, refused there");
        }
        if (done) {
            assertEq(result, expected, "result");
            if (selector == gridx.clearSlot.selector && uint256(bytes32(result)) != 0) ++trading;
            compareLeftOut(logs);
        } else {
            sameReason(data, result, expected);
        }
        compareFew(who);
    }

    function sameReason(bytes memory data, bytes memory result, bytes memory expected) private {
        assertEq(bytes4(expected), ModelBooks.Refused.selector, "the model broke");
        bytes memory rest = new bytes(expected.length - 4);
        for (uint256 i = 0; i < rest.length; ++i) {
            rest[i] = expected[i + 4];
        }
        bytes4[] memory reasons = abi.decode(rest, (bytes4[]));
        for (uint256 i = 0; i < reasons.length; ++i) {
            if (reasons[i] == bytes4(result)) return;
        }
        emit log_named_bytes("call", data);
        emit log_named_bytes("the contract said", result);
        emit log_named_bytes("the model said", expected);
        assertTrue(false, "another reason");
    }

    /// @dev Readings and lines of a clearing that were left out, in their order, each for one of the model's reasons.
    function compareLeftOut(VmSafe.Log[] memory logs) private {
        ModelBooks.Left[] memory left = model.takeLeftOut();
        uint256 count;
        for (uint256 i = 0; i < logs.length; ++i) {
            bytes32 topic0 = logs[i].topics[0];
            bool reading = topic0 == IGridX.ReadingRejected.selector;
            if (logs[i].emitter != address(gridx) || (!reading && topic0 != IGridX.FillSkipped.selector)) continue;
            assertLt(count, left.length, "left out more than the model");
            ModelBooks.Left memory expected = left[count++];
            uint256 reason;
            uint256 wh;
            if (reading) (wh, reason) = abi.decode(logs[i].data, (uint256, uint256));
            else reason = abi.decode(logs[i].data, (uint256));
            if (reading) ++rejections[IGridX.RejectionReason(reason)];
            else ++skips[IGridX.SkipReason(reason)];
            assertEq(wh, expected.wh, "left out another reading");
            bytes32 who = logs[i].topics[reading ? 1 : 2];
            assertEq(address(uint160(uint256(who))), expected.who, "left out another");
            assertEq(uint256(logs[i].topics[reading ? 2 : 1]), expected.slot, "left out of another slot");
            assertTrue(expected.reasons >> reason & 1 == 1, "left out for another reason");
        }
        assertEq(count, left.length, "left out less than the model");
    }

    function same(bytes memory data) private view {
        (, bytes memory actual) = address(gridx).staticcall(data);
        (, bytes memory expected) = address(model).staticcall(data);
        if (keccak256(actual) != keccak256(expected)) assertEq(actual, expected, vm.toString(data));
    }

    function compareFew(address who) private view {
        same(abi.encodeCall(gridx.head, ()));
        same(abi.encodeCall(gridx.accruedFees, ()));
        same(abi.encodeCall(gridx.lastClearing, ()));
        same(abi.encodeCall(gridx.emergency, ()));
        comparePerson(who);
    }

    function comparePerson(address who) private view {
        same(abi.encodeCall(gridx.accountOf, (who)));
        same(abi.encodeCall(gridx.participantOf, (who)));
        same(abi.encodeCall(gridx.sellerOf, (who)));
        same(abi.encodeCall(gridx.bidOf, (who)));
        same(abi.encodeCall(gridx.allowanceOf, (who)));
    }

    function compareAll() private view {
        same(abi.encodeCall(gridx.paused, ()));
        same(abi.encodeCall(gridx.marketParameters, ()));
        same(abi.encodeCall(gridx.emissionFactor, ()));
        same(abi.encodeCall(gridx.currentSlot, ()));
        uint32 current = gridx.currentSlot();
        for (uint256 i = 0; i < people.length; ++i) {
            comparePerson(people[i]);
            assertEq(rupee.balanceOf(people[i]), model.walletOf(people[i]), "wallet");
            for (uint32 back = 0; back <= SHORT_RING + 1; ++back) {
                same(abi.encodeCall(gridx.lotOf, (people[i], current - back)));
                same(abi.encodeCall(gridx.quoteOf, (people[i], current - back)));
            }
        }
        assertEq(rupee.balanceOf(address(gridx)), model.held(), "tokens");
        for (uint256 i = 0; i < keys.length; ++i) {
            IGridX.House memory house = gridx.houseOf(vm.addr(keys[i]));
            (address owner,,,) = model.houseOf(vm.addr(keys[i]));
            assertEq(house.owner, owner, "owner");
            if (owner != address(0)) same(abi.encodeCall(gridx.houseOf, (vm.addr(keys[i]))));
        }
    }

    // -------------------------------------------------------------------------------------------------------- dice

    function pick(uint256 below) private returns (uint256) {
        random = uint256(keccak256(abi.encode(random)));
        return random % below;
    }

    function chance(uint256 oneIn) private returns (bool) {
        return pick(oneIn) == 0;
    }

    function person() private returns (address) {
        if (chance(50)) return chance(2) ? address(0) : address(gridx);
        return people[pick(people.length)];
    }

    function officer() private returns (address) {
        return chance(12) ? people[pick(people.length)] : ADMIN;
    }

    function aMeter() private returns (address) {
        if (chance(20)) return chance(2) ? address(0) : people[0];
        // The latest ones are alive more often.
        uint256 span = chance(3) || keys.length < 6 ? keys.length : 6;
        return vm.addr(keys[keys.length - 1 - pick(span)]);
    }

    function aPrice() private returns (uint96) {
        IGridX.MarketParameters memory p = gridx.marketParameters();
        uint256 kind = pick(16);
        if (kind == 0 && chance(2)) return 0;
        if (kind == 1) return p.minPrice;
        if (kind == 2) return p.maxPrice;
        if (kind == 3) return p.maxPrice + 1;
        if (kind == 4 && p.minPrice != 0) return p.minPrice - 1;
        if (kind == 5) return uint96(1 + pick(20));
        return uint96(1 + pick(p.maxPrice == 0 ? 1 : p.maxPrice));
    }

    function aSlot() private returns (uint32) {
        uint32 current = gridx.currentSlot();
        if (chance(24)) return current - 40 + uint32(pick(60));
        return current + 1 - uint32(pick(chance(2) ? 4 : SHORT_RING + 4));
    }

    function someWh() private returns (uint64) {
        uint256 kind = pick(16);
        if (kind == 0) return 0;
        if (kind == 1) return type(uint64).max - uint64(pick(2));
        return uint64(1 + pick(kind < 8 ? 60 : 1300));
    }

    /// @dev Around a limit of what is there.
    function near(uint256 number) private returns (uint256) {
        uint256 kind = pick(6);
        if (kind == 0) return number + 1;
        if (kind == 1 && number != 0) return number - 1;
        if (kind < 4) return number;
        return number < 2 ? number : 1 + pick(number);
    }

    // -------------------------------------------------------------------------------------------------------- steps

    function step() private {
        uint256 kind = pick(64);
        bool stopped = gridx.paused();
        if (kind < 5) time();
        else if (kind < 12) read();
        else if (kind < 19) ask();
        else if (kind < 32) purchase();
        else if (kind < 36) both(person(), abi.encodeCall(gridx.setBid, (aPrice(), someWh())));
        else if (kind < 40) clearing();
        else if (kind < 45) auction();
        else if (kind < 51) money();
        else if (kind < 54) emergencies();
        else administer(stopped && chance(2) ? 13 : pick(16));
    }

    function time() private {
        uint256 kind = pick(16);
        uint256 now_ = vm.getBlockTimestamp();
        uint256 end = gridx.emergency().endsAt;
        if (end != 0 && chance(4)) return vm.warp(end - (chance(2) ? 1 : 0));
        if (kind < 7) vm.warp((now_ / SLOT + 1) * SLOT - (kind == 0 ? 1 : 0));
        else if (kind < 13) vm.warp(now_ + pick(SLOT));
        else if (kind < 15) vm.warp(now_ + pick(3 * SLOT));
        else vm.warp(now_ + pick(chance(6) ? 8 days : 40 * SLOT));
    }

    function read() private {
        IGridX.Reading[] memory readings = new IGridX.Reading[](1 + pick(3));
        for (uint256 i = 0; i < readings.length; ++i) {
            uint256 key = keys[keys.length - 1 - pick(chance(4) || keys.length < 6 ? keys.length : 6)];
            uint32 slot =
                chance(2) ? gridx.currentSlot() - 1 : chance(4) ? gridx.currentSlot() + 1 - uint32(pick(40)) : aSlot();
            uint256 most = uint256(gridx.houseOf(vm.addr(key)).capacityWatts) * SLOT / 3600;
            readings[i] = sign(key, slot, uint64(chance(8) ? 0 : near(most)));
            uint256 kind = pick(24);
            if (kind == 0) readings[i].exportWh += 1;
            if (kind == 1) readings[i].signature[64] = bytes1(uint8(pick(256)));
            if (kind == 2) readings[i].signature = bytes.concat(readings[i].signature, hex"00");
            if (kind == 3) readings[i] = used;
            if (kind == 4) readings[i].signature[32] = 0xff;
        }
        used = readings[0];
        both(person(), abi.encodeCall(gridx.attestReadings, (readings)));
    }

    function ask() private {
        address who = person();
        if (chance(2)) {
            both(who, abi.encodeCall(gridx.setAsk, (aPrice())));
            return;
        }
        uint32 slot = chance(2) ? gridx.sellerOf(who).newestLotSlot : aSlot();
        uint256 held = gridx.lotOf(who, slot).ask;
        uint256 price = chance(3) ? 0 : chance(2) ? near(held) : aPrice();
        bool done = both(who, abi.encodeCall(gridx.setLotAsk, (slot, uint96(price))));
        // Back on sale, at what it was, or a little more or less.
        if (done && price == 0) both(who, abi.encodeCall(gridx.setLotAsk, (slot, uint96(near(held)))));
    }

    function purchase() private {
        address who = person();
        if (chance(2)) {
            (address seller, uint32 slot) = aLot(who);
            (uint64 wh,, uint256 limit) = gridx.quoteOf(seller, slot);
            uint64 most = gridx.allowanceOf(who);
            if (most > wh || chance(4)) most = wh;
            both(
                who,
                abi.encodeCall(
                    gridx.logEnergyTrade,
                    (seller, chance(24) ? person() : who, near(most), chance(4) ? near(limit) : limit)
                )
            );
            return;
        }
        IGridX.Purchase[] memory basket = new IGridX.Purchase[](pick(5));
        for (uint256 i = 0; i < basket.length; ++i) {
            (address seller, uint32 slot) = aLot(who);
            if (chance(4)) slot = aSlot();
            (uint64 wh,, uint256 limit) = gridx.quoteOf(seller, slot);
            basket[i] = IGridX.Purchase(
                seller, slot, chance(2) ? someWh() : uint64(near(wh)), uint96(chance(4) ? near(limit) : limit)
            );
        }
        both(who, abi.encodeCall(gridx.buyEnergy, (basket, chance(2) ? 0 : pick(800))));
    }

    /// @dev A slot with asks, bids and money in it, cleared as it comes.
    function auction() private {
        IGridX.MarketParameters memory p = gridx.marketParameters();
        uint96 cap = gridx.emergency().priceCap;
        uint256 most = cap != 0 && cap < p.maxPrice ? cap : p.maxPrice;
        uint96 price = uint96(1 + most / 2);
        uint32 slot = gridx.currentSlot();
        IGridX.Reading[] memory readings = new IGridX.Reading[](2);
        for (uint256 i = 0; i < 2; ++i) {
            uint256 key = keys[keys.length - 1 - pick(keys.length < 6 ? keys.length : 6)];
            address owner = gridx.houseOf(vm.addr(key)).owner;
            if (owner != address(0)) both(owner, abi.encodeCall(gridx.setAsk, (uint96(near(price)))));
            readings[i] = sign(key, slot, uint64(near(uint256(gridx.houseOf(vm.addr(key)).capacityWatts) / 4)));
            both(people[pick(people.length)], abi.encodeCall(gridx.setBid, (chance(3) ? price : p.maxPrice, someWh())));
        }
        for (uint256 i = 0; i < 2; ++i) {
            address who = people[pick(PEOPLE)];
            uint64 wh = someWh();
            both(who, abi.encodeCall(gridx.setBid, (p.maxPrice, wh)));
            uint96 balance = gridx.accountOf(who).balance;
            // The price of all of it, with the fee or without.
            uint256 cost = (uint256(wh) * price + 999) / 1000;
            if (chance(2)) cost += cost * p.feeBps / 10_000;
            if (chance(2) && balance != 0) both(who, abi.encodeCall(gridx.withdraw, (who, balance)));
            both(who, abi.encodeCall(gridx.deposit, (uint96(near(cost)))));
        }
        vm.warp((vm.getBlockTimestamp() / SLOT + 1) * SLOT);
        both(person(), abi.encodeCall(gridx.attestReadings, (readings)));
        if (chance(2)) both(people[pick(people.length)], abi.encodeCall(gridx.setLotAsk, (slot, 0)));
        for (uint256 i = 0; i < 2; ++i) {
            both(
                ADMIN, abi.encodeCall(gridx.clearSlot, (slot, price, everybody(slot, true), everybody(slot, false), 0))
            );
            if (chance(2)) return;
        }
    }

    /// @return fills of all people from a random one on, and one of them again
    function everybody(uint32 slot, bool selling) private returns (IGridX.Fill[] memory fills) {
        uint256 start = pick(people.length);
        fills = lines(slot, selling);
        IGridX.Fill[] memory all = new IGridX.Fill[](people.length + 1);
        for (uint256 i = 0; i < all.length; ++i) {
            address who = people[(start + i) % people.length];
            all[i] = IGridX.Fill(who, i < fills.length ? someWh() : type(uint64).max);
        }
        return all;
    }

    /// @return seller of a newest lot, most often one that is for sale
    function aLot(address who) private returns (address seller, uint32 slot) {
        uint256 start = pick(people.length);
        for (uint256 i = 0; i < people.length; ++i) {
            seller = people[(start + i) % people.length];
            slot = gridx.sellerOf(seller).newestLotSlot;
            (uint64 wh,,) = gridx.quoteOf(seller, slot);
            if (seller != who && wh != 0 && !chance(16)) break;
        }
    }

    function clearing() private {
        IGridX.LastClearing memory last = gridx.lastClearing();
        uint32 slot = gridx.currentSlot() - 1;
        uint96 price = aPrice();
        if (chance(4)) slot = aSlot();
        if (chance(3)) (slot, price) = (last.slot, chance(8) ? price : last.pricePerKwh);
        uint96 cap = gridx.emergency().priceCap;
        if (slot == last.slot && !chance(8)) price = last.pricePerKwh;
        if (cap != 0 && price > cap && slot != last.slot && !chance(4)) price = uint96(near(cap));
        bytes memory data = abi.encodeCall(
            gridx.clearSlot, (slot, price, lines(slot, true), lines(slot, false), chance(4) ? pick(600) : 0)
        );
        both(officer(), data);
    }

    function lines(uint32 slot, bool selling) private returns (IGridX.Fill[] memory fills) {
        fills = new IGridX.Fill[](pick(8));
        for (uint256 i = 0; i < fills.length; ++i) {
            fills[i].participant = person();
            IGridX.Lot memory lot = gridx.lotOf(fills[i].participant, slot);
            IGridX.Bid memory bid = gridx.bidOf(fills[i].participant);
            fills[i].energyWh = someWh();
            if (chance(2)) continue;
            fills[i].energyWh = selling ? lot.attestedWh - lot.soldWh : bid.maxWhPerSlot;
        }
    }

    function money() private {
        uint256 kind = pick(9);
        address who = person();
        uint96 balance = gridx.accountOf(who).balance;
        if (kind < 2) {
            uint96 amount = uint96(pick(chance(4) ? 1e7 : 2000));
            both(
                who,
                chance(2)
                    ? abi.encodeCall(gridx.deposit, (amount))
                    : abi.encodeCall(gridx.depositWithPermit, (amount, 0, 27, 0, 0))
            );
        } else if (kind < 4) {
            both(who, abi.encodeCall(gridx.withdraw, (person(), uint96(chance(2) ? near(balance) : pick(500)))));
        } else if (kind == 4) {
            both(who, abi.encodeCall(gridx.collectFees, ()));
        } else if (kind == 5) {
            uint256 grams = near(gridx.accountOf(who).carbonGrams);
            string memory beneficiary = string(new bytes(pick(chance(8) ? 140 : 20)));
            string memory reason = string(new bytes(chance(16) ? 505 + pick(16) : pick(40)));
            both(who, abi.encodeCall(gridx.spendCarbon, (uint64(grams), beneficiary, reason)));
        } else if (kind == 6) {
            uint256 amount = pick(1e6);
            who = people[pick(people.length)];
            rupee.mint(who, amount);
            model.mint(who, amount);
        } else if (kind == 7) {
            if (who == address(gridx) || who == address(0)) return;
            approve(who, chance(3) ? pick(1e5) : type(uint256).max);
        } else {
            several(who, balance);
        }
    }

    function several(address who, uint96 balance) private {
        bytes[] memory data = new bytes[](3);
        data[0] = abi.encodeCall(gridx.deposit, (uint96(1 + pick(100))));
        data[1] =
            chance(2) ? abi.encodeCall(gridx.setAsk, (aPrice())) : abi.encodeCall(gridx.setBid, (aPrice(), someWh()));
        data[2] = abi.encodeCall(gridx.withdraw, (who, uint96(near(balance + 50))));
        both(who, abi.encodeCall(gridx.multicall, (data)));
    }

    function approve(address who, uint256 amount) private {
        vm.startPrank(who);
        rupee.approve(address(gridx), amount);
        model.approve(address(gridx), amount);
        vm.stopPrank();
    }

    function emergencies() private {
        if (chance(3)) {
            both(officer(), abi.encodeCall(gridx.endEmergency, ()));
            return;
        }
        uint256 end = vm.getBlockTimestamp() + (chance(8) ? 7 days - 2 + pick(4) : pick(5 * SLOT));
        string memory reason = string(new bytes(chance(16) ? 505 + pick(16) : pick(40)));
        uint96 cap = chance(3) ? gridx.marketParameters().maxPrice : aPrice();
        both(
            officer(),
            abi.encodeCall(
                gridx.declareEmergency,
                (cap, uint64(pick(600)), uint64(pick(chance(4) ? 2 : 1500)), uint40(end), reason)
            )
        );
    }

    function administer(uint256 kind) private {
        address who = officer();
        if (kind < 3) {
            both(who, abi.encodeCall(gridx.setTier, (person(), IGridX.Tier(chance(6) ? 0 : 1 + pick(3)))));
        } else if (kind == 3) {
            newHouse();
        } else if (kind == 4) {
            both(who, abi.encodeCall(gridx.registerHouse, (aMeter(), person(), uint32(pick(3)))));
        } else if (kind == 5) {
            both(who, abi.encodeCall(gridx.updateHouse, (aMeter(), person(), uint32(pick(6000)))));
        } else if (kind == 6) {
            uint256 key = nextKey++;
            address next = chance(8) ? aMeter() : vm.addr(key);
            if (both(who, abi.encodeCall(gridx.replaceMeter, (aMeter(), next))) && next == vm.addr(key)) {
                keys.push(key);
            }
        } else if (kind == 7) {
            if (both(who, abi.encodeCall(gridx.retireHouse, (aMeter())))) newHouse();
        } else if (kind < 11) {
            both(who, abi.encodeCall(gridx.setMarketParameters, (someRules())));
        } else if (kind == 11) {
            string memory source = string(new bytes(chance(4) ? pick(258) : 3));
            uint32 grams = uint32(chance(4) ? 1_999_999 + pick(3) : pick(2_000_000));
            both(who, abi.encodeCall(gridx.setEmissionFactor, (IGridX.EmissionFactor(grams, source, "v"))));
        } else if (kind == 12) {
            both(who, gridx.paused() != chance(8) ? abi.encodeCall(gridx.unpause, ()) : abi.encodeCall(gridx.pause, ()));
        } else if (kind == 13) {
            both(ADMIN, abi.encodeCall(gridx.unpause, ()));
        } else {
            bytes32 role = keccak256(chance(2) ? bytes("MARKET_OPERATOR_ROLE") : bytes("GRID_OPERATOR_ROLE"));
            address whom = people[pick(people.length)];
            both(
                who,
                chance(2)
                    ? abi.encodeCall(gridx.grantRole, (role, whom))
                    : abi.encodeCall(gridx.revokeRole, (role, whom))
            );
        }
    }

    function newHouse() private {
        uint256 key = nextKey++;
        address owner = people[keys.length % people.length];
        uint32 watts = uint32(keys.length < 4 ? CAPACITY : 1 + pick(6000));
        if (both(ADMIN, abi.encodeCall(gridx.registerHouse, (vm.addr(key), owner, watts)))) keys.push(key);
    }

    function someRules() private returns (IGridX.MarketParameters memory p) {
        p = gridx.marketParameters();
        uint256 kind = pick(8);
        p.feeBps = uint16(chance(8) ? 999 + pick(3) : pick(1001));
        if (kind < 3) p.tradingWindow = uint16(SHORT_RING - pick(3));
        if (kind == 3) p.tradingWindow = uint16(1 + pick(SHORT_RING + 1));
        p.shelfDelaySlots = uint16(chance(2) ? 0 : pick(chance(4) ? 8 : 3));
        p.membersOnly = chance(5);
        p.minPrice = uint96(pick(chance(4) ? 400 : 3));
        p.maxPrice = uint96(chance(12) ? pick(400) : 500 + pick(2000));
        if (kind == 4) p.treasury = person();
        if (p.treasury == address(0) && chance(2)) p.treasury = TREASURY;
    }
}
