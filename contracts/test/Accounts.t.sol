// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";

contract AccountsTest is Checks {
    // ----------------------------------------------------------------------------------------------- deposit

    function testFuzz_Deposit(uint96 amount, uint96 before) public {
        amount = uint96(bound(amount, 1, type(uint96).max));
        before = uint96(bound(before, 0, type(uint96).max - amount));
        fund(BUYER, before, amount);
        vm.expectEmit(address(gridx));
        emit IGridX.Deposited(BUYER, amount);
        vm.prank(BUYER);
        gridx.deposit(amount);
        assertAccount(BUYER, uint256(before) + amount, 0, 0);
        assertEq(rupee.balanceOf(BUYER), 0);
        assertEq(rupee.balanceOf(address(gridx)), uint256(before) + amount);
    }

    function test_RevertWhen_Deposit_Zero() public {
        vm.expectRevert(IGridX.ZeroAmount.selector);
        gridx.deposit(0);
        vm.expectRevert(IGridX.ZeroAmount.selector);
        gridx.depositWithPermit(0, 0, 27, 0, 0);
    }

    function test_RevertWhen_Deposit_NotAllowed() public {
        rupee.mint(BUYER, 10);
        vm.prank(BUYER);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(gridx), 0, 10));
        gridx.deposit(10);
    }

    // ------------------------------------------------------------------------------------- depositWithPermit

    struct Permit {
        address owner;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    function permit(uint256 key, uint96 amount, uint256 deadline) private view returns (Permit memory p) {
        p.owner = vm.addr(key);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                p.owner,
                address(gridx),
                uint256(amount),
                rupee.nonces(p.owner),
                deadline
            )
        );
        (p.v, p.r, p.s) = vm.sign(key, keccak256(abi.encodePacked("\x19\x01", rupee.DOMAIN_SEPARATOR(), structHash)));
    }

    function testFuzz_DepositWithPermit(uint96 amount) public {
        amount = uint96(bound(amount, 1, type(uint96).max));
        Permit memory p = permit(0xa11ce, amount, type(uint256).max);
        rupee.mint(p.owner, amount);
        vm.expectEmit(address(gridx));
        emit IGridX.Deposited(p.owner, amount);
        vm.prank(p.owner);
        gridx.depositWithPermit(amount, type(uint256).max, p.v, p.r, p.s);
        assertAccount(p.owner, amount, 0, 0);
        assertEq(rupee.allowance(p.owner, address(gridx)), 0);
    }

    function test_DepositWithPermit_UsedBySomebodyElseFirst() public {
        Permit memory p = permit(0xa11ce, 500, type(uint256).max);
        rupee.mint(p.owner, 500);
        vm.prank(makeAddr("front-runner"));
        rupee.permit(p.owner, address(gridx), 500, type(uint256).max, p.v, p.r, p.s);
        vm.prank(p.owner);
        gridx.depositWithPermit(500, type(uint256).max, p.v, p.r, p.s);
        assertAccount(p.owner, 500, 0, 0);
    }

    function test_RevertWhen_DepositWithPermit_Expired() public {
        Permit memory p = permit(0xa11ce, 500, vm.getBlockTimestamp() - 1);
        rupee.mint(p.owner, 500);
        vm.prank(p.owner);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(gridx), 0, 500)
        );
        gridx.depositWithPermit(500, vm.getBlockTimestamp() - 1, p.v, p.r, p.s);
    }

    /// @dev Somebody else's permit gives nobody else's money.
    function test_RevertWhen_DepositWithPermit_OfAnother() public {
        Permit memory p = permit(0xa11ce, 500, type(uint256).max);
        rupee.mint(p.owner, 500);
        rupee.mint(BUYER, 500);
        vm.prank(BUYER);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(gridx), 0, 500)
        );
        gridx.depositWithPermit(500, type(uint256).max, p.v, p.r, p.s);
    }

    // ----------------------------------------------------------------------------------------------- withdraw

    function testFuzz_Withdraw(uint96 balance, uint96 amount, address to) public {
        balance = uint96(bound(balance, 1, type(uint96).max));
        amount = uint96(bound(amount, 1, balance));
        vm.assume(to != address(0) && to != address(gridx) && to != BUYER);
        uint256 had = rupee.balanceOf(to);
        fund(BUYER, balance, 0);
        vm.expectEmit(address(gridx));
        emit IGridX.Withdrawn(BUYER, to, amount);
        vm.prank(BUYER);
        gridx.withdraw(to, amount);
        assertAccount(BUYER, balance - amount, 0, 0);
        assertEq(rupee.balanceOf(to), had + amount);
        assertEq(rupee.balanceOf(address(gridx)), balance - amount);
    }

    function test_Withdraw_KeepsTheCarbon() public {
        offer(1000, ASK);
        fund(BUYER, 10_000_000, 0);
        trade(1000, LIMIT);
        vm.prank(BUYER);
        gridx.withdraw(BUYER, 4_950_000);
        assertAccount(BUYER, 0, 711, 711);
    }

    function test_RevertWhen_Withdraw_ToNobodyOrGridX() public {
        fund(BUYER, 10, 0);
        vm.startPrank(BUYER);
        expectInvalidAddress(address(0));
        gridx.withdraw(address(0), 1);
        expectInvalidAddress(address(gridx));
        gridx.withdraw(address(gridx), 1);
    }

    function test_RevertWhen_Withdraw_Zero() public {
        vm.expectRevert(IGridX.ZeroAmount.selector);
        gridx.withdraw(BUYER, 0);
    }

    function testFuzz_RevertWhen_Withdraw_TooMuch(uint96 amount) public {
        fund(BUYER, 10, 0);
        fund(SELLER, 1_000_000, 0);
        amount = uint96(bound(amount, 11, type(uint96).max));
        vm.prank(BUYER);
        vm.expectRevert(abi.encodeWithSelector(IGridX.InsufficientBalance.selector, BUYER, amount, 10));
        gridx.withdraw(BUYER, amount);
    }

    // -------------------------------------------------------------------------------------------- collectFees

    function test_CollectFees_ByAnyone_IntoTheTreasurysAccount() public {
        offer(1000, ASK);
        fund(BUYER, 10_000_000, 0);
        trade(1000, LIMIT);
        vm.expectEmit(address(gridx));
        emit IGridX.FeesCollected(TREASURY, 50_000);
        vm.prank(makeAddr("anyone"));
        assertEq(gridx.collectFees(), 50_000);
        assertAccount(TREASURY, 50_000, 0, 0);
        assertEq(gridx.accruedFees(), 0);
        vm.prank(TREASURY);
        gridx.withdraw(TREASURY, 50_000);
        assertEq(rupee.balanceOf(TREASURY), 50_000);
    }

    function test_RevertWhen_CollectFees_None() public {
        vm.expectRevert(IGridX.ZeroAmount.selector);
        gridx.collectFees();
    }

    /// @dev A donation is nobody's.
    function test_Donation_ChangesNothing() public {
        fund(BUYER, 10, 0);
        bytes32 head = gridx.head();
        rupee.mint(address(gridx), 1000);
        assertAccount(BUYER, 10, 0, 0);
        assertEq(gridx.accruedFees(), 0);
        assertEq(gridx.head(), head);
    }
}
