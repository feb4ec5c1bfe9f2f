// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "./interfaces/IGridX.sol";
import {Houses} from "./Houses.sol";

/// @title  The neighbourhood as an island: a price cap, and allowances by tier
/// @dev    The end lies in the word that each trade reads anyway, so outside an emergency a trade pays nothing for this.
abstract contract Emergency is Houses {
    uint256 private constant LONGEST_EMERGENCY = 7 days;
    uint256 private constant LONGEST_CAUSE = 512;

    /// @dev `endsAt` of this word is not used; `_emergencyEndsAt` is.
    EmergencyRules private _emergency;

    /// @inheritdoc IGridX
    function declareEmergency(
        uint96 priceCap,
        uint64 normalWhPerSlot,
        uint64 essentialWhPerSlot,
        uint40 endsAt,
        string calldata reason
    ) external override onlyRole(GRID_OPERATOR_ROLE) {
        _requireRange("endsAt", endsAt, block.timestamp + 1, block.timestamp + LONGEST_EMERGENCY);
        _requireText("reason", reason, LONGEST_CAUSE);
        _emergency = EmergencyRules(priceCap, normalWhPerSlot, essentialWhPerSlot, 0);
        _emergencyEndsAt = endsAt;
        emit EmergencyDeclared(priceCap, normalWhPerSlot, essentialWhPerSlot, endsAt, reason);
        head = keccak256(
            abi.encode(
                head,
                EmergencyDeclared.selector,
                block.timestamp,
                priceCap,
                normalWhPerSlot,
                essentialWhPerSlot,
                endsAt,
                reason
            )
        );
    }

    /// @inheritdoc IGridX
    function endEmergency() external override onlyRole(GRID_OPERATOR_ROLE) {
        require(_isEmergency(), NoEmergency());
        _emergencyEndsAt = 0;
        head = _append(0, abi.encode(head, EmergencyEnded.selector, block.timestamp));
    }

    /// @inheritdoc IGridX
    function emergency() external view override returns (EmergencyRules memory rules) {
        if (!_isEmergency()) return rules;
        rules = _emergency;
        rules.endsAt = _emergencyEndsAt;
    }

    /// @inheritdoc IGridX
    function allowanceOf(address buyer) public view override returns (uint64 energyWh) {
        if (!_isEmergency()) return type(uint64).max;
        Participant storage participant = _participants[buyer];
        Tier tier = participant.tier;
        if (tier == Tier.None) return 0;
        if (tier == Tier.Critical) return type(uint64).max;
        uint64 allowance = tier == Tier.Normal ? _emergency.normalWhPerSlot : _emergency.essentialWhPerSlot;
        uint64 used = participant.usedSlot == currentSlot() ? participant.usedWh : 0;
        return allowance > used ? allowance - used : 0;
    }

    function _isEmergency() internal view returns (bool) {
        // A block producer may shift the end by seconds; nothing hangs on them.
        // forge-lint: disable-next-line(block-timestamp)
        return block.timestamp < _emergencyEndsAt;
    }

    /// @dev Only in an emergency; the caller has checked `allowanceOf`. Tier 3 is counted too, so that a change of tier
    ///      within a slot forgets nothing.
    function _useAllowance(address buyer, uint64 energyWh) internal {
        Participant storage participant = _participants[buyer];
        uint32 current = currentSlot();
        participant.usedWh = participant.usedSlot == current ? participant.usedWh + energyWh : energyWh;
        participant.usedSlot = current;
    }

    /// @dev Means something only in an emergency.
    function _priceCap() internal view returns (uint96) {
        return _emergency.priceCap;
    }
}
