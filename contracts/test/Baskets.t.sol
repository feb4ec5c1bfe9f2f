// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";

/// @notice `buyEnergy`: a basket takes what is still there.
contract BasketsTest is Checks {
    address private immutable OTHER = makeAddr("other seller");

    uint256 private otherKey;
    uint32 private slot;

    function setUp() public override {
        super.setUp();
        address other;
        (other, otherKey) = makeAddrAndKey("other meter");
        register(other, OTHER);
        setAsk(OTHER, 2 * ASK);
        slot = offer(1000, ASK);
        attest(otherKey, slot, 1000);
        fund(BUYER, 20_000_000, 20_000_000);
    }

    function buy(IGridX.Purchase[] memory purchases, uint256 minWh) private returns (uint256) {
        vm.prank(BUYER);
        return gridx.buyEnergy(purchases, minWh);
    }

    function line(address seller, uint32 slot_, uint64 energyWh, uint96 limit)
        private
        pure
        returns (IGridX.Purchase memory)
    {
        return IGridX.Purchase(seller, slot_, energyWh, limit);
    }

    /// @dev Nothing at all of a single line.
    function expectLeftOut(IGridX.Purchase memory purchase) private {
        vm.expectRevert(abi.encodeWithSelector(IGridX.BasketBelowMinimum.selector, 0, 0));
        buy(one(purchase), 0);
    }

    function test_BuyEnergy_OfTwoSellers() public {
        IGridX.Purchase[] memory purchases = new IGridX.Purchase[](2);
        purchases[0] = line(SELLER, slot, 600, LIMIT);
        purchases[1] = line(OTHER, slot, 400, 2 * LIMIT);
        uint256 at = vm.getBlockTimestamp();
        bytes32 first = keccak256(
            abi.encode(gridx.head(), IGridX.EnergyTradeLogged.selector, at, SELLER, BUYER, slot, 600, ASK, 30_000, 427)
        );
        bytes32 second = keccak256(
            abi.encode(first, IGridX.EnergyTradeLogged.selector, at, OTHER, BUYER, slot, 400, 2 * ASK, 40_000, 284)
        );
        vm.expectEmit(address(gridx));
        emit IGridX.EnergyTradeLogged(first, SELLER, BUYER, slot, 600, ASK, 30_000, 427);
        vm.expectEmit(address(gridx));
        emit IGridX.CarbonEarned(BUYER, first, 427);
        vm.expectEmit(address(gridx));
        emit IGridX.EnergyTradeLogged(second, OTHER, BUYER, slot, 400, 2 * ASK, 40_000, 284);
        vm.expectEmit(address(gridx));
        emit IGridX.CarbonEarned(BUYER, second, 284);
        assertEq(buy(purchases, 1000), 1000);
        assertEq(gridx.head(), second);
        assertAccount(BUYER, 20_000_000 - 3_030_000 - 4_040_000, 711, 711);
        assertAccount(SELLER, 3_000_000, 0, 0);
        assertAccount(OTHER, 4_000_000, 0, 0);
        assertEq(gridx.accruedFees(), 70_000);
        assertLot(SELLER, slot, 1000, 600, ASK);
        assertLot(OTHER, slot, 1000, 400, 2 * ASK);
    }

    function test_BuyEnergy_PullsOnceForAllLines() public {
        vm.prank(BUYER);
        gridx.withdraw(BUYER, 16_000_000);
        IGridX.Purchase[] memory purchases = new IGridX.Purchase[](2);
        purchases[0] = line(SELLER, slot, 1000, LIMIT);
        purchases[1] = line(OTHER, slot, 1000, 2 * LIMIT);
        vm.expectEmit(address(gridx));
        emit IGridX.Deposited(BUYER, 1_050_000);
        vm.expectEmit(address(gridx));
        emit IGridX.Deposited(BUYER, 10_100_000);
        vm.expectCall(address(rupee), abi.encodeCall(rupee.transferFrom, (BUYER, address(gridx), 11_150_000)), 1);
        assertEq(buy(purchases, 0), 2000);
        assertAccount(BUYER, 0, 1422, 1422);
        assertEq(rupee.balanceOf(address(gridx)), 15_150_000);
    }

    function test_BuyEnergy_TakesWhatIsThere() public {
        trade(700, LIMIT);
        assertEq(buy(one(line(SELLER, slot, type(uint64).max, LIMIT)), 300), 300);
        assertLot(SELLER, slot, 1000, 1000, ASK);
    }

    function test_BuyEnergy_EmptiedBySomebodyElse() public {
        address neighbour = makeAddr("neighbour");
        fund(neighbour, 20_000_000, 0);
        vm.prank(neighbour);
        gridx.buyEnergy(one(line(SELLER, slot, 1000, LIMIT)), 1000);
        expectLeftOut(line(SELLER, slot, 1000, LIMIT));
        // The other line is not lost with it.
        IGridX.Purchase[] memory purchases = new IGridX.Purchase[](2);
        purchases[0] = line(SELLER, slot, 1000, LIMIT);
        purchases[1] = line(OTHER, slot, 1000, 2 * LIMIT);
        vm.expectRevert(abi.encodeWithSelector(IGridX.BasketBelowMinimum.selector, 1000, 2000));
        buy(purchases, 2000);
        assertEq(buy(purchases, 1000), 1000);
        assertAccount(BUYER, 20_000_000 - 10_100_000, 711, 711);
    }

    function test_RevertWhen_WalletLacksMoney() public {
        vm.startPrank(BUYER);
        gridx.withdraw(BUYER, 20_000_000);
        rupee.transfer(SELLER, 35_000_000);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, BUYER, 5_000_000, 5_050_000)
        );
        gridx.buyEnergy(one(line(SELLER, slot, 1000, LIMIT)), 0);
        assertLot(SELLER, slot, 1000, 0, ASK);
    }

    function test_BuyEnergy_SameLotTwice() public {
        IGridX.Purchase[] memory purchases = new IGridX.Purchase[](3);
        purchases[0] = line(SELLER, slot, 600, LIMIT);
        purchases[1] = line(SELLER, slot, 600, LIMIT);
        purchases[2] = line(SELLER, slot, 600, LIMIT);
        assertEq(buy(purchases, 1000), 1000);
        assertLot(SELLER, slot, 1000, 1000, ASK);
    }

    function test_BuyEnergy_LeavesOutWhatCannotBe() public {
        uint32 gone = slot - 1;
        IGridX.Purchase[] memory purchases = new IGridX.Purchase[](6);
        purchases[0] = line(BUYER, slot, 600, LIMIT);
        purchases[1] = line(SELLER, gone, 600, LIMIT);
        purchases[2] = line(SELLER, slot, 600, LIMIT - 1);
        purchases[3] = line(SELLER, slot, 0, LIMIT);
        purchases[4] = line(OTHER, slot + 1, 600, type(uint96).max);
        purchases[5] = line(SELLER, slot, 10, LIMIT);
        assertEq(buy(purchases, 0), 10);
        assertAccount(BUYER, 20_000_000 - 50_500, 7, 7);
    }

    function test_BuyEnergy_LeavesOut_OwnLot() public {
        vm.expectRevert(abi.encodeWithSelector(IGridX.BasketBelowMinimum.selector, 0, 1));
        vm.prank(SELLER);
        gridx.buyEnergy(one(line(SELLER, slot, 1, LIMIT)), 1);
    }

    function test_BuyEnergy_LeavesOut_EachObstacle() public {
        expectLeftOut(line(SELLER, slot, 1, LIMIT - 1));
        expectLeftOut(line(SELLER, slot, 0, LIMIT));
        expectLeftOut(line(SELLER, slot + RING, 1, LIMIT));
        vm.prank(SELLER);
        gridx.setLotAsk(slot, 0);
        expectLeftOut(line(SELLER, slot, 1, LIMIT));
        IGridX.MarketParameters memory p = market();
        p.shelfDelaySlots = 1;
        setParameters(p);
        expectLeftOut(line(OTHER, slot, 1, 2 * LIMIT));
        endSlot(slot + RING);
        expectLeftOut(line(OTHER, slot, 1, 2 * LIMIT));
    }

    function test_BuyEnergy_AnOlderLot() public {
        uint32 newer = offer(1000, ASK);
        assertEq(buy(one(line(SELLER, slot, 5, LIMIT)), 5), 5);
        assertLot(SELLER, slot, 1000, 5, ASK);
        assertLot(SELLER, newer, 1000, 0, ASK);
    }

    function test_RevertWhen_EmptyBasket() public {
        vm.expectRevert(abi.encodeWithSelector(IGridX.BasketBelowMinimum.selector, 0, 0));
        buy(new IGridX.Purchase[](0), 0);
    }

    function testFuzz_BuyEnergy_Minimum(uint64 energyWh, uint256 minWh) public {
        energyWh = uint64(bound(energyWh, 1, 2000));
        uint256 there = energyWh < 1000 ? energyWh : 1000;
        if (minWh % 2 == 0) minWh = bound(minWh, 0, 1000);
        if (minWh > there) {
            vm.expectRevert(abi.encodeWithSelector(IGridX.BasketBelowMinimum.selector, there, minWh));
        }
        buy(one(line(SELLER, slot, energyWh, LIMIT)), minWh);
        if (minWh > there) assertAccount(BUYER, 20_000_000, 0, 0);
        else assertLot(SELLER, slot, 1000, there, ASK);
    }

    function test_RevertWhen_NotAMember() public {
        IGridX.MarketParameters memory p = market();
        p.membersOnly = true;
        setParameters(p);
        vm.expectRevert(abi.encodeWithSelector(IGridX.NotAMember.selector, BUYER));
        buy(one(line(SELLER, slot, 1, LIMIT)), 0);
        vm.prank(ADMIN);
        gridx.setTier(BUYER, IGridX.Tier.Normal);
        assertEq(buy(one(line(SELLER, slot, 1, LIMIT)), 0), 1);
    }

    function test_RevertWhen_Paused() public {
        pauseMarket();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        buy(one(line(SELLER, slot, 1, LIMIT)), 0);
    }
}
