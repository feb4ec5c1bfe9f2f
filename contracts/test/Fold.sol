// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {VmSafe} from "forge-std/Vm.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";

/// @notice The ledger head recomputed from logs, written from its description in `IGridX`, not from the contract.
/// @dev    Every event must be known here, so that a new one is either folded or named as no fact.
library Fold {
    error UnknownEvent(bytes32 topic0);
    error IdIsNotTheHead(bytes32 id, bytes32 head);

    /// @param timestamp of the block of these logs
    function fold(bytes32 head, VmSafe.Log[] memory logs, address gridx, uint256 timestamp)
        internal
        pure
        returns (bytes32)
    {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == gridx) head = fold(head, logs[i], timestamp);
        }
        return head;
    }

    function fold(bytes32 head, VmSafe.Log memory log, uint256 timestamp) internal pure returns (bytes32) {
        bytes32 topic0 = log.topics[0];
        if (isNoFact(topic0)) return head;
        bytes memory start = abi.encode(head, topic0, timestamp);
        if (topic0 == IGridX.EmissionFactorSet.selector) {
            (uint32 grams, string memory source, string memory vintage) = abi.decode(log.data, (uint32, string, string));
            return keccak256(abi.encode(head, topic0, timestamp, grams, source, vintage));
        }
        if (topic0 == IGridX.EmergencyDeclared.selector) {
            (uint96 cap, uint64 normalWh, uint64 essentialWh, uint40 endsAt, string memory reason) =
                abi.decode(log.data, (uint96, uint64, uint64, uint40, string));
            return keccak256(abi.encode(head, topic0, timestamp, cap, normalWh, essentialWh, endsAt, reason));
        }
        if (topic0 == IGridX.CarbonSpent.selector) {
            (uint64 grams, string memory beneficiary, string memory reason) =
                abi.decode(log.data, (uint64, string, string));
            address account = address(uint160(uint256(log.topics[2])));
            return named(log, keccak256(abi.encode(head, topic0, timestamp, account, grams, beneficiary, reason)));
        }
        if (topic0 == IGridX.EnergyTradeLogged.selector) {
            return named(log, keccak256(bytes.concat(start, log.topics[2], log.topics[3], log.data)));
        }
        requireStatic(topic0);
        // All fields are words, indexed ones first.
        for (uint256 i = 1; i < log.topics.length; ++i) {
            start = bytes.concat(start, log.topics[i]);
        }
        return keccak256(bytes.concat(start, log.data));
    }

    function isNoFact(bytes32 topic0) internal pure returns (bool) {
        return topic0 == IGridX.ReadingRejected.selector || topic0 == IGridX.FillSkipped.selector
            || topic0 == IGridX.CarbonEarned.selector || topic0 == Pausable.Paused.selector
            || topic0 == Pausable.Unpaused.selector || topic0 == IAccessControl.RoleGranted.selector
            || topic0 == IAccessControl.RoleRevoked.selector;
    }

    function requireStatic(bytes32 topic0) private pure {
        require(
            topic0 == IGridX.HouseRegistered.selector || topic0 == IGridX.HouseUpdated.selector
                || topic0 == IGridX.MeterReplaced.selector || topic0 == IGridX.HouseRetired.selector
                || topic0 == IGridX.TierSet.selector || topic0 == IGridX.EnergyAttested.selector
                || topic0 == IGridX.AskSet.selector || topic0 == IGridX.LotAskSet.selector
                || topic0 == IGridX.Deposited.selector || topic0 == IGridX.Withdrawn.selector
                || topic0 == IGridX.FeesCollected.selector || topic0 == IGridX.MarketParametersSet.selector
                || topic0 == IGridX.BidSet.selector || topic0 == IGridX.SlotCleared.selector
                || topic0 == IGridX.EmergencyEnded.selector,
            UnknownEvent(topic0)
        );
    }

    /// @dev The id that an event carries is the head that it makes.
    function named(VmSafe.Log memory log, bytes32 head) private pure returns (bytes32) {
        require(log.topics[1] == head, IdIsNotTheHead(log.topics[1], head));
        return head;
    }
}
