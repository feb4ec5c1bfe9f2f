// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "./interfaces/IGridX.sol";
import {Settlement} from "./Settlement.sol";
import {BidCell, BidWord, BidWords, LotCell, LotWord, LotWords, Words} from "./Words.sol";

/// @title  Standing bids, and the uniform-price clearing of a slot
abstract contract SlotClearing is Settlement {
    using Words for Account;

    mapping(address buyer => BidCell) private _bids;
    LastClearing private _lastClearing;

    /// @dev Where a clearing stands: the seller and the buyer at hand, what is left of their lines, the lines to come.
    struct Walk {
        uint32 slot;
        uint96 pricePerKwh;
        uint256 priceWithFee;
        address seller;
        uint256 lotKey;
        LotWord lot;
        uint64 askLeft;
        uint256 nextAsk;
        address buyer;
        uint256 bidKey;
        BidWord bid;
        uint64 bidLeft;
        uint256 nextBid;
        uint64 clearedWh;
        uint32 trades;
    }

    /// @inheritdoc IGridX
    function setBid(uint96 pricePerKwh, uint64 maxWhPerSlot) external override {
        _requirePrice(pricePerKwh);
        uint32 fromSlot = currentSlot();
        _bids[msg.sender].word = BidWords.pack(pricePerKwh, maxWhPerSlot, fromSlot);
        head = _append(
            1, abi.encode(head, BidSet.selector, block.timestamp, msg.sender, fromSlot, pricePerKwh, maxWhPerSlot)
        );
    }

    /// @inheritdoc IGridX
    function clearSlot(uint32 slot, uint96 pricePerKwh, Fill[] calldata asks, Fill[] calldata bids, uint256 minEnergyWh)
        external
        override
        whenNotPaused
        onlyRole(MARKET_OPERATOR_ROLE)
        returns (uint256 clearedWh)
    {
        Trading memory trading = _trading();
        _open(trading, slot, pricePerKwh);
        Walk memory walk;
        walk.slot = slot;
        walk.pricePerKwh = pricePerKwh;
        walk.priceWithFee = _priceWithFee(pricePerKwh, trading.feeBps);
        while (_findAsk(walk, asks) && _findBid(trading, walk, bids)) _pair(trading, walk);
        clearedWh = walk.clearedWh;
        require(clearedWh >= minEnergyWh, ClearingBelowMinimum(clearedWh, minEnergyWh));
        trading.head = _append(
            1,
            abi.encode(
                trading.head, SlotCleared.selector, block.timestamp, slot, pricePerKwh, walk.clearedWh, walk.trades
            )
        );
        _finish(trading);
    }

    /// @inheritdoc IGridX
    function bidOf(address buyer) external view override returns (Bid memory) {
        BidWord bid = _bids[buyer].word;
        return Bid(bid.pricePerKwh(), bid.maxWhPerSlot(), bid.slot(), bid.filledWh());
    }

    /// @inheritdoc IGridX
    function lastClearing() external view override returns (LastClearing memory) {
        return _lastClearing;
    }

    function _open(Trading memory trading, uint32 slot, uint96 pricePerKwh) private {
        uint32 current = currentSlot();
        require(slot < current && current - slot <= _tradingWindow, SlotNotClearable(slot, current));
        _requireRange("pricePerKwh", pricePerKwh, 1, type(uint96).max);
        if (trading.emergency) require(pricePerKwh <= _priceCap(), PriceAboveCap(pricePerKwh, _priceCap()));
        LastClearing memory last = _lastClearing;
        require(slot >= last.slot, SlotAlreadyPassed(slot, last.slot));
        if (slot == last.slot) {
            require(pricePerKwh == last.pricePerKwh, ClearingPriceFixed(slot, last.pricePerKwh, pricePerKwh));
        } else {
            _lastClearing = LastClearing(slot, pricePerKwh);
        }
    }

    /// @return found true when a seller with something left is at hand
    function _findAsk(Walk memory walk, Fill[] calldata asks) private returns (bool found) {
        while (walk.askLeft == 0) {
            if (walk.nextAsk == asks.length) return false;
            Fill calldata fill = asks[walk.nextAsk];
            unchecked {
                ++walk.nextAsk;
            }
            address seller = fill.participant;
            LotCell storage cell = _lotCell(seller, walk.slot);
            LotWord lot = cell.word;
            SkipReason reason;
            if (lot.slot() != walk.slot) {
                reason = SkipReason.NoLot;
            } else if (lot.ask() == 0) {
                reason = SkipReason.NotForSale;
            } else if (lot.ask() > walk.pricePerKwh) {
                reason = SkipReason.AskAbovePrice;
            } else {
                walk.seller = seller;
                walk.lotKey = LotWords.key(cell);
                walk.lot = lot;
                walk.askLeft = _least(fill.energyWh, lot.availableWh());
                if (walk.askLeft != 0) break;
                reason = SkipReason.NothingLeft;
            }
            emit FillSkipped(walk.slot, seller, reason);
        }
        return true;
    }

    /// @return found true when a buyer with room left is at hand
    function _findBid(Trading memory trading, Walk memory walk, Fill[] calldata bids) private returns (bool found) {
        while (walk.bidLeft == 0) {
            if (walk.nextBid == bids.length) return false;
            Fill calldata fill = bids[walk.nextBid];
            unchecked {
                ++walk.nextBid;
            }
            address buyer = fill.participant;
            BidCell storage cell = _bids[buyer];
            BidWord bid = cell.word;
            SkipReason reason;
            if (bid.pricePerKwh() == 0 || bid.slot() > walk.slot) {
                reason = SkipReason.NoBid;
            } else if (bid.pricePerKwh() < walk.priceWithFee) {
                reason = SkipReason.BidBelowPrice;
            } else if (!_isMember(trading, buyer)) {
                reason = SkipReason.NotAMember;
            } else {
                if (bid.slot() != walk.slot) bid = BidWords.pack(bid.pricePerKwh(), bid.maxWhPerSlot(), walk.slot);
                walk.buyer = buyer;
                walk.bidKey = BidWords.key(cell);
                walk.bid = bid;
                uint64 left = _least(fill.energyWh, bid.roomWh());
                reason = SkipReason.NothingLeft;
                if (trading.emergency && left != 0) {
                    left = _least(left, allowanceOf(buyer));
                    reason = SkipReason.NoAllowance;
                }
                walk.bidLeft = left;
                if (left != 0) break;
            }
            emit FillSkipped(walk.slot, buyer, reason);
        }
        return true;
    }

    function _pair(Trading memory trading, Walk memory walk) private {
        (address seller, address buyer) = (walk.seller, walk.buyer);
        uint64 energyWh = _least(walk.askLeft, walk.bidLeft);
        (uint256 payment, uint256 fee) = _costOf(energyWh, walk.pricePerKwh, trading.feeBps);
        // Unchecked: `energyWh` is at most what is left of both lines, and the balance is compared before it falls.
        unchecked {
            uint256 cost = payment + fee;
            Account storage account = _accounts[buyer];
            uint256 held = account.load();
            // forge-lint: disable-next-line(unsafe-typecast)
            if (seller == buyer || cost > uint96(held)) {
                // Who has both an ask and a bid keeps the ask: the next buyer may want it.
                emit FillSkipped(walk.slot, buyer, seller == buyer ? SkipReason.OwnEnergy : SkipReason.CannotPay);
                walk.bidLeft = 0;
                return;
            }
            walk.askLeft -= energyWh;
            walk.bidLeft -= energyWh;
            walk.clearedWh += energyWh;
            ++walk.trades;
            walk.lot = walk.lot.sell(energyWh);
            walk.bid = walk.bid.fill(energyWh);
            LotWords.at(walk.lotKey).word = walk.lot;
            BidWords.at(walk.bidKey).word = walk.bid;
            _settle(trading, account, held, cost, seller, buyer, walk.slot, energyWh, walk.pricePerKwh, payment, fee);
        }
    }
}
