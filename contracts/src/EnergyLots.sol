// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {IGridX} from "./interfaces/IGridX.sol";
import {Houses} from "./Houses.sol";
import {LotCell, LotWord, LotWords, Words} from "./Words.sol";

/// @title  From signed readings to lots with an ask
abstract contract EnergyLots is Houses, EIP712 {
    using Words for House;

    bytes32 private constant READING_TYPEHASH = keccak256("Reading(uint32 slot,uint64 exportWh)");
    uint256 private constant SECONDS_PER_HOUR = 3600;

    mapping(address seller => Seller) internal _sellers;
    /// @dev A ring a seller: slot `s` lies at `s % ringLength`. Only an attestation of a newer slot replaces a cell.
    mapping(address seller => mapping(uint256 cell => LotCell)) private _lots;

    constructor() EIP712("GridX", "1") {}

    /// @inheritdoc IGridX
    function attestReadings(Reading[] calldata readings) external override whenNotPaused returns (uint256 attested) {
        bytes32 head_ = head;
        bytes32 domain = _domainSeparatorV4();
        uint32 current = currentSlot();
        for (uint256 i = 0; i < readings.length; ++i) {
            Reading calldata reading = readings[i];
            uint256 freeMemory = Words.freeMemory();
            (address meter, RejectionReason reason, bytes32 newHead) = _attest(reading, domain, current, head_);
            if (reason == RejectionReason.None) {
                head_ = newHead;
                unchecked {
                    ++attested;
                }
            } else {
                emit ReadingRejected(meter, reading.slot, reading.exportWh, reason);
            }
            // Nothing that a reading put in memory is used after it; a large batch would pay for it quadratically.
            Words.releaseMemory(freeMemory);
        }
        head = head_;
    }

    /// @inheritdoc IGridX
    function setAsk(uint96 pricePerKwh) external override {
        _requirePrice(pricePerKwh);
        uint32 fromSlot = currentSlot();
        Seller storage seller = _sellers[msg.sender];
        if (seller.nextAskFrom != fromSlot) {
            seller.ask = seller.nextAsk;
            seller.nextAskFrom = fromSlot;
        }
        seller.nextAsk = pricePerKwh;
        head = _append(1, abi.encode(head, AskSet.selector, block.timestamp, msg.sender, fromSlot, pricePerKwh));
    }

    /// @inheritdoc IGridX
    function setLotAsk(uint32 slot, uint96 pricePerKwh) external override {
        _requirePrice(pricePerKwh);
        uint32 current = currentSlot();
        LotCell storage cell = _lotCell(msg.sender, slot);
        LotWord lot = cell.word;
        require(_isLive(lot, slot, current), LotNotLive(msg.sender, slot, current));
        uint96 ceiling = lot.askCeiling();
        bool allowed =
            lot.ask() != 0 ? pricePerKwh < ceiling : pricePerKwh != 0 && (ceiling == 0 || pricePerKwh <= ceiling);
        require(allowed, AskNotLowered(msg.sender, slot, ceiling, pricePerKwh));
        cell.word = lot.reprice(pricePerKwh);
        head = _append(2, abi.encode(head, LotAskSet.selector, block.timestamp, msg.sender, slot, pricePerKwh));
    }

    /// @inheritdoc IGridX
    function sellerOf(address seller) external view override returns (Seller memory) {
        return _sellers[seller];
    }

    /// @inheritdoc IGridX
    function lotOf(address seller, uint32 slot) external view override returns (Lot memory) {
        LotWord lot = _lotCell(seller, slot).word;
        if (lot.slot() != slot) lot = LotWord.wrap(0);
        return Lot(lot.slot(), lot.attestedWh(), lot.soldWh(), lot.ask());
    }

    /// @return what lies in the slot's cell: look at its slot
    function _lotCell(address seller, uint32 slot) internal view returns (LotCell storage) {
        return _lots[seller][slot % ringLength];
    }

    /// @dev Live: ended, and ended at most `tradingWindow` slots ago.
    function _isLive(LotWord lot, uint32 slot, uint32 current) internal view returns (bool) {
        return lot.slot() == slot && lot.attestedWh() != 0 && slot < current && current - slot <= _tradingWindow;
    }

    function _attest(Reading calldata reading, bytes32 domain, uint32 current, bytes32 head_)
        private
        returns (address meter, RejectionReason reason, bytes32 newHead)
    {
        (uint32 slot, uint64 exportWh) = (reading.slot, reading.exportWh);
        ECDSA.RecoverError failure;
        (meter, failure,) = ECDSA.tryRecoverCalldata(
            MessageHashUtils.toTypedDataHash(domain, keccak256(abi.encode(READING_TYPEHASH, slot, exportWh))),
            reading.signature
        );
        if (failure != ECDSA.RecoverError.NoError) return (address(0), RejectionReason.InvalidSignature, head_);

        House storage house = _houses[meter];
        address owner = house.owner;
        uint32 newest = house.newestSlot;
        uint32 bitmap = house.attestedBitmap;
        if (owner == address(0)) {
            return (meter, bitmap == 0 ? RejectionReason.UnknownMeter : RejectionReason.MeterRetired, head_);
        }
        if (slot >= current) return (meter, RejectionReason.SlotNotEnded, head_);
        // Unchecked: 32 bits of watts times 17 of seconds fit; each difference is of a larger and a smaller slot.
        unchecked {
            if (exportWh > uint256(house.capacityWatts) * slotDuration / SECONDS_PER_HOUR) {
                return (meter, RejectionReason.AboveCapacity, head_);
            }
            if (slot > newest) {
                // A shift of 32 or more leaves only the new slot's bit.
                bitmap = (bitmap << (slot - newest)) | 1;
                newest = slot;
            } else {
                if (newest - slot >= BITMAP_SLOTS) return (meter, RejectionReason.SlotTooOld, head_);
                uint32 mask = uint32(1) << (newest - slot);
                if (bitmap & mask != 0) return (meter, RejectionReason.AlreadyAttested, head_);
                bitmap |= mask;
            }
        }

        uint96 ask;
        if (exportWh != 0) {
            bool added;
            (added, ask) = _addToLot(owner, slot, exportWh);
            if (!added) return (meter, RejectionReason.LotReplaced, head_);
        }
        house.store(owner, house.capacityWatts, newest, bitmap);
        newHead =
            _append(3, abi.encode(head_, EnergyAttested.selector, block.timestamp, meter, owner, slot, exportWh, ask));
    }

    /// @return added false if the ring's cell holds a newer slot
    function _addToLot(address owner, uint32 slot, uint64 exportWh) private returns (bool added, uint96 ask) {
        LotCell storage cell = _lotCell(owner, slot);
        LotWord lot = cell.word;
        if (lot.slot() > slot) return (false, 0);
        if (lot.slot() == slot) {
            cell.word = lot.attest(exportWh);
            return (true, lot.ask());
        }
        Seller storage seller = _sellers[owner];
        ask = slot >= seller.nextAskFrom ? seller.nextAsk : seller.ask;
        cell.word = LotWords.pack(slot, exportWh, ask);
        if (slot > seller.newestLotSlot) seller.newestLotSlot = slot;
        return (true, ask);
    }
}
