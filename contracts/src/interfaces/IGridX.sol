// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title  GridX: neighbours sell metered solar surplus, wallet to wallet
/// @notice Everything that the outside needs: structs, events, errors and calls.
///
///         Units: energy in Wh, prices in settlement-token base units per kWh, money in settlement-token base
///         units, carbon in grams CO2e, the emission factor in grams per MWh, time as a slot
///         (`timestamp / slotDuration`).
///
///         Rounding: a payment rounds up to the next base unit; fees and carbon round down.
///
///         Facts: each state-changing event below, in log order, is folded into the ledger head:
///         `head = keccak256(abi.encode(head, topic0, block.timestamp, field, field, ...))` with the fields in the
///         order of the event. `ReadingRejected` and `FillSkipped` change nothing and `CarbonEarned` repeats its trade:
///         these three are no facts. The `tradeId` of a trade and the `claimId` of a carbon claim are the head that the
///         fact makes, so they are left out of their own hash. The first head is
///         `keccak256(abi.encode(chainId, contract, token, slotDuration, ringLength))`.
interface IGridX {
    // ------------------------------------------------------------------------------------------------ structs

    /// @notice Priority of a participant in an emergency, and membership where trading is for members only.
    enum Tier {
        None,
        Normal,
        Essential,
        Critical
    }

    /// @notice Why a reading of a batch was left out.
    enum RejectionReason {
        None,
        /// The signature is no valid ECDSA signature of 65 bytes with a low s.
        InvalidSignature,
        /// The signer is no registered meter. Also what a changed reading looks like: it recovers to another key.
        UnknownMeter,
        /// The meter was replaced or its house retired.
        MeterRetired,
        /// The slot has not ended yet.
        SlotNotEnded,
        /// More than 31 slots before the meter's newest one, or before its registration.
        SlotTooOld,
        /// Attested already, or before the meter's registration.
        AlreadyAttested,
        /// More than the installed capacity can export in a slot.
        AboveCapacity,
        /// The owner's ring already holds a newer lot in the place of this slot.
        LotReplaced
    }

    /// @notice Why a line of a clearing, or what is left of it, was passed over.
    enum SkipReason {
        None,
        /// No live lot of this seller and slot.
        NoLot,
        /// The lot is not for sale.
        NotForSale,
        /// The lot's ask is above the clearing price.
        AskAbovePrice,
        /// Sold, or the bid filled, already; or the line asked for nothing.
        NothingLeft,
        /// No bid, or one that was set after the slot.
        NoBid,
        /// The bid is below the clearing price with the fee.
        BidBelowPrice,
        /// The bidder's account does not cover the next pair.
        CannotPay,
        /// Bidder and seller are the same.
        OwnEnergy,
        /// The market is for members and the bidder has no tier.
        NotAMember,
        /// The bidder's emergency allowance of the present slot is used up, or there is none.
        NoAllowance
    }

    /// @notice Escrowed money and carbon wallet of a participant. One word.
    /// @param balance           settlement-token base units that the account can spend or withdraw
    /// @param carbonGrams       grams CO2e earned and not spent
    /// @param carbonEarnedGrams grams CO2e earned ever
    struct Account {
        uint96 balance;
        uint64 carbonGrams;
        uint64 carbonEarnedGrams;
    }

    /// @notice A participant's tier, and the emergency allowance used. One word.
    /// @param usedSlot slot of block time that `usedWh` counts for
    /// @param usedWh   Wh bought in that slot during an emergency
    struct Participant {
        Tier tier;
        uint32 usedSlot;
        uint64 usedWh;
    }

    /// @notice An installation, by its meter's key. One word. `owner` is zero once the key is retired.
    /// @param owner          wallet that owns what the meter exports
    /// @param capacityWatts  installed capacity
    /// @param newestSlot     newest slot attested
    /// @param attestedBitmap bit i is set when slot `newestSlot - i` is attested (or before the registration)
    struct House {
        address owner;
        uint32 capacityWatts;
        uint32 newestSlot;
        uint32 attestedBitmap;
    }

    /// @notice A seller's standing ask. One word. Lots of slots from `nextAskFrom` on get `nextAsk`, earlier ones `ask`.
    struct Seller {
        uint96 ask;
        uint32 newestLotSlot;
        uint96 nextAsk;
        uint32 nextAskFrom;
    }

    /// @notice What one seller exported in one slot. `ask` 0 means not for sale.
    struct Lot {
        uint32 slot;
        uint64 attestedWh;
        uint64 soldWh;
        uint96 ask;
    }

    /// @notice A meter's signed statement, EIP-712 `Reading(uint32 slot,uint64 exportWh)`.
    struct Reading {
        uint32 slot;
        uint64 exportWh;
        bytes signature;
    }

    /// @notice One line of a basket.
    /// @param energyWh    the most to take
    /// @param pricePerKwh the most to pay per kWh, fee included
    struct Purchase {
        address seller;
        uint32 slot;
        uint64 energyWh;
        uint96 pricePerKwh;
    }

    /// @notice A buyer's standing bid. One word.
    /// @param pricePerKwh   the most to pay per kWh, fee included; 0 is no bid
    /// @param maxWhPerSlot  the most to buy in one slot
    /// @param slot          slot that `filledWh` counts for; the bid does not serve earlier ones
    /// @param filledWh      Wh bought by clearing in that slot
    struct Bid {
        uint96 pricePerKwh;
        uint64 maxWhPerSlot;
        uint32 slot;
        uint64 filledWh;
    }

    /// @notice One line of a clearing.
    /// @param energyWh the most to take
    struct Fill {
        address participant;
        uint64 energyWh;
    }

    /// @notice What the newest clearing was. One word.
    struct LastClearing {
        uint32 slot;
        uint96 pricePerKwh;
    }

    /// @notice An emergency's rules.
    /// @param priceCap          no trade above it (what the seller receives per kWh)
    /// @param normalWhPerSlot   what tier 1 can buy in one slot of block time
    /// @param essentialWhPerSlot what tier 2 can
    /// @param endsAt            Unix seconds; 0 when there is none
    struct EmergencyRules {
        uint96 priceCap;
        uint64 normalWhPerSlot;
        uint64 essentialWhPerSlot;
        uint40 endsAt;
    }

    /// @notice The market's rules.
    /// @param feeBps          grid fee on top of each payment, in 1/10,000, at most 1,000; paid by the buyer
    /// @param tradingWindow   slots after its end during which a lot can be sold, 1 to `ringLength`
    /// @param shelfDelaySlots slots after a lot's slot has ended before it can be bought directly, below `tradingWindow`
    /// @param membersOnly     when set, only participants with a tier buy
    /// @param minPrice        lowest price that can be quoted (0 stays "not for sale")
    /// @param maxPrice        highest price that can be quoted
    /// @param treasury        account that `collectFees` credits
    struct MarketParameters {
        uint16 feeBps;
        uint16 tradingWindow;
        uint16 shelfDelaySlots;
        bool membersOnly;
        uint96 minPrice;
        uint96 maxPrice;
        address treasury;
    }

    /// @notice Avoided emissions per energy traded.
    /// @param gramsPerMwh grams CO2e per MWh
    /// @param source      who published it
    /// @param vintage     the period that it describes
    struct EmissionFactor {
        uint32 gramsPerMwh;
        string source;
        string vintage;
    }

    /// @notice What the constructor takes.
    struct Deployment {
        IERC20 token;
        uint32 slotDuration;
        uint16 ringLength;
        address admin;
        uint48 adminDelay;
        MarketParameters market;
        EmissionFactor emissionFactor;
    }

    // ------------------------------------------------------------------------------------------------- events

    /// @notice A house joined. Its meter attests from `fromSlot` on.
    event HouseRegistered(address indexed meter, address indexed owner, uint32 capacityWatts, uint32 fromSlot);
    /// @notice A house changed hands or capacity; lots attested before stay as they were.
    event HouseUpdated(address indexed meter, address indexed owner, uint32 capacityWatts);
    /// @notice A house got another meter key, which continues the old one's slots.
    event MeterReplaced(address indexed oldMeter, address indexed newMeter);
    /// @notice A house left; its unsold lots stay for sale.
    event HouseRetired(address indexed meter);
    /// @notice A participant's tier changed.
    event TierSet(address indexed participant, Tier tier);
    /// @notice A meter's export of a slot is known. `ask` is that of the lot it went into, 0 where `exportWh` is 0.
    event EnergyAttested(
        address indexed meter, address indexed seller, uint32 indexed slot, uint64 exportWh, uint96 ask
    );
    /// @notice A reading of a batch was left out. Not a fact.
    /// @param meter the recovered signer, zero if the signature is invalid
    event ReadingRejected(address indexed meter, uint32 indexed slot, uint64 exportWh, RejectionReason reason);
    /// @notice A seller's standing ask changed for lots of `fromSlot` and later.
    event AskSet(address indexed seller, uint32 fromSlot, uint96 pricePerKwh);
    /// @notice The ask of one lot changed.
    event LotAskSet(address indexed seller, uint32 indexed slot, uint96 pricePerKwh);
    /// @notice Energy changed hands and money moved. The seller received `ceil(energyWh * pricePerKwh / 1000)`,
    ///         the buyer paid that and `feePaid`.
    event EnergyTradeLogged(
        bytes32 indexed tradeId,
        address indexed seller,
        address indexed buyer,
        uint32 slot,
        uint64 energyWh,
        uint96 pricePerKwh,
        uint96 feePaid,
        uint64 carbonGrams
    );
    /// @notice A buyer's standing bid changed for slots from `fromSlot` on.
    event BidSet(address indexed buyer, uint32 fromSlot, uint96 pricePerKwh, uint64 maxWhPerSlot);
    /// @notice One call of `clearSlot` matched `energyWh` in `trades` trades, the ones just before it.
    event SlotCleared(uint32 indexed slot, uint96 pricePerKwh, uint64 energyWh, uint32 trades);
    /// @notice A line of a clearing, or what is left of it, was passed over. Not a fact.
    event FillSkipped(uint32 indexed slot, address indexed participant, SkipReason reason);
    /// @notice The grid is out. See `EmergencyRules`.
    event EmergencyDeclared(
        uint96 priceCap, uint64 normalWhPerSlot, uint64 essentialWhPerSlot, uint40 endsAt, string reason
    );
    /// @notice The emergency was ended before its time.
    event EmergencyEnded();
    /// @notice The buyer of a trade earned its carbon. Not a fact: it repeats the trade.
    event CarbonEarned(address indexed account, bytes32 indexed tradeId, uint64 grams);
    /// @notice Carbon was retired for good, in somebody's name.
    event CarbonSpent(
        bytes32 indexed claimId, address indexed account, uint64 grams, string beneficiary, string reason
    );
    /// @notice Money came into an account from its owner's wallet.
    event Deposited(address indexed account, uint96 amount);
    /// @notice Money left an account.
    event Withdrawn(address indexed account, address indexed to, uint96 amount);
    /// @notice Accrued fees went to the treasury's account.
    event FeesCollected(address indexed treasury, uint96 amount);
    /// @notice The factor for trades from now on.
    event EmissionFactorSet(uint32 gramsPerMwh, string source, string vintage);
    /// @notice The market's rules from now on.
    event MarketParametersSet(MarketParameters parameters);

    // ------------------------------------------------------------------------------------------------- errors

    /// @notice An address that must not be zero (or this contract) is.
    error InvalidAddress(address given);
    /// @notice A number lies outside its limits.
    error OutOfRange(string parameter, uint256 given, uint256 lowest, uint256 highest);
    /// @notice A text is longer than allowed, in bytes.
    error TextTooLong(string parameter, uint256 length, uint256 longest);

    /// @notice A meter key registers once, ever.
    error MeterAlreadyRegistered(address meter);
    /// @notice No house has this meter (any more).
    error MeterNotActive(address meter);

    /// @notice No ended, unexpired lot of this seller and slot.
    error LotNotLive(address seller, uint32 slot, uint32 currentSlot);
    /// @notice An ask of a lot only goes down, or to 0; back on sale it asks at most `ask`, what it asked before.
    error AskNotLowered(address seller, uint32 slot, uint96 ask, uint96 given);
    /// @notice Direct purchase of the lot opens at the start of `opensAtSlot`.
    error ShelfClosed(address seller, uint32 slot, uint32 opensAtSlot);
    /// @notice The lot has no ask.
    error NotForSale(address seller, uint32 slot);
    /// @notice The lot's price with the fee is above what the buyer allows.
    error PriceAboveLimit(address seller, uint32 slot, uint256 priceWithFee, uint256 limit);
    /// @notice The lot has less left than asked for.
    error InsufficientEnergy(address seller, uint32 slot, uint256 requestedWh, uint256 availableWh);
    /// @notice Zero watt-hours were asked for.
    error ZeroEnergy();
    /// @notice Nobody buys from themselves.
    error SelfTrade(address participant);
    /// @notice Only the buyer may log a trade that the buyer pays.
    error OnlyBuyer(address buyer, address caller);
    /// @notice The market is for members and this buyer has no tier.
    error NotAMember(address buyer);
    /// @notice The basket brought less than its minimum.
    error BasketBelowMinimum(uint256 boughtWh, uint256 minEnergyWh);
    /// @notice The slot has not ended, or its lots have expired.
    error SlotNotClearable(uint32 slot, uint32 currentSlot);
    /// @notice Slots clear in order.
    error SlotAlreadyPassed(uint32 slot, uint32 lastClearedSlot);
    /// @notice All clearings of a slot have one price.
    error ClearingPriceFixed(uint32 slot, uint96 pricePerKwh, uint96 given);
    /// @notice The clearing matched less than its minimum.
    error ClearingBelowMinimum(uint256 clearedWh, uint256 minEnergyWh);
    /// @notice In an emergency nothing is sold above the cap.
    error PriceAboveCap(uint256 pricePerKwh, uint256 priceCap);
    /// @notice In an emergency the buyer may buy at most `availableWh` more in this slot of block time.
    error AllowanceExceeded(address buyer, uint256 requestedWh, uint256 availableWh);
    /// @notice There is no emergency.
    error NoEmergency();
    /// @notice The account holds less money than that.
    error InsufficientBalance(address account, uint256 requested, uint256 available);
    /// @notice The carbon wallet holds less than that.
    error InsufficientCarbon(address account, uint256 requestedGrams, uint256 availableGrams);
    /// @notice Zero money or carbon was given.
    error ZeroAmount();

    // ------------------------------------------------------------------------------------------------- houses

    /// @notice Registers a house by its meter key. Registrar only. The meter attests from the present slot on.
    function registerHouse(address meter, address owner, uint32 capacityWatts) external;
    /// @notice Changes owner and capacity for readings to come. Registrar only.
    function updateHouse(address meter, address owner, uint32 capacityWatts) external;
    /// @notice Gives a house another meter key, which inherits which slots are attested. Registrar only.
    function replaceMeter(address oldMeter, address newMeter) external;
    /// @notice Ends a house. Its key never attests or registers again. Registrar only.
    function retireHouse(address meter) external;
    /// @notice Sets a participant's tier. Registrar only.
    function setTier(address participant, Tier tier) external;

    // ------------------------------------------------------------------------------------------------- energy

    /// @notice Puts signed readings on the chain, once per meter and slot, in any order up to 31 slots back from the
    ///         meter's newest. Anyone may call it. What is wrong with a reading is told by `ReadingRejected`; the
    ///         others land.
    /// @return attested number of readings that landed
    function attestReadings(Reading[] calldata readings) external returns (uint256 attested);
    /// @notice Sets the caller's ask for lots of the present slot and later. 0 takes them off sale.
    function setAsk(uint96 pricePerKwh) external;
    /// @notice Lowers the ask of one of the caller's live lots, prices one that never had an ask, or (0) takes it off
    ///         sale. Back on sale it asks no more than before: nobody raises an ask after seeing a slot's supply.
    function setLotAsk(uint32 slot, uint96 pricePerKwh) external;

    // ------------------------------------------------------------------------------------------------- market

    /// @notice Buys from the seller's newest lot at its ask, all or nothing; while that waits for its clearing, from the
    ///         lot of the newest slot whose shelf is open. Only the buyer may call. Draws on the buyer's account and pulls
    ///         what is missing from the wallet.
    /// @param energyWh    Wh to buy
    /// @param pricePerKwh the most to pay per kWh, fee included
    /// @return tradeId the ledger head that the trade makes
    function logEnergyTrade(address seller, address buyer, uint256 energyWh, uint256 pricePerKwh)
        external
        returns (bytes32 tradeId);
    /// @notice Buys a basket: of each line what is still there within its limit. A line that can't be met is left out.
    /// @param minEnergyWh reverts when all lines together bring less (at least 1 Wh)
    /// @return boughtWh Wh bought in all
    function buyEnergy(Purchase[] calldata purchases, uint256 minEnergyWh) external returns (uint256 boughtWh);

    /// @notice Sets the caller's bid for slots from the present one on. 0 ends it.
    /// @param pricePerKwh  the most to pay per kWh, fee included
    /// @param maxWhPerSlot the most to buy in one slot
    function setBid(uint96 pricePerKwh, uint64 maxWhPerSlot) external;
    /// @notice Matches asks and bids of an ended slot at one price, in the order given. Market operator only. Takes of
    ///         each pair what lot, fill and bid allow; passes over by name what can't settle. Slots clear in order; a
    ///         slot can be cleared in several calls at one price.
    /// @param pricePerKwh what each seller receives per kWh
    /// @param minEnergyWh reverts when less is matched
    /// @return clearedWh Wh matched by this call
    function clearSlot(uint32 slot, uint96 pricePerKwh, Fill[] calldata asks, Fill[] calldata bids, uint256 minEnergyWh)
        external
        returns (uint256 clearedWh);

    // ---------------------------------------------------------------------------------------------- emergency

    /// @notice Declares an emergency, or replaces the present one. Grid operator only. Until it ends: no trade above the
    ///         cap; tier 0 buys nothing, tiers 1 and 2 at most their allowance in a slot of block time over purchases
    ///         and clearings together, tier 3 without limit.
    /// @param endsAt Unix seconds, in the future and at most 7 days away
    /// @param reason at most 512 bytes
    function declareEmergency(
        uint96 priceCap,
        uint64 normalWhPerSlot,
        uint64 essentialWhPerSlot,
        uint40 endsAt,
        string calldata reason
    ) external;
    /// @notice Ends the emergency now. Grid operator only.
    function endEmergency() external;

    // -------------------------------------------------------------------------------------------------- money

    /// @notice Moves tokens from the caller's wallet into the caller's account.
    function deposit(uint96 amount) external;
    /// @notice `deposit` with an EIP-2612 permit. A permit that fails (used by somebody else, say) is ignored: the
    ///         allowance decides.
    function depositWithPermit(uint96 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;
    /// @notice Moves money from the caller's account to a wallet. Never paused.
    function withdraw(address to, uint96 amount) external;
    /// @notice Credits the accrued fees to the treasury's account. Anyone may call it.
    function collectFees() external returns (uint96 amount);

    // ------------------------------------------------------------------------------------------------- carbon

    /// @notice Retires carbon of the caller for good.
    /// @param beneficiary in whose name, at most 128 bytes
    /// @param reason      what for, at most 512 bytes
    /// @return claimId the ledger head that the claim makes
    function spendCarbon(uint64 grams, string calldata beneficiary, string calldata reason)
        external
        returns (bytes32 claimId);

    // -------------------------------------------------------------------------------------------------- admin

    /// @notice Sets the market's rules. Admin only.
    function setMarketParameters(MarketParameters calldata parameters) external;
    /// @notice Sets factor, source and vintage for trades from now on. Admin only.
    function setEmissionFactor(EmissionFactor calldata factor) external;
    /// @notice Stops attesting and trading, and nothing else. Pauser only.
    function pause() external;
    /// @notice Ends the pause. Pauser only.
    function unpause() external;

    // -------------------------------------------------------------------------------------------------- views

    /// @notice The settlement token.
    function token() external view returns (IERC20);
    /// @notice Length of a slot in seconds.
    function slotDuration() external view returns (uint32);
    /// @notice Lots that a seller's ring can hold.
    function ringLength() external view returns (uint16);
    /// @notice The ledger head.
    function head() external view returns (bytes32);
    /// @notice The slot of the present block.
    function currentSlot() external view returns (uint32);
    /// @notice Money and carbon of a participant.
    function accountOf(address account) external view returns (Account memory);
    /// @notice What the registrar says of a participant.
    function participantOf(address participant) external view returns (Participant memory);
    /// @notice House of a meter key; all zero if never registered.
    function houseOf(address meter) external view returns (House memory);
    /// @notice Standing ask and newest lot of a seller.
    function sellerOf(address seller) external view returns (Seller memory);
    /// @notice A seller's lot; all zero if there is none, or its place in the ring holds another slot.
    function lotOf(address seller, uint32 slot) external view returns (Lot memory);
    /// @notice What a buyer would meet at a lot now.
    /// @return availableWh  Wh that can be bought directly; 0 if not live, not for sale, above the cap of an emergency, or
    ///                      the shelf is closed
    /// @return ask          what the seller receives per kWh
    /// @return priceWithFee the lowest limit per kWh that a purchase needs
    function quoteOf(address seller, uint32 slot)
        external
        view
        returns (uint64 availableWh, uint96 ask, uint256 priceWithFee);
    /// @notice Standing bid of a buyer.
    function bidOf(address buyer) external view returns (Bid memory);
    /// @notice The newest clearing.
    function lastClearing() external view returns (LastClearing memory);
    /// @notice The emergency in force; all zero if there is none.
    function emergency() external view returns (EmergencyRules memory);
    /// @notice Wh that a buyer may still buy now: the most of 64 bits outside an emergency and for tier 3.
    function allowanceOf(address buyer) external view returns (uint64 energyWh);
    /// @notice The market's rules.
    function marketParameters() external view returns (MarketParameters memory);
    /// @notice Grams CO2e per MWh in force; source and vintage are in the latest `EmissionFactorSet`.
    function emissionFactor() external view returns (uint32 gramsPerMwh);
    /// @notice Fees that `collectFees` would move.
    function accruedFees() external view returns (uint96);
}
