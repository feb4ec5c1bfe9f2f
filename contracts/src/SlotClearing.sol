// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "./interfaces/IGridX.sol";
import {Settlement} from "./Settlement.sol";
import {Words} from "./Words.sol";

/// @title  Standing bids, and the uniform-price clearing of a slot
abstract contract SlotClearing is Settlement {
    using Words for Bid;

    mapping(address buyer => Bid) private _bids;
    LastClearing private _lastClearing;

    /// @dev Where a clearing stands: seller and buyer in work with their words, what is left of their lines, the lines
    ///      to come.
    struct Walk {
        bytes32 head;
        address seller;
        uint256 lotKey;
        uint256 lotWord;
        uint64 askLeft;
        uint256 nextAsk;
        address buyer;
        uint256 bidKey;
        uint256 bidWord;
        uint64 bidLeft;
        uint256 nextBid;
        uint256 priceWithFee;
        uint64 clearedWh;
        uint32 trades;
    }

    /// @inheritdoc IGridX
    function setBid(uint96 pricePerKwh, uint64 maxWhPerSlot) external override {
        _requirePrice(pricePerKwh);
        uint32 fromSlot = currentSlot();
        _bids[msg.sender].store(pricePerKwh, maxWhPerSlot, fromSlot);
        emit BidSet(msg.sender, fromSlot, pricePerKwh, maxWhPerSlot);
        head = keccak256(
            abi.encode(head, BidSet.selector, block.timestamp, msg.sender, fromSlot, pricePerKwh, maxWhPerSlot)
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
        _open(slot, pricePerKwh);
        Terms memory terms = _terms();
        Walk memory walk;
        walk.head = head;
        walk.priceWithFee = _priceWithFee(pricePerKwh, terms.feeBps);
        while (_findAsk(walk, slot, pricePerKwh, asks) && _findBid(terms, walk, slot, bids)) {
            _pair(terms, walk, slot, pricePerKwh);
        }
        _bookFees(terms);
        clearedWh = walk.clearedWh;
        require(clearedWh >= minEnergyWh, ClearingBelowMinimum(clearedWh, minEnergyWh));
        emit SlotCleared(slot, pricePerKwh, walk.clearedWh, walk.trades);
        head = keccak256(
            abi.encode(walk.head, SlotCleared.selector, block.timestamp, slot, pricePerKwh, walk.clearedWh, walk.trades)
        );
    }

    /// @inheritdoc IGridX
    function bidOf(address buyer) external view override returns (Bid memory) {
        return _bids[buyer];
    }

    /// @inheritdoc IGridX
    function lastClearing() external view override returns (LastClearing memory) {
        return _lastClearing;
    }

    function _open(uint32 slot, uint96 pricePerKwh) private {
        uint32 current = currentSlot();
        require(slot < current && current - slot <= _tradingWindow, SlotNotClearable(slot, current));
        _requireRange("pricePerKwh", pricePerKwh, 1, type(uint96).max);
        if (_isEmergency()) _requireWithinCap(pricePerKwh);
        LastClearing memory last = _lastClearing;
        require(slot >= last.slot, SlotAlreadyPassed(slot, last.slot));
        if (slot == last.slot) {
            require(pricePerKwh == last.pricePerKwh, ClearingPriceFixed(slot, last.pricePerKwh, pricePerKwh));
        } else {
            _lastClearing = LastClearing(slot, pricePerKwh);
        }
    }

    /// @return found true when a seller with something left is at hand
    function _findAsk(Walk memory walk, uint32 slot, uint96 pricePerKwh, Fill[] calldata asks)
        private
        returns (bool found)
    {
        while (walk.askLeft == 0) {
            if (walk.nextAsk == asks.length) return false;
            Fill calldata fill = asks[walk.nextAsk++];
            walk.seller = fill.participant;
            Lot storage lot = _lotCell(fill.participant, slot);
            (walk.lotKey, walk.lotWord) = Words.load(lot);
            SkipReason reason;
            if (lot.slot != slot || lot.attestedWh == 0) reason = SkipReason.NoLot;
            else if (lot.ask == 0) reason = SkipReason.NotForSale;
            else if (lot.ask > pricePerKwh) reason = SkipReason.AskAbovePrice;
            else walk.askLeft = _least(fill.energyWh, lot.attestedWh - lot.soldWh);
            if (walk.askLeft == 0) _skip(slot, fill.participant, reason);
        }
        return true;
    }

    /// @return found true when a buyer with room left is at hand
    function _findBid(Terms memory terms, Walk memory walk, uint32 slot, Fill[] calldata bids)
        private
        returns (bool found)
    {
        while (walk.bidLeft == 0) {
            if (walk.nextBid == bids.length) return false;
            Fill calldata fill = bids[walk.nextBid++];
            walk.buyer = fill.participant;
            Bid storage bid = _bids[fill.participant];
            (walk.bidKey, walk.bidWord) = Words.load(bid);
            SkipReason reason;
            if (bid.pricePerKwh == 0 || bid.slot > slot) {
                reason = SkipReason.NoBid;
            } else if (bid.pricePerKwh < walk.priceWithFee) {
                reason = SkipReason.BidBelowPrice;
            } else if (!_isMember(terms, fill.participant)) {
                reason = SkipReason.NotAMember;
            } else {
                uint64 room = bid.maxWhPerSlot;
                if (bid.slot == slot) room -= bid.filledWh;
                else walk.bidWord = Words.bidWord(bid.pricePerKwh, room, slot, 0);
                walk.bidLeft = _least(fill.energyWh, room);
                if (terms.emergency && walk.bidLeft != 0) {
                    walk.bidLeft = _least(walk.bidLeft, allowanceOf(fill.participant));
                    if (walk.bidLeft == 0) reason = SkipReason.NoAllowance;
                }
            }
            if (walk.bidLeft == 0) _skip(slot, fill.participant, reason);
        }
        return true;
    }

    function _pair(Terms memory terms, Walk memory walk, uint32 slot, uint96 pricePerKwh) private {
        (address seller, address buyer) = (walk.seller, walk.buyer);
        uint64 energyWh = _least(walk.askLeft, walk.bidLeft);
        (uint256 payment, uint256 fee) = _costOf(energyWh, pricePerKwh, terms.feeBps);
        if (seller == buyer || payment + fee > _accounts[buyer].balance) {
            // Who has both an ask and a bid keeps the ask: the next buyer may want it.
            _skip(slot, buyer, seller == buyer ? SkipReason.OwnEnergy : SkipReason.CannotPay);
            walk.bidLeft = 0;
            return;
        }
        // Unchecked: `energyWh` is at most what is left of lot, bid and both lines.
        unchecked {
            walk.askLeft -= energyWh;
            walk.bidLeft -= energyWh;
            walk.clearedWh += energyWh;
            ++walk.trades;
            walk.lotWord += uint256(energyWh) << Words.LOT_SOLD;
            walk.bidWord += uint256(energyWh) << Words.BID_FILLED;
        }
        Words.write(walk.lotKey, walk.lotWord);
        Words.write(walk.bidKey, walk.bidWord);
        walk.head = _settle(terms, seller, buyer, slot, energyWh, pricePerKwh, payment, fee, walk.head);
    }

    function _skip(uint32 slot, address participant, SkipReason reason) private {
        emit FillSkipped(slot, participant, reason == SkipReason.None ? SkipReason.NothingLeft : reason);
    }
}
