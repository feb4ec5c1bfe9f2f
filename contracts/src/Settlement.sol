// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {CarbonWallet} from "./CarbonWallet.sol";
import {Emergency} from "./Emergency.sol";
import {EnergyLots} from "./EnergyLots.sol";
import {Words} from "./Words.sol";

/// @title  One trade: energy, money and carbon change hands at once
abstract contract Settlement is EnergyLots, CarbonWallet, Emergency {
    using Words for Account;

    uint256 private constant WH_PER_KWH = 1000;

    /// @dev What a trade needs of the rules, read once a call, and the fees that the call has made.
    struct Terms {
        uint256 feeBps;
        uint256 gramsPerMwh;
        bool emergency;
        bool membersOnly;
        uint256 fees;
    }

    function _terms() internal view returns (Terms memory) {
        return Terms(_feeBps, _gramsPerMwh, _isEmergency(), _membersOnly, 0);
    }

    /// @dev The payment rounds up, the fee down. Unchecked: 64 bits times 96 fit, and so does a tenth more.
    function _costOf(uint64 energyWh, uint96 pricePerKwh, uint256 feeBps)
        internal
        pure
        returns (uint256 payment, uint256 fee)
    {
        unchecked {
            payment = (uint256(energyWh) * pricePerKwh + (WH_PER_KWH - 1)) / WH_PER_KWH;
            fee = payment * feeBps / BPS;
        }
    }

    /// @dev Rounded up, so that comparing it with a whole limit is exact.
    function _priceWithFee(uint96 pricePerKwh, uint256 feeBps) internal pure returns (uint256) {
        return Math.ceilDiv(uint256(pricePerKwh) * (BPS + feeBps), BPS);
    }

    /// @dev The caller has checked limits and allowance, has taken the energy from the lot, and knows that the buyer's
    ///      balance covers `payment + fee`, so that both fit 96 bits. The caller books `terms.fees` when it is done.
    function _settle(
        Terms memory terms,
        address seller,
        address buyer,
        uint32 slot,
        uint64 energyWh,
        uint96 pricePerKwh,
        uint256 payment,
        uint256 fee,
        bytes32 head_
    ) internal returns (bytes32 tradeId) {
        uint64 carbonGrams = _carbonGramsOf(energyWh, terms.gramsPerMwh);
        Account storage account = _accounts[buyer];
        // forge-lint: disable-next-item(unsafe-typecast)
        account.store(
            account.balance - uint96(payment + fee),
            account.carbonGrams + carbonGrams,
            account.carbonEarnedGrams + carbonGrams
        );
        // forge-lint: disable-next-item(unsafe-typecast)
        _accounts[seller].balance += uint96(payment);
        terms.fees += fee;
        if (terms.emergency) _useAllowance(buyer, energyWh);
        uint256 memoryPointer = Words.freeMemory();
        tradeId = keccak256(
            abi.encode(
                head_,
                EnergyTradeLogged.selector,
                block.timestamp,
                seller,
                buyer,
                slot,
                energyWh,
                pricePerKwh,
                fee,
                carbonGrams
            )
        );
        // The encoding is not used after its hash; a large clearing would pay for it quadratically.
        Words.releaseMemory(memoryPointer);
        // forge-lint: disable-next-item(unsafe-typecast)
        emit EnergyTradeLogged(tradeId, seller, buyer, slot, energyWh, pricePerKwh, uint96(fee), carbonGrams);
        emit CarbonEarned(buyer, tradeId, carbonGrams);
    }

    /// @dev Each fee is part of a sum that fitted a balance of 96 bits, but many of them might not.
    function _bookFees(Terms memory terms) internal {
        _accruedFees = SafeCast.toUint96(_accruedFees + terms.fees);
    }

    function _isMember(Terms memory terms, address buyer) internal view returns (bool) {
        return !terms.membersOnly || _participants[buyer].tier != Tier.None;
    }

    function _least(uint64 a, uint64 b) internal pure returns (uint64) {
        return a < b ? a : b;
    }
}
