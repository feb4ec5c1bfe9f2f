// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";
import {HostileToken} from "./mocks/HostileToken.sol";

/// @notice A settlement token that calls back, lies or refuses moves no more than it should.
contract HostileTokensTest is Checks {
    HostileToken private hostile;
    uint32 private slot;

    function setUp() public override {
        super.setUp();
        hostile = new HostileToken();
        IGridX.Deployment memory d = deployment();
        d.token = hostile;
        gridx = deploy(d);
        vm.startPrank(ADMIN);
        gridx.grantRole(REGISTRAR, ADMIN);
        gridx.grantRole(PAUSER, ADMIN);
        vm.stopPrank();
        slot = offer(1000, ASK);
        give(BUYER);
        give(address(hostile));
    }

    function give(address account) private {
        hostile.mint(account, 20_000_000);
        vm.startPrank(account);
        hostile.approve(address(gridx), type(uint256).max);
        gridx.deposit(10_000_000);
        vm.stopPrank();
    }

    /// @dev Each call that moves tokens, the token calling `inner` back meanwhile.
    function reenter(bytes memory inner) private {
        hostile.callBack(address(gridx), inner);
        bytes memory guarded = abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        uint256 held = gridx.accountOf(address(hostile)).balance;
        vm.startPrank(BUYER);
        gridx.withdraw(BUYER, 1);
        assertEq(hostile.answer(), guarded, "in withdraw");
        gridx.deposit(1);
        assertEq(hostile.answer(), guarded, "in deposit");
        gridx.withdraw(BUYER, gridx.accountOf(BUYER).balance);
        gridx.logEnergyTrade(SELLER, BUYER, 1, LIMIT);
        assertEq(hostile.answer(), guarded, "in logEnergyTrade");
        gridx.buyEnergy(one(IGridX.Purchase(SELLER, slot, 1, LIMIT)), 1);
        assertEq(hostile.answer(), guarded, "in buyEnergy");
        assertFalse(hostile.calledBack());
        assertEq(gridx.accountOf(address(hostile)).balance, held);
        assertEq(
            hostile.balanceOf(address(gridx)),
            gridx.accountOf(BUYER).balance + gridx.accountOf(SELLER).balance + held + gridx.accruedFees()
        );
    }

    function test_Reenter_Withdraw() public {
        reenter(abi.encodeCall(gridx.withdraw, (address(hostile), 1)));
    }

    function test_Reenter_Deposit() public {
        reenter(abi.encodeCall(gridx.deposit, (1)));
    }

    function test_Reenter_DepositWithPermit() public {
        reenter(abi.encodeCall(gridx.depositWithPermit, (1, type(uint256).max, 27, 0, 0)));
    }

    function test_Reenter_LogEnergyTrade() public {
        reenter(abi.encodeCall(gridx.logEnergyTrade, (SELLER, address(hostile), 1, LIMIT)));
    }

    function test_Reenter_BuyEnergy() public {
        reenter(abi.encodeCall(gridx.buyEnergy, (one(IGridX.Purchase(SELLER, slot, 1, LIMIT)), 1)));
    }

    function test_Reenter_ThroughMulticall() public {
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(gridx.withdraw, (address(hostile), 1));
        hostile.callBack(address(gridx), abi.encodeCall(gridx.multicall, (calls)));
        vm.prank(BUYER);
        gridx.withdraw(BUYER, 1);
        assertFalse(hostile.calledBack());
        assertAccount(address(hostile), 10_000_000, 0, 0);
    }

    /// @dev Calls that move no token may be made meanwhile; they see everything booked, and the head takes both.
    function test_Reenter_WithWhatMovesNoToken_SeesAllBooked() public {
        vm.prank(BUYER);
        gridx.withdraw(BUYER, 10_000_000);
        hostile.callBack(address(gridx), abi.encodeCall(gridx.collectFees, ()));
        vm.prank(BUYER);
        bytes32 tradeId = gridx.logEnergyTrade(SELLER, BUYER, 1000, LIMIT);
        assertTrue(hostile.calledBack());
        assertAccount(TREASURY, 50_000, 0, 0);
        assertEq(
            gridx.head(),
            keccak256(
                abi.encode(tradeId, IGridX.FeesCollected.selector, vm.getBlockTimestamp(), TREASURY, uint96(50_000))
            )
        );
        hostile.callBack(address(gridx), abi.encodeCall(gridx.setAsk, (7)));
        vm.prank(BUYER);
        gridx.deposit(5);
        assertTrue(hostile.calledBack());
        assertEq(gridx.sellerOf(address(hostile)).nextAsk, 7);
    }

    function refused(bytes memory reason) private {
        bytes32 head = gridx.head();
        vm.startPrank(BUYER);
        vm.expectRevert(reason);
        gridx.deposit(1);
        vm.expectRevert(reason);
        gridx.withdraw(BUYER, 1);
        // From the account nothing needs to be transferred.
        gridx.logEnergyTrade(SELLER, BUYER, 900, LIMIT);
        head = gridx.head();
        hostile.setMode(HostileToken.Mode.Honest);
        gridx.withdraw(BUYER, gridx.accountOf(BUYER).balance);
        bytes32 before = gridx.head();
        assertNotEq(before, head);
        hostile.setMode(reason.length == 4 ? HostileToken.Mode.Reverts : HostileToken.Mode.ReturnsFalse);
        vm.expectRevert(reason);
        gridx.logEnergyTrade(SELLER, BUYER, 1, LIMIT);
        vm.expectRevert(reason);
        gridx.buyEnergy(one(IGridX.Purchase(SELLER, slot, 1, LIMIT)), 1);
        assertEq(gridx.head(), before);
        assertLot(SELLER, slot, 1000, 900, ASK);
    }

    function test_RevertWhen_TokenReturnsFalse() public {
        hostile.setMode(HostileToken.Mode.ReturnsFalse);
        refused(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, hostile));
    }

    function test_RevertWhen_TokenReverts() public {
        hostile.setMode(HostileToken.Mode.Reverts);
        refused(abi.encodeWithSelector(HostileToken.Refused.selector));
    }

    function test_DepositWithPermit_OfATokenThatHasNone() public {
        vm.prank(BUYER);
        gridx.depositWithPermit(5, type(uint256).max, 27, bytes32(0), bytes32(0));
        assertAccount(BUYER, 10_000_005, 0, 0);
    }
}
