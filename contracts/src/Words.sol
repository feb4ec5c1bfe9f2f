// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "./interfaces/IGridX.sol";

/// @dev A lot as it lies in storage: slot 32 bits, attested Wh 56, off sale 8, sold Wh 64, ask 96. 56 bits of Wh are
///      more than the world generates in a year. A lot taken off sale keeps its ask as the most that it may ask again.
type LotWord is uint256;

/// @dev A bid as it lies in storage: price 96 bits, most Wh a slot 64, slot 32, filled Wh 64.
type BidWord is uint256;

/// @dev Where a lot lies. A key names the cell where a storage pointer can't be kept, in memory.
struct LotCell {
    LotWord word;
}

/// @dev Where a bid lies.
struct BidCell {
    BidWord word;
}

using LotWords for LotWord global;
using BidWords for BidWord global;

/// @title  Lots as words: one SLOAD to read, one SSTORE to write, whatever changes
/// @dev    Casts cut a member out of its word.
library LotWords {
    uint256 private constant ATTESTED = 32;
    uint256 private constant OFF_SALE = 88;
    uint256 private constant OFF_SALE_FLAG = 0x1 << 88;
    uint256 private constant SOLD = 96;
    uint256 private constant ASK = 160;

    // forge-lint: disable-start(unsafe-typecast)
    function pack(uint32 slot_, uint64 attestedWh_, uint96 ask_) internal pure returns (LotWord) {
        return LotWord.wrap(slot_ | (uint256(attestedWh_) << ATTESTED) | (uint256(ask_) << ASK));
    }

    function slot(LotWord lot) internal pure returns (uint32) {
        return uint32(LotWord.unwrap(lot));
    }

    function attestedWh(LotWord lot) internal pure returns (uint64) {
        return uint56(LotWord.unwrap(lot) >> ATTESTED);
    }

    function soldWh(LotWord lot) internal pure returns (uint64) {
        return uint64(LotWord.unwrap(lot) >> SOLD);
    }

    function availableWh(LotWord lot) internal pure returns (uint64) {
        unchecked {
            return lot.attestedWh() - lot.soldWh();
        }
    }

    /// @return 0 while the lot is off sale
    function ask(LotWord lot) internal pure returns (uint96) {
        unchecked {
            return uint96(lot.askCeiling() * (1 - ((LotWord.unwrap(lot) >> OFF_SALE) & 1)));
        }
    }

    /// @return what the lot asks, or asked when it was taken off sale; 0 if it never asked anything
    function askCeiling(LotWord lot) internal pure returns (uint96) {
        return uint96(LotWord.unwrap(lot) >> ASK);
    }

    /// @dev Reverts beyond 56 bits.
    function attest(LotWord lot, uint64 energyWh) internal pure returns (LotWord) {
        uint56 sum = uint56(lot.attestedWh()) + uint56(energyWh);
        uint256 rest = LotWord.unwrap(lot) & ~(uint256(type(uint56).max) << ATTESTED);
        return LotWord.wrap(rest | (uint256(sum) << ATTESTED));
    }

    function key(LotCell storage cell) internal pure returns (uint256 key_) {
        assembly ("memory-safe") {
            key_ := cell.slot
        }
    }

    function at(uint256 key_) internal pure returns (LotCell storage cell) {
        assembly ("memory-safe") {
            cell.slot := key_
        }
    }

    /// @dev The caller knows that so much is available.
    function sell(LotWord lot, uint64 energyWh) internal pure returns (LotWord) {
        unchecked {
            return LotWord.wrap(LotWord.unwrap(lot) + (uint256(energyWh) << SOLD));
        }
    }

    /// @param ask_ 0 takes the lot off sale
    function reprice(LotWord lot, uint96 ask_) internal pure returns (LotWord) {
        uint256 word = LotWord.unwrap(lot);
        if (ask_ == 0) return LotWord.wrap(word | OFF_SALE_FLAG);
        word &= ~(OFF_SALE_FLAG | (uint256(type(uint96).max) << ASK));
        return LotWord.wrap(word | (uint256(ask_) << ASK));
    }
    // forge-lint: disable-end(unsafe-typecast)
}

/// @title  Bids as words
library BidWords {
    uint256 private constant MAX = 96;
    uint256 private constant SLOT = 160;
    uint256 private constant FILLED = 192;

    // forge-lint: disable-start(unsafe-typecast)
    function pack(uint96 price, uint64 maxWh, uint32 slot_) internal pure returns (BidWord) {
        return BidWord.wrap(price | (uint256(maxWh) << MAX) | (uint256(slot_) << SLOT));
    }

    function pricePerKwh(BidWord bid) internal pure returns (uint96) {
        return uint96(BidWord.unwrap(bid));
    }

    function maxWhPerSlot(BidWord bid) internal pure returns (uint64) {
        return uint64(BidWord.unwrap(bid) >> MAX);
    }

    function slot(BidWord bid) internal pure returns (uint32) {
        return uint32(BidWord.unwrap(bid) >> SLOT);
    }

    function filledWh(BidWord bid) internal pure returns (uint64) {
        return uint64(BidWord.unwrap(bid) >> FILLED);
    }

    /// @return what the bid may still buy in its slot
    function roomWh(BidWord bid) internal pure returns (uint64) {
        unchecked {
            return bid.maxWhPerSlot() - bid.filledWh();
        }
    }

    function key(BidCell storage cell) internal pure returns (uint256 key_) {
        assembly ("memory-safe") {
            key_ := cell.slot
        }
    }

    function at(uint256 key_) internal pure returns (BidCell storage cell) {
        assembly ("memory-safe") {
            cell.slot := key_
        }
    }

    /// @dev The caller knows that the bid has room for so much.
    function fill(BidWord bid, uint64 energyWh) internal pure returns (BidWord) {
        unchecked {
            return BidWord.wrap(BidWord.unwrap(bid) + (uint256(energyWh) << FILLED));
        }
    }
    // forge-lint: disable-end(unsafe-typecast)
}

/// @title  Writes a struct of one word with one SSTORE
/// @dev    The compiler would read and write the word again for each member, some 250 gas each. Members lie in the
///         order of the struct, from the low bits up.
library Words {
    uint256 private constant CARBON = 96;
    uint256 private constant EARNED = 160;

    function store(
        IGridX.House storage house,
        address owner,
        uint32 capacityWatts,
        uint32 newestSlot,
        uint32 attestedBitmap
    ) internal {
        uint256 word = uint256(uint160(owner)) | (uint256(capacityWatts) << 160) | (uint256(newestSlot) << 192)
            | (uint256(attestedBitmap) << 224);
        assembly ("memory-safe") {
            sstore(house.slot, word)
        }
    }

    function load(IGridX.Account storage account) internal view returns (uint256 word) {
        assembly ("memory-safe") {
            word := sload(account.slot)
        }
    }

    /// @dev Takes `paid` from the balance, which holds it, and adds carbon, to what was earned ever too. Reverts where
    ///      that leaves 64 bits; the wallet never holds more.
    /// @param word what the account holds
    function store(IGridX.Account storage account, uint256 word, uint256 paid, uint64 carbonGrams) internal {
        // forge-lint: disable-next-line(unsafe-typecast)
        uint256 earned = uint64(word >> EARNED) + carbonGrams;
        unchecked {
            word = ((word - paid + (uint256(carbonGrams) << CARBON)) & type(uint160).max) | (earned << EARNED);
        }
        assembly ("memory-safe") {
            sstore(account.slot, word)
        }
    }

    /// @return pointer where memory is free now
    function freeMemory() internal pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := mload(0x40)
        }
    }

    /// @dev Only where nothing allocated since `freeMemory` gave `pointer` is used any more.
    function releaseMemory(uint256 pointer) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, pointer)
        }
    }
}
