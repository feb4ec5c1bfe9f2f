// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IGridX} from "./interfaces/IGridX.sol";
import {Ledger} from "./Ledger.sol";

/// @title  Roles, pause and the market's rules
/// @dev    What a trade reads of the rules shares one word with the pause flag and the accrued fees, so that a trade
///         reads and writes it once. Keep these variables directly after `Pausable` and within one word.
abstract contract Parameters is Ledger, AccessControlDefaultAdminRules, Pausable {
    /// @notice Registers houses and sets tiers.
    bytes32 public constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");
    /// @notice Pauses and unpauses.
    bytes32 public constant PAUSER_ROLE = keccak256("PAUSER_ROLE");

    /// @notice Clears slots.
    bytes32 public constant MARKET_OPERATOR_ROLE = keccak256("MARKET_OPERATOR_ROLE");
    /// @notice Declares and ends emergencies.
    bytes32 public constant GRID_OPERATOR_ROLE = keccak256("GRID_OPERATOR_ROLE");

    uint256 internal constant BPS = 10_000;
    uint256 internal constant MAX_FEE_BPS = 1000;
    /// @dev Twice what the dirtiest grid emits; keeps carbon far below 64 bits.
    uint256 internal constant MAX_GRAMS_PER_MWH = 2_000_000;
    uint256 private constant LONGEST_SOURCE = 256;

    // One word with Pausable's flag: 8 + 16 + 16 + 16 + 8 + 32 + 96 + 40 bits.
    uint16 internal _feeBps;
    uint16 internal _tradingWindow;
    uint16 internal _shelfDelaySlots;
    bool internal _membersOnly;
    uint32 internal _gramsPerMwh;
    uint96 internal _accruedFees;
    /// @dev Unix seconds until which `Emergency` limits trades.
    uint40 internal _emergencyEndsAt;

    uint96 internal _minPrice;
    uint96 internal _maxPrice;
    address internal _treasury;

    constructor(Deployment memory deployment) AccessControlDefaultAdminRules(deployment.adminDelay, deployment.admin) {
        head = _setMarketParameters(deployment.market, head);
        head = _setEmissionFactor(deployment.emissionFactor, head);
    }

    /// @inheritdoc IGridX
    function setMarketParameters(MarketParameters calldata parameters) external override onlyRole(DEFAULT_ADMIN_ROLE) {
        head = _setMarketParameters(parameters, head);
    }

    /// @inheritdoc IGridX
    function setEmissionFactor(EmissionFactor calldata factor) external override onlyRole(DEFAULT_ADMIN_ROLE) {
        head = _setEmissionFactor(factor, head);
    }

    /// @inheritdoc IGridX
    function pause() external override onlyRole(PAUSER_ROLE) {
        _pause();
    }

    /// @inheritdoc IGridX
    function unpause() external override onlyRole(PAUSER_ROLE) {
        _unpause();
    }

    /// @inheritdoc IGridX
    function marketParameters() external view override returns (MarketParameters memory) {
        return MarketParameters({
            feeBps: _feeBps,
            tradingWindow: _tradingWindow,
            shelfDelaySlots: _shelfDelaySlots,
            membersOnly: _membersOnly,
            minPrice: _minPrice,
            maxPrice: _maxPrice,
            treasury: _treasury
        });
    }

    /// @inheritdoc IGridX
    function emissionFactor() external view override returns (uint32 gramsPerMwh) {
        return _gramsPerMwh;
    }

    /// @inheritdoc IGridX
    function accruedFees() external view override returns (uint96) {
        return _accruedFees;
    }

    /// @dev 0 is no price and passes.
    function _requirePrice(uint96 pricePerKwh) internal view {
        if (pricePerKwh != 0) _requireRange("pricePerKwh", pricePerKwh, _minPrice, _maxPrice);
    }

    function _setMarketParameters(MarketParameters memory p, bytes32 head_) private returns (bytes32) {
        _requireRange("feeBps", p.feeBps, 0, MAX_FEE_BPS);
        _requireRange("tradingWindow", p.tradingWindow, 1, ringLength);
        _requireRange("shelfDelaySlots", p.shelfDelaySlots, 0, p.tradingWindow - 1);
        _requireRange("minPrice", p.minPrice, 0, p.maxPrice);
        require(p.treasury != address(0) && p.treasury != address(this), InvalidAddress(p.treasury));
        _feeBps = p.feeBps;
        _tradingWindow = p.tradingWindow;
        _shelfDelaySlots = p.shelfDelaySlots;
        _membersOnly = p.membersOnly;
        _minPrice = p.minPrice;
        _maxPrice = p.maxPrice;
        _treasury = p.treasury;
        return _append(0, abi.encode(head_, MarketParametersSet.selector, block.timestamp, p));
    }

    function _setEmissionFactor(EmissionFactor memory f, bytes32 head_) private returns (bytes32) {
        _requireRange("gramsPerMwh", f.gramsPerMwh, 0, MAX_GRAMS_PER_MWH);
        _requireRange("source", bytes(f.source).length, 1, LONGEST_SOURCE);
        _requireRange("vintage", bytes(f.vintage).length, 1, LONGEST_SOURCE);
        _gramsPerMwh = f.gramsPerMwh;
        emit EmissionFactorSet(f.gramsPerMwh, f.source, f.vintage);
        return
            keccak256(
                abi.encode(head_, EmissionFactorSet.selector, block.timestamp, f.gramsPerMwh, f.source, f.vintage)
            );
    }
}
