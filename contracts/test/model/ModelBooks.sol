// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../../src/interfaces/IGridX.sol";

/// @notice The first half of `ReferenceModel`: books, roles, money, rules, readings and lots.
/// @dev    Where several things are wrong with a call, its description does not say which one is told: `Refused` names all.
abstract contract ModelBooks {
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

    bytes4 internal constant ROLE = bytes4(keccak256("AccessControlUnauthorizedAccount(address,bytes32)"));
    bytes4 internal constant NO_TOKENS = bytes4(keccak256("ERC20InsufficientBalance(address,uint256,uint256)"));
    bytes4 internal constant NO_APPROVAL = bytes4(keccak256("ERC20InsufficientAllowance(address,uint256,uint256)"));
    uint256 internal constant MOST = type(uint256).max;

    address internal immutable self;
    uint256 internal immutable slotLength;
    uint256 internal immutable ring;

    bytes32 public head;
    bool public paused;
    uint256 public held;
    uint256 internal fees;
    IGridX.MarketParameters internal rules;
    uint256 internal factor;
    IGridX.EmergencyRules internal crisis;
    IGridX.LastClearing internal last;

    mapping(bytes32 role => mapping(address account => bool)) public hasRole;
    mapping(address account => Person) internal people;
    mapping(address meter => bool) internal everUsed;
    mapping(address meter => uint256) internal houseOfMeter;
    mapping(uint256 house => House) internal houses;
    uint256 internal houseCount;
    Lot[] internal lots;

    bytes4[] internal why;
    Left[] internal leftOut;

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

    function unless(bool so, bytes4 reason) internal {
        if (!so) why.push(reason);
    }

    function decide() internal view {
        if (why.length != 0) revert Refused(why);
    }

    function onlyBy(string memory role) internal {
        unless(hasRole[keccak256(bytes(role))][msg.sender], ROLE);
    }

    function within(uint256 given, uint256 lowest, uint256 highest) internal {
        unless(lowest <= given && given <= highest, IGridX.OutOfRange.selector);
    }

    function priceWithin(uint256 price) internal {
        if (price != 0) within(price, rules.minPrice, rules.maxPrice);
    }

    function running() internal {
        unless(!paused, bytes4(keccak256("EnforcedPause()")));
    }

    /// @dev Appends a fact, all of whose fields are words.
    function fact(string memory signature, bytes memory fields) internal {
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

    function pull(uint256 amount) internal {
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

    function _setRules(IGridX.MarketParameters memory p) internal {
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

    function _setFactor(IGridX.EmissionFactor memory f) internal {
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

    function newMeter(address meter) internal {
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

    function attest(IGridX.Reading memory r) internal returns (bool) {
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
    function wrongWith(address meter, uint256 slot, uint256 wh) internal view returns (uint256 set) {
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

    function bit(IGridX.RejectionReason reason) internal pure returns (uint256) {
        return 1 << uint256(reason);
    }

    function signer(IGridX.Reading memory r) internal view returns (address) {
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

    function word(bytes memory data, uint256 from) internal pure returns (bytes32 w) {
        for (uint256 i = 0; i < 32; ++i) {
            w |= bytes32(data[from + i]) >> (8 * i);
        }
    }

    /// @dev Two asks are remembered: the present one, and the one before it.
    function standing(Quote[] storage quotes, uint256 slot) internal view returns (uint256) {
        if (quotes.length == 0) return 0;
        Quote storage present = quotes[quotes.length - 1];
        if (slot >= present.fromSlot) return present.price;
        return before(quotes);
    }

    function before(Quote[] storage quotes) internal view returns (uint256) {
        for (uint256 i = quotes.length; i > 0; --i) {
            if (quotes[i - 1].fromSlot != quotes[quotes.length - 1].fromSlot) return quotes[i - 1].price;
        }
        return 0;
    }

    /// @dev A seller has `ring` places for lots. A lot's place is its slot's remainder, and a newer one takes it.
    function newestInPlace(address seller, uint256 slot) internal view returns (uint256 newest) {
        for (uint256 i = 0; i < lots.length; ++i) {
            if (lots[i].seller != seller || lots[i].slot % ring != slot % ring) continue;
            if (lots[i].slot > newest) newest = lots[i].slot;
        }
    }

    function find(address seller, uint256 slot) internal view returns (bool found, uint256 at) {
        if (newestInPlace(seller, slot) != slot) return (false, 0);
        for (uint256 i = 0; i < lots.length; ++i) {
            if (lots[i].seller == seller && lots[i].slot == slot) return (true, i);
        }
    }

    function isOpenSlot(uint256 slot) internal view returns (bool) {
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

    function slotNow() internal view returns (uint256) {
        return block.timestamp / slotLength;
    }

    function isCrisis() internal view returns (bool) {
        return block.timestamp < crisis.endsAt;
    }
}
