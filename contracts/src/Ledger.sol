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

    function _requireRange(string memory parameter, uint256 given, uint256 lowest, uint256 highest) internal pure {
        require(given >= lowest && given <= highest, OutOfRange(parameter, given, lowest, highest));
    }

    function _requireText(string memory parameter, string calldata text, uint256 longest) internal pure {
        uint256 length = bytes(text).length;
        require(length <= longest, TextTooLong(parameter, length, longest));
    }
}
