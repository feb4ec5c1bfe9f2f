// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";

/// @notice `logEnergyTrade`: what moves, how it rounds, and every way it is refused.
contract EnergyMarketTest is Checks {
    uint32 private slot;

    function setUp() public override {
        super.setUp();
        slot = offer(1000, ASK);
        fund(BUYER, 10_000_000, 10_000_000);
    }

    function expectTrade(uint64 energyWh, uint96 price, uint96 fee, uint64 grams, bytes32 before)
        private
        returns (bytes32 id)
    {
        bytes32 topic0 = IGridX.EnergyTradeLogged.selector;
        id = keccak256(
            abi.encode(before, topic0, vm.getBlockTimestamp(), SELLER, BUYER, slot, energyWh, price, fee, grams)
        );
        vm.expectEmit(address(gridx));
        emit IGridX.EnergyTradeLogged(id, SELLER, BUYER, slot, energyWh, price, fee, grams);
        vm.expectEmit(address(gridx));
        emit IGridX.CarbonEarned(BUYER, id, grams);
    }

    // --------------------------------------------------------------------------------------------- what moves

    function test_LogEnergyTrade_FromTheAccount() public {
        bytes32 id = expectTrade(500, ASK, 25_000, 355, gridx.head());
        assertEq(trade(500, LIMIT), id);
        assertEq(gridx.head(), id);
        assertAccount(BUYER, 10_000_000 - 2_525_000, 355, 355);
        assertAccount(SELLER, 2_500_000, 0, 0);
        assertEq(gridx.accruedFees(), 25_000);
        assertLot(SELLER, slot, 1000, 500, ASK);
        assertEq(rupee.balanceOf(BUYER), 10_000_000);
        assertEq(rupee.balanceOf(address(gridx)), 10_000_000);
    }

    function test_LogEnergyTrade_PullsWhatIsMissing() public {
        vm.prank(BUYER);
        gridx.withdraw(BUYER, 9_999_999);
        bytes32 head = gridx.head();
        uint96 pulled = 2_525_000 - 1;
        bytes32 deposited =
            keccak256(abi.encode(head, IGridX.Deposited.selector, vm.getBlockTimestamp(), BUYER, pulled));
        vm.expectEmit(address(gridx));
        emit IGridX.Deposited(BUYER, pulled);
        bytes32 id = expectTrade(500, ASK, 25_000, 355, deposited);
        assertEq(trade(500, LIMIT), id);
        assertAccount(BUYER, 0, 355, 355);
        assertAccount(SELLER, 2_500_000, 0, 0);
        assertEq(rupee.balanceOf(address(gridx)), 2_525_000);
        assertEq(rupee.balanceOf(BUYER), 20_000_000 - 2_525_000);
    }

    function test_LogEnergyTrade_ExactBalancePullsNothing() public {
        vm.startPrank(BUYER);
        gridx.withdraw(BUYER, 10_000_000 - 2_525_000);
        rupee.approve(address(gridx), 0);
        gridx.logEnergyTrade(SELLER, BUYER, 500, LIMIT);
        assertAccount(BUYER, 0, 355, 355);
    }

    function test_LogEnergyTrade_TheWholeLotInParts() public {
        trade(999, LIMIT);
        trade(1, LIMIT);
        assertLot(SELLER, slot, 1000, 1000, ASK);
        vm.expectRevert(abi.encodeWithSelector(IGridX.InsufficientEnergy.selector, SELLER, slot, 1, 0));
        trade(1, LIMIT);
    }

    function test_LogEnergyTrade_TakesTheNewestLot() public {
        uint32 newer = offer(300, ASK);
        attest(meterKey, newer - 1, 0); // nothing of an older slot makes it the newest
        trade(300, LIMIT);
        assertLot(SELLER, newer, 300, 300, ASK);
        assertLot(SELLER, slot, 1000, 0, ASK);
    }

    function test_LogEnergyTrade_PriceIsTheAskNotTheLimit() public {
        trade(1000, type(uint256).max);
        assertAccount(SELLER, ASK, 0, 0);
    }

    /// @dev Independent of the contract's arithmetic: quotient and remainder by hand.
    function testFuzz_LogEnergyTrade_Rounds(uint64 energyWh, uint96 ask, uint16 feeBps, uint32 factor) public {
        energyWh = uint64(bound(energyWh, 1, 1250));
        ask = uint96(bound(ask, 1, type(uint96).max / 2000));
        feeBps = uint16(bound(feeBps, 0, 1000));
        factor = uint32(bound(factor, 0, 2_000_000));
        IGridX.MarketParameters memory p = market();
        p.feeBps = feeBps;
        p.maxPrice = type(uint96).max;
        setParameters(p);
        vm.prank(ADMIN);
        gridx.setEmissionFactor(IGridX.EmissionFactor(factor, "source", "vintage"));
        slot = offer(1250, ask);
        uint256 product = uint256(energyWh) * ask;
        uint256 payment = product / 1000;
        if (product % 1000 != 0) ++payment;
        uint96 fee = uint96((payment * feeBps - (payment * feeBps) % 10_000) / 10_000);
        uint256 grams = (uint256(energyWh) * factor - (uint256(energyWh) * factor) % 1e6) / 1e6;
        rupee.mint(BUYER, payment + fee);
        vm.startPrank(BUYER);
        gridx.deposit(uint96(payment + fee));
        expectTrade(energyWh, ask, fee, uint64(grams), gridx.head());
        gridx.logEnergyTrade(SELLER, BUYER, energyWh, type(uint256).max);
        assertAccount(SELLER, payment, 0, 0);
        assertAccount(BUYER, 10_000_000, grams, grams);
        assertEq(gridx.accruedFees(), fee);
    }

    function testFuzz_LogEnergyTrade_LimitIncludesTheFee(uint96 ask, uint16 feeBps, uint256 limit) public {
        ask = uint96(bound(ask, 1, 1_000_000_000));
        feeBps = uint16(bound(feeBps, 0, 1000));
        IGridX.MarketParameters memory p = market();
        p.feeBps = feeBps;
        setParameters(p);
        slot = offer(1000, ask);
        rupee.mint(BUYER, 2_000_000_000);
        uint256 withFee = (uint256(ask) * (10_000 + feeBps) + 9999) / 10_000;
        limit = limit % 2 == 0 ? bound(limit, 0, withFee - 1) : bound(limit, withFee, type(uint256).max);
        if (limit < withFee) {
            vm.expectRevert(abi.encodeWithSelector(IGridX.PriceAboveLimit.selector, SELLER, slot, withFee, limit));
        }
        trade(1000, limit);
        // A kWh costs no more than the limit.
        if (limit >= withFee) assertLe(ask + gridx.accruedFees(), limit);
    }

    // --------------------------------------------------------------------------------------------- refusals

    function test_RevertWhen_NotTheBuyer() public {
        vm.expectRevert(abi.encodeWithSelector(IGridX.OnlyBuyer.selector, BUYER, SELLER));
        vm.prank(SELLER);
        gridx.logEnergyTrade(SELLER, BUYER, 1, LIMIT);
    }

    function test_RevertWhen_SelfTrade() public {
        vm.expectRevert(abi.encodeWithSelector(IGridX.SelfTrade.selector, SELLER));
        vm.prank(SELLER);
        gridx.logEnergyTrade(SELLER, SELLER, 1, LIMIT);
    }

    function test_RevertWhen_ZeroEnergy() public {
        vm.expectRevert(IGridX.ZeroEnergy.selector);
        trade(0, LIMIT);
    }

    function test_MembersOnly() public {
        IGridX.MarketParameters memory p = market();
        p.membersOnly = true;
        setParameters(p);
        vm.expectRevert(abi.encodeWithSelector(IGridX.NotAMember.selector, BUYER));
        trade(1, LIMIT);
        for (uint8 tier = 1; tier <= 3; ++tier) {
            vm.prank(ADMIN);
            gridx.setTier(BUYER, IGridX.Tier(tier));
            trade(1, LIMIT);
        }
        vm.prank(ADMIN);
        gridx.setTier(BUYER, IGridX.Tier.None);
        vm.expectRevert(abi.encodeWithSelector(IGridX.NotAMember.selector, BUYER));
        trade(1, LIMIT);
    }

    function test_RevertWhen_SellerNeverSold() public {
        address nobody = makeAddr("nobody");
        vm.expectRevert(abi.encodeWithSelector(IGridX.LotNotLive.selector, nobody, 0, slot + 1));
        vm.prank(BUYER);
        gridx.logEnergyTrade(nobody, BUYER, 1, LIMIT);
    }

    function test_RevertWhen_WindowEnded() public {
        vm.warp(uint256(slot + RING + 1) * SLOT - 1);
        trade(1, LIMIT);
        vm.warp(uint256(slot + RING + 1) * SLOT);
        vm.expectRevert(abi.encodeWithSelector(IGridX.LotNotLive.selector, SELLER, slot, slot + RING + 1));
        trade(1, LIMIT);
    }

    function test_RevertWhen_ShelfClosed() public {
        IGridX.MarketParameters memory p = market();
        p.shelfDelaySlots = 2;
        setParameters(p);
        vm.warp(uint256(slot + 3) * SLOT - 1);
        vm.expectRevert(abi.encodeWithSelector(IGridX.ShelfClosed.selector, SELLER, slot, slot + 3));
        trade(1, LIMIT);
        vm.warp(uint256(slot + 3) * SLOT);
        trade(1, LIMIT);
    }

    function test_LogEnergyTrade_WhileTheNewestLotWaits_TakesTheOneOnTheShelf() public {
        uint32 newer = offer(300, 2 * ASK);
        IGridX.MarketParameters memory p = market();
        p.shelfDelaySlots = 1;
        setParameters(p);
        trade(7, LIMIT);
        assertEq(gridx.lotOf(SELLER, slot).soldWh, 7, "the one on the shelf");
        assertEq(gridx.lotOf(SELLER, newer).soldWh, 0, "the one that waits");
        endSlot(newer + 1);
        trade(8, 2 * LIMIT);
        assertEq(gridx.lotOf(SELLER, newer).soldWh, 8, "no longer waiting");
    }

    /// @dev The limit protects a purchase that is on its way.
    function test_RevertWhen_TheNewestLotBecameDearer() public {
        uint32 newer = offer(300, 2 * ASK);
        vm.expectRevert(abi.encodeWithSelector(IGridX.PriceAboveLimit.selector, SELLER, newer, 2 * LIMIT, LIMIT));
        trade(1, LIMIT);
    }

    function test_RevertWhen_TheFeeWasRaised() public {
        IGridX.MarketParameters memory p = market();
        p.feeBps = 101;
        setParameters(p);
        vm.expectRevert(abi.encodeWithSelector(IGridX.PriceAboveLimit.selector, SELLER, slot, 5_050_500, LIMIT));
        trade(1, LIMIT);
    }

    function test_RevertWhen_NotForSale() public {
        vm.prank(SELLER);
        gridx.setLotAsk(slot, 0);
        vm.expectRevert(abi.encodeWithSelector(IGridX.NotForSale.selector, SELLER, slot));
        trade(1, LIMIT);
    }

    function testFuzz_RevertWhen_InsufficientEnergy(uint256 energyWh) public {
        trade(400, LIMIT);
        energyWh = bound(energyWh, 601, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IGridX.InsufficientEnergy.selector, SELLER, slot, energyWh, 600));
        trade(energyWh, LIMIT);
    }

    function test_RevertWhen_WalletLacksMoney() public {
        vm.startPrank(BUYER);
        gridx.withdraw(SELLER, 10_000_000);
        rupee.transfer(SELLER, 9_999_000);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, BUYER, 1000, 2_525_000));
        gridx.logEnergyTrade(SELLER, BUYER, 500, LIMIT);
        assertAccount(BUYER, 0, 0, 0);
        assertLot(SELLER, slot, 1000, 0, ASK);
    }

    function test_RevertWhen_CostExceedsAnAccount() public {
        IGridX.MarketParameters memory p = market();
        p.maxPrice = type(uint96).max;
        setParameters(p);
        slot = offer(1000, type(uint96).max);
        uint256 cost = uint256(type(uint96).max) + type(uint96).max / 100;
        vm.expectRevert(abi.encodeWithSelector(IGridX.InsufficientBalance.selector, BUYER, cost, 10_000_000));
        trade(1000, type(uint256).max);
    }

    function test_RevertWhen_Paused() public {
        pauseMarket();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        trade(1, LIMIT);
    }
}
