// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {EnergyLots} from "./EnergyLots.sol";
import {EnergyMarket} from "./EnergyMarket.sol";
import {Ledger} from "./Ledger.sol";
import {Parameters} from "./Parameters.sol";
import {SlotClearing} from "./SlotClearing.sol";

/// @title  GridX, the contract of one community
/// @notice Neighbours sell metered solar surplus to each other; see `IGridX` for every call. Not upgradeable.
contract GridX is EnergyMarket, SlotClearing, Multicall {
    constructor(Deployment memory deployment)
        Ledger(deployment.token, deployment.slotDuration, deployment.ringLength)
        Parameters(deployment)
        EnergyLots()
    {}
}
