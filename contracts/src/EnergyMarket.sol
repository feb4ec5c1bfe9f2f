// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IGridX} from "./interfaces/IGridX.sol";
import {Settlement} from "./Settlement.sol";
import {LotCell, LotWord, Words} from "./Words.sol";

/// @title  Direct purchase of lots
abstract contract EnergyMarket is Settlement {
    using SafeERC20 for IERC20;
    using Words for Account;

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
        Trading memory trading = _trading();
        require(_isMember(trading, buyer), NotAMember(buyer));
        uint32 slot = _newestOnShelf(seller);
        (Obstacle obstacle, LotCell storage cell, LotWord lot) = _offer(trading, seller, slot, pricePerKwh);
        if (obstacle != Obstacle.None) _refuse(obstacle, seller, slot, lot.ask(), pricePerKwh);
        require(energyWh <= lot.availableWh(), InsufficientEnergy(seller, slot, energyWh, lot.availableWh()));
        if (trading.emergency) {
            uint64 allowance = allowanceOf(buyer);
            require(energyWh <= allowance, AllowanceExceeded(buyer, energyWh, allowance));
        }
        // At most what is available, which has 64 bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint256 pulled = _buy(trading, seller, buyer, slot, cell, lot, uint64(energyWh));
        tradeId = trading.head;
        _finish(trading, pulled);
    }

    /// @inheritdoc IGridX
    function buyEnergy(Purchase[] calldata purchases, uint256 minEnergyWh)
        external
        override
        whenNotPaused
        nonReentrant
        returns (uint256 boughtWh)
    {
        Trading memory trading = _trading();
        require(_isMember(trading, msg.sender), NotAMember(msg.sender));
        uint256 pulled;
        for (uint256 i = 0; i < purchases.length; ++i) {
            Purchase calldata purchase = purchases[i];
            if (purchase.seller == msg.sender) continue;
            (Obstacle obstacle, LotCell storage cell, LotWord lot) =
                _offer(trading, purchase.seller, purchase.slot, purchase.pricePerKwh);
            uint64 energyWh = _least(purchase.energyWh, lot.availableWh());
            if (trading.emergency) energyWh = _least(energyWh, allowanceOf(msg.sender));
            if (obstacle != Obstacle.None || energyWh == 0) continue;
            pulled += _buy(trading, purchase.seller, msg.sender, purchase.slot, cell, lot, energyWh);
            boughtWh += energyWh;
        }
        require(boughtWh != 0 && boughtWh >= minEnergyWh, BasketBelowMinimum(boughtWh, minEnergyWh));
        _finish(trading, pulled);
    }

    /// @inheritdoc IGridX
    function quoteOf(address seller, uint32 slot)
        external
        view
        override
        returns (uint64 availableWh, uint96 ask, uint256 priceWithFee)
    {
        Trading memory trading = _trading();
        (Obstacle obstacle,, LotWord lot) = _offer(trading, seller, slot, type(uint256).max);
        if (obstacle == Obstacle.None) availableWh = lot.availableWh();
        ask = lot.ask();
        priceWithFee = _priceWithFee(ask, trading.feeBps);
    }

    /// @dev While the seller's newest lot waits for its clearing, the newest slot whose shelf is open, if there is a lot.
    function _newestOnShelf(address seller) private view returns (uint32 slot) {
        slot = _sellers[seller].newestLotSlot;
        uint32 open = currentSlot() - 1 - _shelfDelaySlots;
        if (slot > open && _lotCell(seller, open).word.slot() == open) slot = open;
    }

    /// @dev The order of these checks is the order in which a purchase is told what is wrong. A lot that is not live is
    ///      returned as nothing.
    function _offer(Trading memory trading, address seller, uint32 slot, uint256 limit)
        private
        view
        returns (Obstacle obstacle, LotCell storage cell, LotWord lot)
    {
        cell = _lotCell(seller, slot);
        lot = cell.word;
        uint32 current = currentSlot();
        if (!_isLive(lot, slot, current)) return (Obstacle.NotLive, cell, LotWord.wrap(0));
        uint96 ask = lot.ask();
        if (current - slot <= _shelfDelaySlots) obstacle = Obstacle.ShelfClosed;
        else if (ask == 0) obstacle = Obstacle.NotForSale;
        else if (_priceWithFee(ask, trading.feeBps) > limit) obstacle = Obstacle.PriceAboveLimit;
        else if (trading.emergency && ask > _priceCap()) obstacle = Obstacle.PriceAboveCap;
    }

    function _refuse(Obstacle obstacle, address seller, uint32 slot, uint96 ask, uint256 limit) private view {
        if (obstacle == Obstacle.NotLive) revert LotNotLive(seller, slot, currentSlot());
        if (obstacle == Obstacle.ShelfClosed) revert ShelfClosed(seller, slot, slot + 1 + _shelfDelaySlots);
        if (obstacle == Obstacle.NotForSale) revert NotForSale(seller, slot);
        if (obstacle == Obstacle.PriceAboveLimit) {
            revert PriceAboveLimit(seller, slot, _priceWithFee(ask, _feeBps), limit);
        }
        revert PriceAboveCap(ask, _priceCap());
    }

    /// @dev Whatever the buyer's account lacks is booked as a deposit before the trade and returned as `pulled`.
    function _buy(
        Trading memory trading,
        address seller,
        address buyer,
        uint32 slot,
        LotCell storage cell,
        LotWord lot,
        uint64 energyWh
    ) private returns (uint256 pulled) {
        uint96 ask = lot.ask();
        (uint256 payment, uint256 fee) = _costOf(energyWh, ask, trading.feeBps);
        uint256 cost = payment + fee;
        Account storage account = _accounts[buyer];
        uint256 held = account.load();
        uint256 paid = cost;
        // forge-lint: disable-next-line(unsafe-typecast)
        uint96 balance = uint96(held);
        if (balance < cost) {
            require(cost <= type(uint96).max, InsufficientBalance(buyer, cost, balance));
            pulled = cost - balance;
            paid = balance;
            // `cost` fits 96 bits.
            // forge-lint: disable-next-line(unsafe-typecast)
            trading.head = _recordDeposit(buyer, uint96(pulled), trading.head);
        }
        cell.word = lot.sell(energyWh);
        _settle(trading, account, held, paid, seller, buyer, slot, energyWh, ask, payment, fee);
    }

    /// @dev All state is written before the token is called.
    function _finish(Trading memory trading, uint256 pulled) private {
        _finish(trading);
        if (pulled != 0) token.safeTransferFrom(msg.sender, address(this), pulled);
    }
}
