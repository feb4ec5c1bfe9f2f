// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IGridX} from "./interfaces/IGridX.sol";

/// @title  The ledger head: one word that commits to every fact, in order
/// @dev    A call folds its facts into a local `head` and writes it back once, before any token moves.
abstract contract Ledger is IGridX {
    /// @inheritdoc IGridX
    IERC20 public immutable override token;
    /// @inheritdoc IGridX
    uint32 public immutable override slotDuration;
    /// @inheritdoc IGridX
    uint16 public immutable override ringLength;

    /// @inheritdoc IGridX
    bytes32 public override head;

    uint256 private constant SHORTEST_SLOT = 60;
    uint256 private constant LONGEST_SLOT = 1 days;

    constructor(IERC20 token_, uint32 slotDuration_, uint16 ringLength_) {
        require(address(token_).code.length != 0, InvalidAddress(address(token_)));
        _requireRange("slotDuration", slotDuration_, SHORTEST_SLOT, LONGEST_SLOT);
        _requireRange("ringLength", ringLength_, 2, type(uint16).max);
        token = token_;
        slotDuration = slotDuration_;
        ringLength = ringLength_;
        head = keccak256(abi.encode(block.chainid, address(this), token_, slotDuration_, ringLength_));
    }

    /// @inheritdoc IGridX
    function currentSlot() public view override returns (uint32) {
        // 32 bits of the shortest slots reach beyond the year 10,000.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint32(block.timestamp / slotDuration);
    }

    /// @dev    Appends a fact and emits its event, both from one encoding, so that they can't differ and the code stays
    ///         small. For events whose fields are words; those with text, and trades, are written out.
    /// @param  indexedFields how many of the fields are indexed; they come first
    /// @param  fact          `abi.encode(head, topic0, block.timestamp, field, field, ...)`
    /// @return newHead       its hash
    function _append(uint256 indexedFields, bytes memory fact) internal returns (bytes32 newHead) {
        assembly ("memory-safe") {
            let topic0 := mload(add(fact, 0x40))
            let topic1 := mload(add(fact, 0x80))
            let topic2 := mload(add(fact, 0xa0))
            let topic3 := mload(add(fact, 0xc0))
            let end := add(add(fact, 0x20), mload(fact))
            let data := add(add(fact, 0x80), shl(5, indexedFields))
            let size := sub(end, data)
            switch indexedFields
            case 0 { log1(data, size, topic0) }
            case 1 { log2(data, size, topic0, topic1) }
            case 2 { log3(data, size, topic0, topic1, topic2) }
            default { log4(data, size, topic0, topic1, topic2, topic3) }
            newHead := keccak256(add(fact, 0x20), mload(fact))
        }
    }

    /// @param parameter its name, as a word: a string at each call would take much code
    function _requireRange(bytes32 parameter, uint256 given, uint256 lowest, uint256 highest) internal pure {
        if (given < lowest || given > highest) revert OutOfRange(_text(parameter), given, lowest, highest);
    }

    function _requireText(bytes32 parameter, string calldata text, uint256 longest) internal pure {
        uint256 length = bytes(text).length;
        if (length > longest) revert TextTooLong(_text(parameter), length, longest);
    }

    function _text(bytes32 word) private pure returns (string memory) {
        uint256 length = 0;
        while (word[length] != 0) ++length;
        bytes memory text = abi.encodePacked(word);
        assembly ("memory-safe") {
            mstore(text, length)
        }
        return string(text);
    }
}
