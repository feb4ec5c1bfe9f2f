// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "./interfaces/IGridX.sol";

/// @title  Writes a struct of one word with one SSTORE
/// @dev    The compiler would read and write the word again for each member, some 250 gas each. Members lie in the
///         order of the struct, from the low bits up.
library Words {
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
