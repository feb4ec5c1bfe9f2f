// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";

/// @notice Readings in any order against a model that remembers everything by plain mappings, where the contract has
///         a bitmap, two asks and a ring.
contract AttestationModelTest is Checks {
    uint256 private constant STEPS = 40;
    uint16 private constant SHORT_RING = 8;

    struct Quoted {
        uint32 fromSlot;
        uint96 price;
    }

    uint256[3] private keys;
    address[3] private owners;
    mapping(uint256 meter => mapping(uint256 slot => bool)) private attested;
    mapping(uint256 meter => uint256) private newest;
    mapping(address owner => mapping(uint256 slot => uint256)) private exported;
    mapping(address owner => mapping(uint256 slot => uint256)) private lotAsk;
    mapping(address owner => Quoted[]) private quotes;
    uint32 private start;
    uint256 private random;

    function setUp() public override {
        super.setUp();
        IGridX.Deployment memory d = deployment();
        d.ringLength = SHORT_RING;
        d.market.tradingWindow = SHORT_RING;
        gridx = deploy(d);
        start = gridx.currentSlot();
        vm.startPrank(ADMIN);
        gridx.grantRole(REGISTRAR, ADMIN);
        for (uint256 i = 0; i < 3; ++i) {
            keys[i] = 0x1000 + i;
            owners[i] = i == 2 ? BUYER : SELLER;
            newest[i] = start - 1;
            gridx.registerHouse(vm.addr(keys[i]), owners[i], CAPACITY);
        }
        vm.stopPrank();
    }

    function pick(uint256 below) private returns (uint256) {
        random = uint256(keccak256(abi.encode(random)));
        return random % below;
    }

    /// forge-config: default.fuzz.runs = 256
    function testFuzz_AnyOrder(uint256 seed) public {
        random = seed;
        for (uint256 i = 0; i < STEPS; ++i) {
            uint256 kind = pick(8);
            if (kind == 0) endSlot(gridx.currentSlot() + uint32(pick(4) == 0 ? pick(50) : pick(3)));
            else if (kind == 1) quote(owners[pick(3)], uint96(1 + pick(1000)));
            else read(pick(3));
        }
    }

    function quote(address owner, uint96 price) private {
        quotes[owner].push(Quoted(gridx.currentSlot(), price));
        setAsk(owner, price);
    }

    function read(uint256 i) private {
        uint32 current = gridx.currentSlot();
        uint32 slot = uint32(current + 1 - pick(pick(3) == 0 ? 40 : 6));
        uint64 wh = uint64(pick(1300));
        IGridX.RejectionReason reason = expected(i, slot, wh, current);
        if (reason == IGridX.RejectionReason.None) {
            if (exported[owners[i]][slot] == 0) lotAsk[owners[i]][slot] = askOf(owners[i], slot);
            attested[i][slot] = true;
            exported[owners[i]][slot] += wh;
            if (slot > newest[i]) newest[i] = slot;
            assertEq(attest(keys[i], slot, wh), 1);
        } else {
            expectRejection(vm.addr(keys[i]), slot, wh, reason);
            assertEq(attest(keys[i], slot, wh), 0);
        }
        uint32 held = newestInCell(owners[i], slot);
        if (held == slot) assertLot(owners[i], slot, exported[owners[i]][slot], 0, lotAsk[owners[i]][slot]);
        else assertNoLot(owners[i], slot);
    }

    function expected(uint256 i, uint32 slot, uint64 wh, uint32 current) private view returns (IGridX.RejectionReason) {
        if (slot >= current) return IGridX.RejectionReason.SlotNotEnded;
        if (wh > 1250) return IGridX.RejectionReason.AboveCapacity;
        if (slot + 31 < newest[i]) return IGridX.RejectionReason.SlotTooOld;
        if (slot < start || attested[i][slot]) return IGridX.RejectionReason.AlreadyAttested;
        if (wh != 0 && newestInCell(owners[i], slot) > slot) return IGridX.RejectionReason.LotReplaced;
        return IGridX.RejectionReason.None;
    }

    /// @return held newest slot with a lot of the same cell of the ring, 0 if none
    function newestInCell(address owner, uint32 slot) private view returns (uint32 held) {
        uint32 end = gridx.currentSlot();
        uint32 first = start + (slot + 100 * uint32(SHORT_RING) - start) % SHORT_RING;
        for (uint32 s = first; s < end; s += SHORT_RING) {
            if (exported[owner][s] != 0) held = s;
        }
    }

    /// @dev The price that stood when the slot of the last change began, or the last one.
    function askOf(address owner, uint32 slot) private view returns (uint96 price) {
        Quoted[] storage all = quotes[owner];
        if (all.length == 0) return 0;
        Quoted memory last = all[all.length - 1];
        if (slot >= last.fromSlot) return last.price;
        for (uint256 i = all.length; i > 0; --i) {
            if (all[i - 1].fromSlot != last.fromSlot) return all[i - 1].price;
        }
    }
}
