// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "./interfaces/IGridX.sol";

/// @title  Writes a struct of one word with one SSTORE
/// @dev    The compiler would read and write the word again for each member, some 250 gas each. Members lie in the
///         order of the struct, from the low bits up.
library Words {
    /// @dev Lowest bit of a lot's `soldWh` and of a bid's `filledWh`.
    uint256 internal constant LOT_SOLD = 96;
    uint256 internal constant BID_FILLED = 192;

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

    function store(IGridX.Lot storage lot, uint32 slot, uint64 attestedWh, uint64 soldWh, uint96 ask) internal {
        uint256 word = uint256(slot) | (uint256(attestedWh) << 32) | (uint256(soldWh) << 96) | (uint256(ask) << 160);
        assembly ("memory-safe") {
            sstore(lot.slot, word)
        }
    }

    function store(IGridX.Account storage account, uint96 balance, uint64 carbonGrams, uint64 carbonEarnedGrams)
        internal
    {
        uint256 word = uint256(balance) | (uint256(carbonGrams) << 96) | (uint256(carbonEarnedGrams) << 160);
        assembly ("memory-safe") {
            sstore(account.slot, word)
        }
    }

    function bidWord(uint96 pricePerKwh, uint64 maxWhPerSlot, uint32 slot, uint64 filledWh)
        internal
        pure
        returns (uint256)
    {
        return uint256(pricePerKwh) | (uint256(maxWhPerSlot) << 96) | (uint256(slot) << 160)
            | (uint256(filledWh) << BID_FILLED);
    }

    function store(IGridX.Bid storage bid, uint96 pricePerKwh, uint64 maxWhPerSlot, uint32 slot) internal {
        uint256 word = bidWord(pricePerKwh, maxWhPerSlot, slot, 0);
        assembly ("memory-safe") {
            sstore(bid.slot, word)
        }
    }

    function load(IGridX.Bid storage bid) internal view returns (uint256 key, uint256 word) {
        assembly ("memory-safe") {
            key := bid.slot
            word := sload(key)
        }
    }

    function load(IGridX.Lot storage lot) internal view returns (uint256 key, uint256 word) {
        assembly ("memory-safe") {
            key := lot.slot
            word := sload(key)
        }
    }

    function write(uint256 key, uint256 word) internal {
        assembly ("memory-safe") {
            sstore(key, word)
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
