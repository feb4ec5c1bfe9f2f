// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "./interfaces/IGridX.sol";
import {Parameters} from "./Parameters.sol";

/// @title  Houses by their meter keys, and participants' tiers
abstract contract Houses is Parameters {
    /// @dev Slots that a house's bitmap remembers: the newest and 31 before it.
    uint32 internal constant BITMAP_SLOTS = 32;

    mapping(address meter => House) internal _houses;
    mapping(address participant => Participant) internal _participants;

    /// @inheritdoc IGridX
    function registerHouse(address meter, address owner, uint32 capacityWatts)
        external
        override
        onlyRole(REGISTRAR_ROLE)
    {
        _requireNewMeter(meter);
        _requireHouse(owner, capacityWatts);
        uint32 fromSlot = currentSlot();
        // All slots before the registration count as attested, so that none of them can be.
        _houses[meter] = House(owner, capacityWatts, fromSlot - 1, type(uint32).max);
        head = _append(
            2, abi.encode(head, HouseRegistered.selector, block.timestamp, meter, owner, capacityWatts, fromSlot)
        );
    }

    /// @inheritdoc IGridX
    function updateHouse(address meter, address owner, uint32 capacityWatts)
        external
        override
        onlyRole(REGISTRAR_ROLE)
    {
        House storage house = _activeHouse(meter);
        _requireHouse(owner, capacityWatts);
        house.owner = owner;
        house.capacityWatts = capacityWatts;
        head = _append(2, abi.encode(head, HouseUpdated.selector, block.timestamp, meter, owner, capacityWatts));
    }

    /// @inheritdoc IGridX
    function replaceMeter(address oldMeter, address newMeter) external override onlyRole(REGISTRAR_ROLE) {
        House storage house = _activeHouse(oldMeter);
        _requireNewMeter(newMeter);
        _houses[newMeter] = house;
        house.owner = address(0);
        head = _append(2, abi.encode(head, MeterReplaced.selector, block.timestamp, oldMeter, newMeter));
    }

    /// @inheritdoc IGridX
    function retireHouse(address meter) external override onlyRole(REGISTRAR_ROLE) {
        _activeHouse(meter).owner = address(0);
        head = _append(1, abi.encode(head, HouseRetired.selector, block.timestamp, meter));
    }

    /// @inheritdoc IGridX
    function setTier(address participant, Tier tier) external override onlyRole(REGISTRAR_ROLE) {
        require(participant != address(0), InvalidAddress(participant));
        _participants[participant].tier = tier;
        head = _append(1, abi.encode(head, TierSet.selector, block.timestamp, participant, tier));
    }

    /// @inheritdoc IGridX
    function houseOf(address meter) external view override returns (House memory) {
        return _houses[meter];
    }

    /// @inheritdoc IGridX
    function participantOf(address participant) external view override returns (Participant memory) {
        return _participants[participant];
    }

    /// @dev A word of a house that ever was has bit 0 of its bitmap set.
    function _requireNewMeter(address meter) private view {
        require(meter != address(0), InvalidAddress(meter));
        require(_houses[meter].attestedBitmap == 0, MeterAlreadyRegistered(meter));
    }

    function _requireHouse(address owner, uint32 capacityWatts) private view {
        require(owner != address(0) && owner != address(this), InvalidAddress(owner));
        _requireRange("capacityWatts", capacityWatts, 1, type(uint32).max);
    }

    function _activeHouse(address meter) private view returns (House storage house) {
        house = _houses[meter];
        require(house.owner != address(0), MeterNotActive(meter));
    }
}
