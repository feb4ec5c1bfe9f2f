// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IGridX} from "./interfaces/IGridX.sol";
import {CarbonWallet} from "./CarbonWallet.sol";
import {EnergyLots} from "./EnergyLots.sol";
import {Words} from "./Words.sol";

/// @title  Direct purchase of lots
abstract contract EnergyMarket is EnergyLots, CarbonWallet {
    using SafeERC20 for IERC20;
    using Words for Account;

    uint256 private constant WH_PER_KWH = 1000;

    /// @dev What stands between a buyer and a lot.
    enum Obstacle {
        None,
        NotLive,
        ShelfClosed,
        NotForSale,
        PriceAboveLimit
    }

    /// @inheritdoc IGridX
    function logEnergyTrade(address seller, address buyer, uint256 energyWh, uint256 pricePerKwh)
        external
        override
        whenNotPaused
        nonReentrant
        returns (bytes32 tradeId)
    {
        require(msg.sender == buyer, OnlyBuyer(buyer, msg.sender));
        require(seller != buyer, SelfTrade(buyer));
        require(energyWh != 0, ZeroEnergy());
        _requireMember(buyer);
        uint32 slot = _sellers[seller].newestLotSlot;
        (Obstacle obstacle, uint96 ask, uint64 available) = _offer(seller, slot, pricePerKwh);
        if (obstacle != Obstacle.None) _refuse(obstacle, seller, slot, ask, pricePerKwh);
        require(energyWh <= available, InsufficientEnergy(seller, slot, energyWh, available));
        uint256 pulled;
        // At most `available`, which has 64 bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        (tradeId, pulled) = _trade(seller, buyer, slot, uint64(energyWh), ask, head);
        head = tradeId;
        if (pulled != 0) token.safeTransferFrom(buyer, address(this), pulled);
    }

    /// @inheritdoc IGridX
    function buyEnergy(Purchase[] calldata purchases, uint256 minEnergyWh)
        external
        override
        whenNotPaused
        nonReentrant
        returns (uint256 boughtWh)
    {
        _requireMember(msg.sender);
        bytes32 head_ = head;
        uint256 pulled;
        for (uint256 i = 0; i < purchases.length; ++i) {
            Purchase calldata purchase = purchases[i];
            if (purchase.seller == msg.sender) continue;
            (Obstacle obstacle, uint96 ask, uint64 available) =
                _offer(purchase.seller, purchase.slot, purchase.pricePerKwh);
            uint64 energyWh = purchase.energyWh < available ? purchase.energyWh : available;
            if (obstacle != Obstacle.None || energyWh == 0) continue;
            uint256 missing;
            (head_, missing) = _trade(purchase.seller, msg.sender, purchase.slot, energyWh, ask, head_);
            pulled += missing;
            boughtWh += energyWh;
        }
        require(boughtWh != 0 && boughtWh >= minEnergyWh, BasketBelowMinimum(boughtWh, minEnergyWh));
        head = head_;
        if (pulled != 0) token.safeTransferFrom(msg.sender, address(this), pulled);
    }

    /// @inheritdoc IGridX
    function quoteOf(address seller, uint32 slot)
        external
        view
        override
        returns (uint64 availableWh, uint96 ask, uint256 priceWithFee)
    {
        Obstacle obstacle;
        (obstacle, ask, availableWh) = _offer(seller, slot, type(uint256).max);
        if (obstacle != Obstacle.None) availableWh = 0;
        priceWithFee = _priceWithFee(ask);
    }

    /// @dev The order of these checks is the order in which a purchase is told what is wrong.
    function _offer(address seller, uint32 slot, uint256 limit)
        private
        view
        returns (Obstacle obstacle, uint96 ask, uint64 available)
    {
        Lot storage lot = _lotCell(seller, slot);
        uint32 current = currentSlot();
        if (!_isLive(lot, slot, current)) return (Obstacle.NotLive, 0, 0);
        ask = lot.ask;
        available = lot.attestedWh - lot.soldWh;
        if (current - slot <= _shelfDelaySlots) obstacle = Obstacle.ShelfClosed;
        else if (ask == 0) obstacle = Obstacle.NotForSale;
        else if (_priceWithFee(ask) > limit) obstacle = Obstacle.PriceAboveLimit;
    }

    function _refuse(Obstacle obstacle, address seller, uint32 slot, uint96 ask, uint256 limit) private view {
        if (obstacle == Obstacle.NotLive) revert LotNotLive(seller, slot, currentSlot());
        if (obstacle == Obstacle.ShelfClosed) revert ShelfClosed(seller, slot, slot + 1 + _shelfDelaySlots);
        if (obstacle == Obstacle.NotForSale) revert NotForSale(seller, slot);
        revert PriceAboveLimit(seller, slot, _priceWithFee(ask), limit);
    }

    /// @dev The caller has checked the lot. Whatever the buyer's account lacks is booked as a deposit before the trade
    ///      and returned as `pulled`, for the caller to transfer once all state is written.
    function _trade(address seller, address buyer, uint32 slot, uint64 energyWh, uint96 ask, bytes32 head_)
        private
        returns (bytes32 tradeId, uint256 pulled)
    {
        uint256 payment = Math.ceilDiv(uint256(energyWh) * ask, WH_PER_KWH);
        uint256 fee = payment * _feeBps / BPS;
        uint64 carbonGrams = _carbonGramsOf(energyWh);
        // Payment and fee fit 96 bits: their sum is covered by a balance or checked below.
        // forge-lint: disable-next-item(unsafe-typecast)
        {
            Account storage account = _accounts[buyer];
            uint256 cost = payment + fee;
            uint96 balance = account.balance;
            if (balance < cost) {
                require(cost <= type(uint96).max, InsufficientBalance(buyer, cost, balance));
                pulled = cost - balance;
                head_ = _recordDeposit(buyer, uint96(pulled), head_);
                balance = 0;
            } else {
                balance -= uint96(cost);
            }
            account.store(balance, account.carbonGrams + carbonGrams, account.carbonEarnedGrams + carbonGrams);
            _accounts[seller].balance += uint96(payment);
            _accruedFees += uint96(fee);
            _lotCell(seller, slot).soldWh += energyWh;
            tradeId = keccak256(
                abi.encode(
                    head_,
                    EnergyTradeLogged.selector,
                    block.timestamp,
                    seller,
                    buyer,
                    slot,
                    energyWh,
                    ask,
                    fee,
                    carbonGrams
                )
            );
            emit EnergyTradeLogged(tradeId, seller, buyer, slot, energyWh, ask, uint96(fee), carbonGrams);
        }
        emit CarbonEarned(buyer, tradeId, carbonGrams);
    }

    /// @dev Rounded up, so that comparing it with a whole limit is exact.
    function _priceWithFee(uint96 ask) private view returns (uint256) {
        return Math.ceilDiv(uint256(ask) * (BPS + _feeBps), BPS);
    }

    function _requireMember(address buyer) private view {
        require(!_membersOnly || _participants[buyer].tier != Tier.None, NotAMember(buyer));
    }
}
