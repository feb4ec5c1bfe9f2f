// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "./interfaces/IGridX.sol";
import {Accounts} from "./Accounts.sol";

/// @title  Carbon earned by buying solar energy, retired by claims
abstract contract CarbonWallet is Accounts {
    uint256 private constant LONGEST_BENEFICIARY = 128;
    uint256 private constant LONGEST_REASON = 512;
    uint256 private constant WH_PER_MWH = 1_000_000;

    /// @inheritdoc IGridX
    function spendCarbon(uint64 grams, string calldata beneficiary, string calldata reason)
        external
        override
        returns (bytes32 claimId)
    {
        require(grams != 0, ZeroAmount());
        _requireText("beneficiary", beneficiary, LONGEST_BENEFICIARY);
        _requireText("reason", reason, LONGEST_REASON);
        uint64 available = _accounts[msg.sender].carbonGrams;
        require(grams <= available, InsufficientCarbon(msg.sender, grams, available));
        unchecked {
            _accounts[msg.sender].carbonGrams = available - grams;
        }
        claimId =
            keccak256(abi.encode(head, CarbonSpent.selector, block.timestamp, msg.sender, grams, beneficiary, reason));
        head = claimId;
        emit CarbonSpent(claimId, msg.sender, grams, beneficiary, reason);
    }

    /// @dev `energyWh` fits 64 bits and the factor 21, so the product fits; SafeCast is not needed: what a lot can hold
    ///      (32 bits of watts over at most a day) makes less than 2^39 grams.
    function _carbonGramsOf(uint64 energyWh, uint256 gramsPerMwh) internal pure returns (uint64) {
        // forge-lint: disable-next-item(unsafe-typecast)
        unchecked {
            return uint64(energyWh * gramsPerMwh / WH_PER_MWH);
        }
    }
}
