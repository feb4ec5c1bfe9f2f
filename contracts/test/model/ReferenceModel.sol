// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../../src/interfaces/IGridX.sol";

/// @notice The whole contract once more, as simple and slow as its description: nothing packed, nothing forgotten, lists
///         where the contract has rings and bitmaps, and no line shared with it. It answers the same calls.
/// @dev    Where several things are wrong with a call, its description does not say which one is told: `Refused` names all.
contract ReferenceModel {
    error Refused(bytes4[] reasons);

    struct House {
        address owner;
        uint256 watts;
        uint256 fromSlot;
        uint256 newest;
        mapping(uint256 slot => bool) attested;
    }

    struct Quote {
        uint256 fromSlot;
        uint256 price;
    }

    struct Lot {
        address seller;
        uint256 slot;
        uint256 attestedWh;
        uint256 soldWh;
        uint256 ask;
        uint256 ceiling;
    }

    struct Person {
        IGridX.Tier tier;
        uint256 usedSlot;
        uint256 usedWh;
        uint256 balance;
        uint256 carbon;
        uint256 carbonEver;
        uint256 wallet;
        uint256 approved;
        uint256 newestLot;
        Quote[] quotes;
        uint256 bidPrice;
        uint256 bidMost;
        uint256 bidFrom;
        uint256 filledSlot;
        uint256 filledWh;
    }

    /// @dev A line left out, and the set of reasons that may be given for it.
    struct Left {
        address who;
        uint256 slot;
        uint256 wh;
        uint256 reasons;
    }

    bytes4 private constant ROLE = bytes4(keccak256("AccessControlUnauthorizedAccount(address,bytes32)"));
    bytes4 private constant NO_TOKENS = bytes4(keccak256("ERC20InsufficientBalance(address,uint256,uint256)"));
    bytes4 private constant NO_APPROVAL = bytes4(keccak256("ERC20InsufficientAllowance(address,uint256,uint256)"));
    uint256 private constant MOST = type(uint256).max;

    address private immutable self;
    uint256 private immutable slotLength;
    uint256 private immutable ring;

    bytes32 public head;
    bool public paused;
    uint256 public held;
    uint256 private fees;
    IGridX.MarketParameters private rules;
    uint256 private factor;
    IGridX.EmergencyRules private crisis;
    IGridX.LastClearing private last;

    mapping(bytes32 role => mapping(address account => bool)) public hasRole;
    mapping(address account => Person) private people;
    mapping(address meter => bool) private everUsed;
    mapping(address meter => uint256) private houseOfMeter;
    mapping(uint256 house => House) private houses;
    uint256 private houseCount;
    Lot[] private lots;

    bytes4[] private why;
    Left[] private leftOut;

    constructor(
        address self_,
        address token_,
        uint256 slotLength_,
        uint256 ring_,
        address admin,
        IGridX.MarketParameters memory rules_,
        IGridX.EmissionFactor memory factor_
    ) {
        (self, slotLength, ring) = (self_, slotLength_, ring_);
        head = keccak256(abi.encode(block.chainid, self_, token_, slotLength_, ring_));
        hasRole[0][admin] = true;
        hasRole[0][address(this)] = true;
        _setRules(rules_);
        _setFactor(factor_);
    }

    // ------------------------------------------------------------------------------------------- what may be wrong

    function unless(bool so, bytes4 reason) private {
        if (!so) why.push(reason);
    }

    function decide() private view {
        if (why.length != 0) revert Refused(why);
    }

    function onlyBy(string memory role) private {
        unless(hasRole[keccak256(bytes(role))][msg.sender], ROLE);
    }

    function within(uint256 given, uint256 lowest, uint256 highest) private {
        unless(lowest <= given && given <= highest, IGridX.OutOfRange.selector);
    }

    function priceWithin(uint256 price) private {
        if (price != 0) within(price, rules.minPrice, rules.maxPrice);
    }

    function running() private {
        unless(!paused, bytes4(keccak256("EnforcedPause()")));
    }

    /// @dev Appends a fact, all of whose fields are words.
    function fact(string memory signature, bytes memory fields) private {
        head = keccak256(bytes.concat(abi.encode(head, keccak256(bytes(signature)), block.timestamp), fields));
    }

    function takeLeftOut() external returns (Left[] memory all) {
        all = leftOut;
        delete leftOut;
    }

    // -------------------------------------------------------------------------------------------- roles and tokens

    function grantRole(bytes32 role, address account) external {
        unless(hasRole[0][msg.sender], ROLE);
        decide();
        hasRole[role][account] = true;
    }

    function revokeRole(bytes32 role, address account) external {
        unless(hasRole[0][msg.sender], ROLE);
        decide();
        hasRole[role][account] = false;
    }

    function pause() external {
        onlyBy("PAUSER_ROLE");
        running();
        decide();
        paused = true;
    }

    function unpause() external {
        onlyBy("PAUSER_ROLE");
        unless(paused, bytes4(keccak256("ExpectedPause()")));
        decide();
        paused = false;
    }

    /// @notice Gives a wallet tokens.
    function mint(address to, uint256 amount) external {
        people[to].wallet += amount;
    }

    function approve(address, uint256 amount) external {
        people[msg.sender].approved = amount;
    }

    function walletOf(address account) external view returns (uint256) {
        return people[account].wallet;
    }

    function pull(uint256 amount) private {
        Person storage p = people[msg.sender];
        unless(amount <= p.wallet, NO_TOKENS);
        unless(amount <= p.approved, NO_APPROVAL);
        decide();
        p.wallet -= amount;
        if (p.approved != MOST) p.approved -= amount;
        held += amount;
    }

    // -------------------------------------------------------------------------------------------------------- money

    function deposit(uint96 amount) public {
        unless(amount != 0, IGridX.ZeroAmount.selector);
        decide();
        people[msg.sender].balance += amount;
        fact("Deposited(address,uint96)", abi.encode(msg.sender, amount));
        pull(amount);
    }

    function depositWithPermit(uint96 amount, uint256, uint8, bytes32, bytes32) external {
        deposit(amount);
    }

    function withdraw(address to, uint96 amount) external {
        unless(to != address(0) && to != self, IGridX.InvalidAddress.selector);
        unless(amount != 0, IGridX.ZeroAmount.selector);
        unless(amount <= people[msg.sender].balance, IGridX.InsufficientBalance.selector);
        decide();
        people[msg.sender].balance -= amount;
        people[to].wallet += amount;
        held -= amount;
        fact("Withdrawn(address,address,uint96)", abi.encode(msg.sender, to, amount));
    }

    function collectFees() external returns (uint256 amount) {
        unless(fees != 0, IGridX.ZeroAmount.selector);
        decide();
        (amount, fees) = (fees, 0);
        people[rules.treasury].balance += amount;
        fact("FeesCollected(address,uint96)", abi.encode(rules.treasury, amount));
    }

    function spendCarbon(uint64 grams, string memory beneficiary, string memory reason)
        external
        returns (bytes32 claimId)
    {
        unless(grams != 0, IGridX.ZeroAmount.selector);
        unless(bytes(beneficiary).length <= 128 && bytes(reason).length <= 512, IGridX.TextTooLong.selector);
        unless(grams <= people[msg.sender].carbon, IGridX.InsufficientCarbon.selector);
        decide();
        people[msg.sender].carbon -= grams;
        bytes32 topic = keccak256("CarbonSpent(bytes32,address,uint64,string,string)");
        claimId = keccak256(abi.encode(head, topic, block.timestamp, msg.sender, grams, beneficiary, reason));
        head = claimId;
    }

    // ----------------------------------------------------------------------------------------------- what is ruled

    function setMarketParameters(IGridX.MarketParameters memory p) external {
        unless(hasRole[0][msg.sender], ROLE);
        _setRules(p);
    }

    function _setRules(IGridX.MarketParameters memory p) private {
        within(p.feeBps, 0, 1000);
        within(p.tradingWindow, 1, ring);
        unless(p.shelfDelaySlots < p.tradingWindow, IGridX.OutOfRange.selector);
        unless(p.minPrice <= p.maxPrice, IGridX.OutOfRange.selector);
        unless(p.treasury != address(0) && p.treasury != self, IGridX.InvalidAddress.selector);
        decide();
        rules = p;
        fact("MarketParametersSet((uint16,uint16,uint16,bool,uint96,uint96,address))", abi.encode(p));
    }

    function setEmissionFactor(IGridX.EmissionFactor memory f) external {
        unless(hasRole[0][msg.sender], ROLE);
        _setFactor(f);
    }

    function _setFactor(IGridX.EmissionFactor memory f) private {
        within(f.gramsPerMwh, 0, 2_000_000);
        within(bytes(f.source).length, 1, 256);
        within(bytes(f.vintage).length, 1, 256);
        decide();
        factor = f.gramsPerMwh;
        bytes32 topic = keccak256("EmissionFactorSet(uint32,string,string)");
        head = keccak256(abi.encode(head, topic, block.timestamp, f.gramsPerMwh, f.source, f.vintage));
    }

    function registerHouse(address meter, address owner, uint32 watts) external {
        onlyBy("REGISTRAR_ROLE");
        newMeter(meter);
        unless(owner != address(0) && owner != self, IGridX.InvalidAddress.selector);
        within(watts, 1, MOST);
        decide();
        everUsed[meter] = true;
        houseOfMeter[meter] = ++houseCount;
        House storage house = houses[houseCount];
        (house.owner, house.watts) = (owner, watts);
        (house.fromSlot, house.newest) = (slotNow(), slotNow() - 1);
        fact("HouseRegistered(address,address,uint32,uint32)", abi.encode(meter, owner, watts, slotNow()));
    }

    function updateHouse(address meter, address owner, uint32 watts) external {
        onlyBy("REGISTRAR_ROLE");
        unless(houseOfMeter[meter] != 0, IGridX.MeterNotActive.selector);
        unless(owner != address(0) && owner != self, IGridX.InvalidAddress.selector);
        within(watts, 1, MOST);
        decide();
        House storage house = houses[houseOfMeter[meter]];
        (house.owner, house.watts) = (owner, watts);
        fact("HouseUpdated(address,address,uint32)", abi.encode(meter, owner, watts));
    }

    function replaceMeter(address oldMeter, address next) external {
        onlyBy("REGISTRAR_ROLE");
        unless(houseOfMeter[oldMeter] != 0, IGridX.MeterNotActive.selector);
        newMeter(next);
        decide();
        everUsed[next] = true;
        (houseOfMeter[next], houseOfMeter[oldMeter]) = (houseOfMeter[oldMeter], 0);
        fact("MeterReplaced(address,address)", abi.encode(oldMeter, next));
    }

    function retireHouse(address meter) external {
        onlyBy("REGISTRAR_ROLE");
        unless(houseOfMeter[meter] != 0, IGridX.MeterNotActive.selector);
        decide();
        houseOfMeter[meter] = 0;
        fact("HouseRetired(address)", abi.encode(meter));
    }

    function newMeter(address meter) private {
        unless(meter != address(0), IGridX.InvalidAddress.selector);
        unless(!everUsed[meter], IGridX.MeterAlreadyRegistered.selector);
    }

    function setTier(address who, IGridX.Tier tier) external {
        onlyBy("REGISTRAR_ROLE");
        unless(who != address(0), IGridX.InvalidAddress.selector);
        decide();
        people[who].tier = tier;
        fact("TierSet(address,uint8)", abi.encode(who, tier));
    }

    function declareEmergency(uint96 cap, uint64 normal, uint64 essential, uint40 endsAt, string memory reason)
        external
    {
        onlyBy("GRID_OPERATOR_ROLE");
        within(endsAt, block.timestamp + 1, block.timestamp + 7 days);
        unless(bytes(reason).length <= 512, IGridX.TextTooLong.selector);
        decide();
        crisis = IGridX.EmergencyRules(cap, normal, essential, endsAt);
        bytes32 topic = keccak256("EmergencyDeclared(uint96,uint64,uint64,uint40,string)");
        head = keccak256(abi.encode(head, topic, block.timestamp, cap, normal, essential, endsAt, reason));
    }

    function endEmergency() external {
        onlyBy("GRID_OPERATOR_ROLE");
        unless(isCrisis(), IGridX.NoEmergency.selector);
        decide();
        delete crisis;
        fact("EmergencyEnded()", "");
    }

    // ------------------------------------------------------------------------------------------------------- energy

    function attestReadings(IGridX.Reading[] memory readings) external returns (uint256 attested) {
        running();
        decide();
        for (uint256 i = 0; i < readings.length; ++i) {
            if (attest(readings[i])) ++attested;
        }
    }

    function attest(IGridX.Reading memory r) private returns (bool) {
        address meter = signer(r);
        uint256 wrong = wrongWith(meter, r.slot, r.exportWh);
        if (wrong != 0) {
            leftOut.push(Left(meter, r.slot, r.exportWh, wrong));
            return false;
        }
        House storage house = houses[houseOfMeter[meter]];
        house.attested[r.slot] = true;
        if (r.slot > house.newest) house.newest = r.slot;
        uint256 ask;
        if (r.exportWh != 0) {
            (bool found, uint256 at) = find(house.owner, r.slot);
            if (!found) {
                at = lots.length;
                uint256 price = standing(people[house.owner].quotes, r.slot);
                lots.push(Lot(house.owner, r.slot, 0, 0, price, price));
                if (r.slot > people[house.owner].newestLot) people[house.owner].newestLot = r.slot;
            }
            lots[at].attestedWh += r.exportWh;
            ask = lots[at].ask;
        }
        fact(
            "EnergyAttested(address,address,uint32,uint64,uint96)",
            abi.encode(meter, house.owner, r.slot, r.exportWh, ask)
        );
        return true;
    }

    /// @return set bit i is set when reason i holds
    function wrongWith(address meter, uint256 slot, uint256 wh) private view returns (uint256 set) {
        if (meter == address(0)) return bit(IGridX.RejectionReason.InvalidSignature);
        if (!everUsed[meter]) return bit(IGridX.RejectionReason.UnknownMeter);
        if (houseOfMeter[meter] == 0) return bit(IGridX.RejectionReason.MeterRetired);
        House storage house = houses[houseOfMeter[meter]];
        if (slot >= slotNow()) set |= bit(IGridX.RejectionReason.SlotNotEnded);
        if (slot + 31 < house.newest || slot < house.fromSlot) set |= bit(IGridX.RejectionReason.SlotTooOld);
        if (house.attested[slot] || slot < house.fromSlot) set |= bit(IGridX.RejectionReason.AlreadyAttested);
        if (wh > house.watts * slotLength / 3600) set |= bit(IGridX.RejectionReason.AboveCapacity);
        if (wh != 0 && newestInPlace(house.owner, slot) > slot) set |= bit(IGridX.RejectionReason.LotReplaced);
    }

    function bit(IGridX.RejectionReason reason) private pure returns (uint256) {
        return 1 << uint256(reason);
    }

    function signer(IGridX.Reading memory r) private view returns (address) {
        if (r.signature.length != 65) return address(0);
        bytes memory signature = r.signature;
        (bytes32 x, bytes32 y, uint8 v) = (word(signature, 0), word(signature, 32), uint8(signature[64]));
        if (uint256(y) > 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0) return address(0);
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("GridX"),
                keccak256("1"),
                block.chainid,
                self
            )
        );
        bytes32 reading = keccak256(abi.encode(keccak256("Reading(uint32 slot,uint64 exportWh)"), r.slot, r.exportWh));
        return ecrecover(keccak256(abi.encodePacked("\x19\x01", domain, reading)), v, x, y);
    }

    function word(bytes memory data, uint256 from) private pure returns (bytes32 w) {
        for (uint256 i = 0; i < 32; ++i) {
            w |= bytes32(data[from + i]) >> (8 * i);
        }
    }

    /// @dev Two asks are remembered: the present one, and the one before it.
    function standing(Quote[] storage quotes, uint256 slot) private view returns (uint256) {
        if (quotes.length == 0) return 0;
        Quote storage present = quotes[quotes.length - 1];
        if (slot >= present.fromSlot) return present.price;
        return before(quotes);
    }

    function before(Quote[] storage quotes) private view returns (uint256) {
        for (uint256 i = quotes.length; i > 0; --i) {
            if (quotes[i - 1].fromSlot != quotes[quotes.length - 1].fromSlot) return quotes[i - 1].price;
        }
        return 0;
    }

    /// @dev A seller has `ring` places for lots. A lot's place is its slot's remainder, and a newer one takes it.
    function newestInPlace(address seller, uint256 slot) private view returns (uint256 newest) {
        for (uint256 i = 0; i < lots.length; ++i) {
            if (lots[i].seller != seller || lots[i].slot % ring != slot % ring) continue;
            if (lots[i].slot > newest) newest = lots[i].slot;
        }
    }

    function find(address seller, uint256 slot) private view returns (bool found, uint256 at) {
        if (newestInPlace(seller, slot) != slot) return (false, 0);
        for (uint256 i = 0; i < lots.length; ++i) {
            if (lots[i].seller == seller && lots[i].slot == slot) return (true, i);
        }
    }

    function isOpenSlot(uint256 slot) private view returns (bool) {
        return slot < slotNow() && slotNow() - slot <= rules.tradingWindow;
    }

    function setAsk(uint96 price) external {
        priceWithin(price);
        decide();
        people[msg.sender].quotes.push(Quote(slotNow(), price));
        fact("AskSet(address,uint32,uint96)", abi.encode(msg.sender, slotNow(), price));
    }

    function setLotAsk(uint32 slot, uint96 price) external {
        priceWithin(price);
        (bool found, uint256 at) = find(msg.sender, slot);
        unless(found && isOpenSlot(slot), IGridX.LotNotLive.selector);
        if (found) {
            Lot storage lot = lots[at];
            bool lower = price == 0 ? lot.ask != 0 : lot.ask != 0 ? price < lot.ask : price <= lot.ceiling;
            bool first = price != 0 && lot.ceiling == 0;
            unless(lower || first, IGridX.AskNotLowered.selector);
        }
        decide();
        lots[at].ask = price;
        if (price != 0) lots[at].ceiling = price;
        fact("LotAskSet(address,uint32,uint96)", abi.encode(msg.sender, slot, price));
    }

    // ---------------------------------------------------------------------------------------------- direct purchase

    function logEnergyTrade(address seller, address buyer, uint256 wh, uint256 limit) external returns (bytes32) {
        running();
        unless(msg.sender == buyer, IGridX.OnlyBuyer.selector);
        unless(seller != buyer, IGridX.SelfTrade.selector);
        unless(wh != 0, IGridX.ZeroEnergy.selector);
        unless(isMember(buyer), IGridX.NotAMember.selector);
        unless(wh <= allowance(buyer), IGridX.AllowanceExceeded.selector);
        uint256 slot = people[seller].newestLot;
        (bool found, uint256 at) = find(seller, slot);
        if (found && !shelfIsOpen(slot)) {
            // The newest waits for its clearing: the lot of the newest slot whose shelf is open takes its place.
            uint256 onShelf = slotNow() - rules.shelfDelaySlots - 1;
            (bool another, uint256 place) = find(seller, onShelf);
            if (another) (slot, at) = (onShelf, place);
        }
        unless(found && isOpenSlot(slot), IGridX.LotNotLive.selector);
        if (found) {
            Lot storage lot = lots[at];
            unless(shelfIsOpen(slot), IGridX.ShelfClosed.selector);
            unless(lot.ask != 0, IGridX.NotForSale.selector);
            unless(withFee(lot.ask) <= limit, IGridX.PriceAboveLimit.selector);
            unless(!isCrisis() || lot.ask <= crisis.priceCap, IGridX.PriceAboveCap.selector);
            unless(wh <= lot.attestedWh - lot.soldWh, IGridX.InsufficientEnergy.selector);
        }
        decide();
        pull(buy(at, buyer, wh));
        return head;
    }

    function buyEnergy(IGridX.Purchase[] memory purchases, uint256 least) external returns (uint256 bought) {
        running();
        unless(isMember(msg.sender), IGridX.NotAMember.selector);
        uint256 missing;
        for (uint256 i = 0; i < purchases.length; ++i) {
            (uint256 wh, uint256 at) = within(purchases[i]);
            if (wh == 0) continue;
            missing += buy(at, msg.sender, wh);
            bought += wh;
        }
        unless(bought != 0 && bought >= least, IGridX.BasketBelowMinimum.selector);
        pull(missing);
    }

    /// @return wh what a line of a basket brings
    function within(IGridX.Purchase memory p) private view returns (uint256 wh, uint256 at) {
        bool found;
        (found, at) = find(p.seller, p.slot);
        if (!found || p.seller == msg.sender || !isOpenSlot(p.slot) || !shelfIsOpen(p.slot)) return (0, 0);
        Lot storage lot = lots[at];
        if (lot.ask == 0 || withFee(lot.ask) > p.pricePerKwh) return (0, 0);
        if (isCrisis() && lot.ask > crisis.priceCap) return (0, 0);
        wh = least3(p.energyWh, lot.attestedWh - lot.soldWh, allowance(msg.sender));
    }

    /// @return missing what the buyer's account lacks, which comes from the wallet
    function buy(uint256 at, address buyer, uint256 wh) private returns (uint256 missing) {
        uint256 cost = payment(wh, lots[at].ask) + fee(wh, lots[at].ask);
        unless(cost <= type(uint96).max, IGridX.InsufficientBalance.selector);
        if (cost > people[buyer].balance) {
            missing = cost - people[buyer].balance;
            people[buyer].balance = cost;
            fact("Deposited(address,uint96)", abi.encode(buyer, missing));
        }
        settle(at, buyer, wh, lots[at].ask);
    }

    function settle(uint256 at, address buyer, uint256 wh, uint256 price) private {
        Lot storage lot = lots[at];
        uint256 grams = wh * factor / 1_000_000;
        lot.soldWh += wh;
        people[buyer].balance -= payment(wh, price) + fee(wh, price);
        people[lot.seller].balance += payment(wh, price);
        fees += fee(wh, price);
        people[buyer].carbon += grams;
        people[buyer].carbonEver += grams;
        if (isCrisis()) {
            if (people[buyer].usedSlot != slotNow()) people[buyer].usedWh = 0;
            people[buyer].usedSlot = slotNow();
            people[buyer].usedWh += wh;
        }
        fact(
            "EnergyTradeLogged(bytes32,address,address,uint32,uint64,uint96,uint96,uint64)",
            abi.encode(lot.seller, buyer, lot.slot, wh, price, fee(wh, price), grams)
        );
    }

    function payment(uint256 wh, uint256 price) private pure returns (uint256) {
        return (wh * price + 999) / 1000;
    }

    function fee(uint256 wh, uint256 price) private view returns (uint256) {
        return payment(wh, price) * rules.feeBps / 10_000;
    }

    function withFee(uint256 price) private view returns (uint256) {
        return (price * (10_000 + rules.feeBps) + 9999) / 10_000;
    }

    function shelfIsOpen(uint256 slot) private view returns (bool) {
        return slotNow() >= slot + 1 + rules.shelfDelaySlots;
    }

    function isMember(address who) private view returns (bool) {
        return !rules.membersOnly || people[who].tier != IGridX.Tier.None;
    }

    function isCrisis() private view returns (bool) {
        return block.timestamp < crisis.endsAt;
    }

    function allowance(address who) private view returns (uint256 wh) {
        Person storage p = people[who];
        if (!isCrisis() || p.tier == IGridX.Tier.Critical) return type(uint64).max;
        if (p.tier == IGridX.Tier.None) return 0;
        wh = p.tier == IGridX.Tier.Normal ? crisis.normalWhPerSlot : crisis.essentialWhPerSlot;
        uint256 used = p.usedSlot == slotNow() ? p.usedWh : 0;
        return used > wh ? 0 : wh - used;
    }

    function least3(uint256 a, uint256 b, uint256 c) private pure returns (uint256) {
        if (b < a) a = b;
        return c < a ? c : a;
    }

    // ----------------------------------------------------------------------------------------------------- clearing

    function setBid(uint96 price, uint64 most) external {
        priceWithin(price);
        decide();
        Person storage p = people[msg.sender];
        (p.bidPrice, p.bidMost, p.bidFrom, p.filledSlot, p.filledWh) = (price, most, slotNow(), slotNow(), 0);
        fact("BidSet(address,uint32,uint96,uint64)", abi.encode(msg.sender, slotNow(), price, most));
    }

    /// @dev Where the two lists stand: the line at hand, and what is left of it.
    struct Walk {
        uint256 slot;
        uint256 price;
        uint256 ask;
        uint256 askLeft;
        uint256 lot;
        uint256 bid;
        uint256 bidLeft;
        uint256 cleared;
        uint256 trades;
    }

    function clearSlot(uint32 slot, uint96 price, IGridX.Fill[] memory asks, IGridX.Fill[] memory bids, uint256 least)
        external
        returns (uint256)
    {
        onlyBy("MARKET_OPERATOR_ROLE");
        running();
        unless(isOpenSlot(slot), IGridX.SlotNotClearable.selector);
        within(price, 1, MOST);
        unless(!isCrisis() || price <= crisis.priceCap, IGridX.PriceAboveCap.selector);
        unless(slot >= last.slot, IGridX.SlotAlreadyPassed.selector);
        unless(slot != last.slot || price == last.pricePerKwh, IGridX.ClearingPriceFixed.selector);
        decide();
        last = IGridX.LastClearing(slot, price);
        Walk memory w;
        (w.slot, w.price) = (slot, price);
        while (askAtHand(w, asks) && bidAtHand(w, bids)) {
            pair(w, bids[w.bid - 1].participant);
        }
        unless(w.cleared >= least, IGridX.ClearingBelowMinimum.selector);
        decide();
        fact("SlotCleared(uint32,uint96,uint64,uint32)", abi.encode(slot, price, w.cleared, w.trades));
        return w.cleared;
    }

    function askAtHand(Walk memory w, IGridX.Fill[] memory asks) private returns (bool) {
        for (; w.askLeft == 0; ++w.ask) {
            if (w.ask == asks.length) return false;
            IGridX.Fill memory line = asks[w.ask];
            (bool found, uint256 at) = find(line.participant, w.slot);
            uint256 set;
            if (!found) {
                set = bit(IGridX.SkipReason.NoLot);
            } else {
                if (lots[at].ask == 0) set |= bit(IGridX.SkipReason.NotForSale);
                if (lots[at].ask > w.price) set |= bit(IGridX.SkipReason.AskAbovePrice);
                uint256 left = least3(line.energyWh, lots[at].attestedWh - lots[at].soldWh, MOST);
                if (left == 0) set |= bit(IGridX.SkipReason.NothingLeft);
                if (set == 0) (w.askLeft, w.lot) = (left, at);
            }
            if (set != 0) leftOut.push(Left(line.participant, w.slot, 0, set));
        }
        return true;
    }

    function bidAtHand(Walk memory w, IGridX.Fill[] memory bids) private returns (bool) {
        for (; w.bidLeft == 0; ++w.bid) {
            if (w.bid == bids.length) return false;
            IGridX.Fill memory line = bids[w.bid];
            Person storage p = people[line.participant];
            uint256 set;
            if (p.bidPrice == 0 || p.bidFrom > w.slot) set |= bit(IGridX.SkipReason.NoBid);
            if (p.bidPrice < withFee(w.price)) set |= bit(IGridX.SkipReason.BidBelowPrice);
            if (!isMember(line.participant)) set |= bit(IGridX.SkipReason.NotAMember);
            if (allowance(line.participant) == 0) set |= bit(IGridX.SkipReason.NoAllowance);
            uint256 room = p.bidMost - (p.filledSlot == w.slot ? p.filledWh : 0);
            if (room == 0 || line.energyWh == 0) set |= bit(IGridX.SkipReason.NothingLeft);
            if (set == 0) w.bidLeft = least3(line.energyWh, room, allowance(line.participant));
            else leftOut.push(Left(line.participant, w.slot, 0, set));
        }
        return true;
    }

    function pair(Walk memory w, address buyer) private {
        uint256 wh = w.askLeft < w.bidLeft ? w.askLeft : w.bidLeft;
        uint256 set;
        if (lots[w.lot].seller == buyer) set |= bit(IGridX.SkipReason.OwnEnergy);
        if (payment(wh, w.price) + fee(wh, w.price) > people[buyer].balance) set |= bit(IGridX.SkipReason.CannotPay);
        if (set != 0) {
            leftOut.push(Left(buyer, w.slot, 0, set));
            w.bidLeft = 0;
            return;
        }
        Person storage p = people[buyer];
        if (p.filledSlot != w.slot) (p.filledSlot, p.filledWh) = (w.slot, 0);
        p.filledWh += wh;
        settle(w.lot, buyer, wh, w.price);
        w.askLeft -= wh;
        w.bidLeft -= wh;
        w.cleared += wh;
        ++w.trades;
    }

    function bit(IGridX.SkipReason reason) private pure returns (uint256) {
        return 1 << uint256(reason);
    }

    // ------------------------------------------------------------------------------------------------- several calls

    function multicall(bytes[] memory data) external returns (bytes[] memory results) {
        results = new bytes[](data.length);
        for (uint256 i = 0; i < data.length; ++i) {
            bool done;
            (done, results[i]) = address(this).delegatecall(data[i]);
            bytes memory result = results[i];
            if (done) continue;
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
    }

    // -------------------------------------------------------------------------------------------------------- views

    function slotNow() private view returns (uint256) {
        return block.timestamp / slotLength;
    }

    function currentSlot() external view returns (uint256) {
        return slotNow();
    }

    function accruedFees() external view returns (uint256) {
        return fees;
    }

    function emissionFactor() external view returns (uint256) {
        return factor;
    }

    function marketParameters() external view returns (IGridX.MarketParameters memory) {
        return rules;
    }

    function lastClearing() external view returns (IGridX.LastClearing memory) {
        return last;
    }

    function emergency() external view returns (IGridX.EmergencyRules memory rules_) {
        if (isCrisis()) rules_ = crisis;
    }

    function allowanceOf(address who) external view returns (uint256) {
        return allowance(who);
    }

    function accountOf(address who) external view returns (uint256, uint256, uint256) {
        return (people[who].balance, people[who].carbon, people[who].carbonEver);
    }

    function participantOf(address who) external view returns (IGridX.Tier, uint256, uint256) {
        return (people[who].tier, people[who].usedSlot, people[who].usedWh);
    }

    function bidOf(address who) external view returns (uint256, uint256, uint256, uint256) {
        Person storage p = people[who];
        return (p.bidPrice, p.bidMost, p.filledSlot, p.filledWh);
    }

    function sellerOf(address who) external view returns (uint256, uint256, uint256, uint256) {
        Quote[] storage quotes = people[who].quotes;
        if (quotes.length == 0) return (0, people[who].newestLot, 0, 0);
        Quote storage present = quotes[quotes.length - 1];
        return (before(quotes), people[who].newestLot, present.price, present.fromSlot);
    }

    function lotOf(address seller, uint32 slot) external view returns (uint256, uint256, uint256, uint256) {
        (bool found, uint256 at) = find(seller, slot);
        if (!found) return (0, 0, 0, 0);
        return (slot, lots[at].attestedWh, lots[at].soldWh, lots[at].ask);
    }

    function quoteOf(address seller, uint32 slot) external view returns (uint256 wh, uint256 ask, uint256 limit) {
        (bool found, uint256 at) = find(seller, slot);
        if (!found || !isOpenSlot(slot)) return (0, 0, 0);
        ask = lots[at].ask;
        limit = withFee(ask);
        if (ask == 0 || !shelfIsOpen(slot) || (isCrisis() && ask > crisis.priceCap)) return (0, ask, limit);
        wh = lots[at].attestedWh - lots[at].soldWh;
    }

    /// @dev Of a key that is no more, only that nobody owns it.
    function houseOf(address meter) external view returns (address owner, uint256 watts, uint256 newest, uint256 map) {
        if (houseOfMeter[meter] == 0) return (address(0), 0, 0, 0);
        House storage house = houses[houseOfMeter[meter]];
        for (uint256 i = 0; i < 32; ++i) {
            uint256 slot = house.newest - i;
            if (slot < house.fromSlot || house.attested[slot]) map |= 1 << i;
        }
        return (house.owner, house.watts, house.newest, map);
    }
}
