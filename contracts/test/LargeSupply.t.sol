// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {stdError} from "forge-std/StdError.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";
import {IDeployedRupee} from "./Deployed.sol";
import {HostileToken} from "./mocks/HostileToken.sol";

/// @notice A token of which there is more than an account holds: nothing is cut off, it reverts.
contract LargeSupplyTest is Checks {
    function setUp() public override {
        super.setUp();
        rupee = IDeployedRupee(address(new HostileToken()));
        gridx = deploy(deployment());
        vm.startPrank(ADMIN);
        gridx.grantRole(REGISTRAR, ADMIN);
        gridx.grantRole(MARKET_OPERATOR, OPERATOR);
        vm.stopPrank();
    }

    function test_RevertWhen_Deposit_BeyondAnAccount() public {
        fund(BUYER, type(uint96).max, 1);
        vm.prank(BUYER);
        vm.expectRevert(stdError.arithmeticError);
        gridx.deposit(1);
    }

    /// @dev The dearest kWh that one account pays, its fee of a tenth included, and twenty of them in a lot.
    function offerTheDearest() private returns (uint96 price, uint32 slot) {
        IGridX.MarketParameters memory p = market();
        (p.maxPrice, p.feeBps) = (type(uint96).max, 1000);
        setParameters(p);
        register(meter, SELLER);
        vm.prank(ADMIN);
        gridx.updateHouse(meter, SELLER, 80_000);
        price = uint96(uint256(type(uint96).max) * 10 / 11);
        for (uint256 i = 1; i <= 12; ++i) {
            vm.prank(vm.addr(i));
            gridx.setBid(type(uint96).max, 1000);
            fund(vm.addr(i), type(uint96).max, 0);
        }
        slot = offer(20_000, price);
    }

    function buyOne(address buyer, uint96 price) private {
        vm.prank(buyer);
        gridx.logEnergyTrade(SELLER, buyer, 1000, type(uint256).max);
        vm.prank(SELLER);
        gridx.withdraw(TREASURY, price);
    }

    function test_RevertWhen_FeesExceedTheirWord() public {
        (uint96 price, uint32 slot) = offerTheDearest();
        for (uint256 i = 1; i <= 11; ++i) {
            buyOne(vm.addr(i), price);
        }
        uint96 fees = gridx.accruedFees();
        uint256 over = uint256(fees) + price / 10;
        assertGt(over, type(uint96).max);
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 96, over));
        vm.prank(vm.addr(12));
        gridx.logEnergyTrade(SELLER, vm.addr(12), 1000, type(uint256).max);
        IGridX.Purchase[] memory purchases = one(IGridX.Purchase(SELLER, slot, 1000, type(uint96).max));
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 96, over));
        vm.prank(vm.addr(12));
        gridx.buyEnergy(purchases, 1000);
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 96, over));
        clear(slot, price, vm.addr(12));
        // Collecting them makes room.
        gridx.collectFees();
        buyOne(vm.addr(12), price);
        assertAccount(TREASURY, fees, 0, 0);
        assertEq(gridx.accruedFees(), price / 10);
    }

    function clear(uint32 slot, uint96 price, address buyer) private returns (uint256) {
        IGridX.Fill[] memory asks = new IGridX.Fill[](1);
        asks[0] = IGridX.Fill(SELLER, 1000);
        IGridX.Fill[] memory bids = new IGridX.Fill[](1);
        bids[0] = IGridX.Fill(buyer, 1000);
        vm.prank(OPERATOR);
        return gridx.clearSlot(slot, price, asks, bids, 0);
    }

    function test_RevertWhen_SellersAccountIsFull() public {
        (uint96 price, uint32 slot) = offerTheDearest();
        fund(SELLER, type(uint96).max, 0);
        vm.startPrank(vm.addr(1));
        vm.expectRevert(stdError.arithmeticError);
        gridx.logEnergyTrade(SELLER, vm.addr(1), 1000, type(uint256).max);
        vm.expectRevert(stdError.arithmeticError);
        gridx.buyEnergy(one(IGridX.Purchase(SELLER, slot, 1000, type(uint96).max)), 1000);
        vm.stopPrank();
        vm.expectRevert(stdError.arithmeticError);
        clear(slot, price, vm.addr(1));
        vm.prank(SELLER);
        gridx.withdraw(SELLER, price);
        assertEq(clear(slot, price, vm.addr(1)), 1000);
        assertAccount(SELLER, type(uint96).max, 0, 0);
    }

    function test_RevertWhen_TreasurysAccountIsFull() public {
        (uint96 price,) = offerTheDearest();
        buyOne(vm.addr(1), price);
        fund(TREASURY, type(uint96).max, 0);
        vm.expectRevert(stdError.arithmeticError);
        gridx.collectFees();
        vm.prank(TREASURY);
        gridx.withdraw(SELLER, type(uint96).max);
        assertEq(gridx.collectFees(), price / 10);
    }

    /// @dev A balance must not make up for a cost beyond 96 bits: the seller's side would be cut.
    function test_RevertWhen_CostExceedsAnAccount_ThoughTheBalanceCoversTheRest() public {
        IGridX.MarketParameters memory p = market();
        p.maxPrice = type(uint96).max;
        p.feeBps = 0;
        setParameters(p);
        offer(1250, type(uint96).max);
        fund(BUYER, type(uint96).max, type(uint96).max);
        uint256 cost = (uint256(type(uint96).max) * 1250 + 999) / 1000;
        vm.expectRevert(abi.encodeWithSelector(IGridX.InsufficientBalance.selector, BUYER, cost, type(uint96).max));
        trade(1250, type(uint256).max);
    }
}
