// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {CarbonWallet} from "./CarbonWallet.sol";
import {Emergency} from "./Emergency.sol";
import {EnergyLots} from "./EnergyLots.sol";
import {Words} from "./Words.sol";

/// @title  One trade: energy, money and carbon change hands at once
abstract contract Settlement is EnergyLots, CarbonWallet, Emergency {
    using Words for Account;

    uint256 private constant WH_PER_KWH = 1000;

    /// @dev What the trades of one call share: the rules, read once; ledger head and fees, written back once.
    struct Trading {
        uint256 feeBps;
        uint256 gramsPerMwh;
        bool membersOnly;
        bool emergency;
        bytes32 head;
        uint256 fees;
    }

    /// @dev Ends with `_finish`.
    function _trading() internal view returns (Trading memory) {
        return Trading(_feeBps, _gramsPerMwh, _membersOnly, _isEmergency(), head, 0);
    }

    /// @dev Each fee is part of a sum that fitted a balance of 96 bits, but many of them might not.
    function _finish(Trading memory trading) internal {
        _accruedFees = SafeCast.toUint96(_accruedFees + trading.fees);
        head = trading.head;
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

    /// @dev The caller has checked limits and allowance, takes the energy from the lot, and knows that buyer and seller
    ///      differ and that the buyer's money covers payment and fee, so that both fit 96 bits.
    /// @param account the buyer's
    /// @param held    its word
    /// @param paid    what the trade takes from its balance
    function _settle(
        Trading memory trading,
        Account storage account,
        uint256 held,
        uint256 paid,
        address seller,
        address buyer,
        uint32 slot,
        uint64 energyWh,
        uint96 pricePerKwh,
        uint256 payment,
        uint256 fee
    ) internal {
        uint64 carbonGrams = _carbonGramsOf(energyWh, trading.gramsPerMwh);
        account.store(held, paid, carbonGrams);
        // forge-lint: disable-next-item(unsafe-typecast)
        _accounts[seller].balance += uint96(payment);
        if (trading.emergency) _useAllowance(buyer, energyWh);
        unchecked {
            trading.fees += fee;
        }
        trading.head = _recordTrade(
            trading.head,
            uint256(uint160(seller)),
            uint256(uint160(buyer)),
            slot,
            energyWh,
            pricePerKwh,
            fee,
            carbonGrams
        );
    }

    function _isMember(Trading memory trading, address buyer) internal view returns (bool) {
        return !trading.membersOnly || _participants[buyer].tier != Tier.None;
    }

    function _least(uint64 a, uint64 b) internal pure returns (uint64) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint64(Math.min(a, b));
    }

    /// @dev The fact of a trade and both its events from one encoding: the data of `EnergyTradeLogged` are the last five
    ///      words of the fact, those of `CarbonEarned` the last one. Encoding each anew costs 600 gas a trade.
    function _recordTrade(
        bytes32 head_,
        uint256 seller,
        uint256 buyer,
        uint256 slot,
        uint256 energyWh,
        uint256 pricePerKwh,
        uint256 feePaid,
        uint256 carbonGrams
    ) private returns (bytes32 tradeId) {
        bytes32 traded = EnergyTradeLogged.selector;
        bytes32 earned = CarbonEarned.selector;
        assembly ("memory-safe") {
            let fact := mload(0x40)
            mstore(fact, head_)
            mstore(add(fact, 0x20), traded)
            mstore(add(fact, 0x40), timestamp())
            mstore(add(fact, 0x60), seller)
            mstore(add(fact, 0x80), buyer)
            mstore(add(fact, 0xa0), slot)
            mstore(add(fact, 0xc0), energyWh)
            mstore(add(fact, 0xe0), pricePerKwh)
            mstore(add(fact, 0x100), feePaid)
            mstore(add(fact, 0x120), carbonGrams)
            tradeId := keccak256(fact, 0x140)
            log4(add(fact, 0xa0), 0xa0, traded, tradeId, seller, buyer)
            log3(add(fact, 0x120), 0x20, earned, buyer, tradeId)
        }
    }
}
