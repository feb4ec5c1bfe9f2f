// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IGridX} from "./interfaces/IGridX.sol";
import {Settlement} from "./Settlement.sol";

/// @title  Direct purchase of lots
abstract contract EnergyMarket is Settlement {
    using SafeERC20 for IERC20;

    /// @dev What stands between a buyer and a lot.
    enum Obstacle {
        None,
        NotLive,
        ShelfClosed,
        NotForSale,
        PriceAboveLimit,
        PriceAboveCap
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
        Terms memory terms = _terms();
        require(_isMember(terms, buyer), NotAMember(buyer));
        uint32 slot = _sellers[seller].newestLotSlot;
        (Obstacle obstacle, uint96 ask, uint64 available) = _offer(terms, seller, slot, pricePerKwh);
        if (obstacle != Obstacle.None) _refuse(obstacle, seller, slot, ask, pricePerKwh);
        require(energyWh <= available, InsufficientEnergy(seller, slot, energyWh, available));
        uint64 allowance = allowanceOf(buyer);
        require(energyWh <= allowance, AllowanceExceeded(buyer, energyWh, allowance));
        uint256 pulled;
        // At most `available`, which has 64 bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        (tradeId, pulled) = _buy(terms, seller, buyer, slot, uint64(energyWh), ask, head);
        _bookFees(terms);
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
        Terms memory terms = _terms();
        require(_isMember(terms, msg.sender), NotAMember(msg.sender));
        bytes32 head_ = head;
        uint256 pulled;
        for (uint256 i = 0; i < purchases.length; ++i) {
            Purchase calldata purchase = purchases[i];
            if (purchase.seller == msg.sender) continue;
            (Obstacle obstacle, uint96 ask, uint64 available) =
                _offer(terms, purchase.seller, purchase.slot, purchase.pricePerKwh);
            uint64 energyWh = _least(_least(purchase.energyWh, available), allowanceOf(msg.sender));
            if (obstacle != Obstacle.None || energyWh == 0) continue;
            uint256 missing;
            (head_, missing) = _buy(terms, purchase.seller, msg.sender, purchase.slot, energyWh, ask, head_);
            pulled += missing;
            boughtWh += energyWh;
        }
        require(boughtWh != 0 && boughtWh >= minEnergyWh, BasketBelowMinimum(boughtWh, minEnergyWh));
        _bookFees(terms);
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
        (obstacle, ask, availableWh) = _offer(_terms(), seller, slot, type(uint256).max);
        if (obstacle != Obstacle.None) availableWh = 0;
        priceWithFee = _priceWithFee(ask, _feeBps);
    }

    /// @dev The order of these checks is the order in which a purchase is told what is wrong.
    function _offer(Terms memory terms, address seller, uint32 slot, uint256 limit)
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
        else if (_priceWithFee(ask, terms.feeBps) > limit) obstacle = Obstacle.PriceAboveLimit;
        else if (terms.emergency && !_isWithinCap(ask)) obstacle = Obstacle.PriceAboveCap;
    }

    function _refuse(Obstacle obstacle, address seller, uint32 slot, uint96 ask, uint256 limit) private view {
        if (obstacle == Obstacle.NotLive) revert LotNotLive(seller, slot, currentSlot());
        if (obstacle == Obstacle.ShelfClosed) revert ShelfClosed(seller, slot, slot + 1 + _shelfDelaySlots);
        if (obstacle == Obstacle.NotForSale) revert NotForSale(seller, slot);
        if (obstacle == Obstacle.PriceAboveLimit) {
            revert PriceAboveLimit(seller, slot, _priceWithFee(ask, _feeBps), limit);
        }
        _requireWithinCap(ask);
    }

    /// @dev Whatever the buyer's account lacks is booked as a deposit before the trade and returned as `pulled`, for the
    ///      caller to transfer once all state is written.
    function _buy(
        Terms memory terms,
        address seller,
        address buyer,
        uint32 slot,
        uint64 energyWh,
        uint96 ask,
        bytes32 head_
    ) private returns (bytes32 tradeId, uint256 pulled) {
        (uint256 payment, uint256 fee) = _costOf(energyWh, ask, terms.feeBps);
        uint256 cost = payment + fee;
        uint96 balance = _accounts[buyer].balance;
        if (balance < cost) {
            require(cost <= type(uint96).max, InsufficientBalance(buyer, cost, balance));
            // `cost` fits 96 bits.
            // forge-lint: disable-next-item(unsafe-typecast)
            {
                pulled = cost - balance;
                _accounts[buyer].balance = uint96(cost);
                head_ = _recordDeposit(buyer, uint96(pulled), head_);
            }
        }
        _lotCell(seller, slot).soldWh += energyWh;
        tradeId = _settle(terms, seller, buyer, slot, energyWh, ask, payment, fee, head_);
    }
}
