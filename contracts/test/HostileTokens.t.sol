// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";
import {Fold} from "./Fold.sol";
import {CallingPermitToken} from "./mocks/CallingPermitToken.sol";
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

    // ------------------------------------------------------------------- calls that move no token, made meanwhile

    /// @dev Within each call that moves tokens the token, which has every role but the admin's, makes `inner`: it is
    ///      done, all that came before it is booked, and the head is the fold of both.
    function reenterFreely(bytes memory inner) private {
        hostile.callBack(address(gridx), inner);
        bytes[] memory outer = new bytes[](4);
        outer[0] = abi.encodeCall(gridx.withdraw, (BUYER, 1));
        outer[1] = abi.encodeCall(gridx.deposit, (1));
        outer[2] = abi.encodeCall(gridx.logEnergyTrade, (SELLER, BUYER, 500, 2 * LIMIT));
        outer[3] = abi.encodeCall(gridx.buyEnergy, (one(IGridX.Purchase(SELLER, slot, 500, 2 * LIMIT)), 500));
        for (uint256 i = 0; i < outer.length; ++i) {
            uint256 state = vm.snapshotState();
            bytes32 head = gridx.head();
            vm.recordLogs();
            vm.prank(BUYER);
            (bool done,) = address(gridx).call(outer[i]);
            assertTrue(done, "outer call");
            assertTrue(hostile.calledBack(), "inner call");
            assertEq(
                gridx.head(), Fold.fold(head, vm.getRecordedLogs(), address(gridx), vm.getBlockTimestamp()), "head"
            );
            assertEq(
                hostile.balanceOf(address(gridx)),
                gridx.accountOf(BUYER).balance + gridx.accountOf(SELLER).balance
                    + gridx.accountOf(address(hostile)).balance + gridx.accountOf(TREASURY).balance
                    + gridx.accruedFees(),
                "money"
            );
            vm.revertToState(state);
        }
    }

    /// @dev A lot too dear for what BUYER keeps in its account, a bid of the token's, and some carbon.
    function giveRoles() private {
        vm.startPrank(ADMIN);
        gridx.grantRole(REGISTRAR, address(hostile));
        gridx.grantRole(PAUSER, address(hostile));
        gridx.grantRole(MARKET_OPERATOR, address(hostile));
        gridx.grantRole(GRID_OPERATOR, address(hostile));
        vm.startPrank(address(hostile));
        gridx.setBid(LIMIT, 1000);
        vm.startPrank(ADMIN);
        gridx.registerHouse(vm.addr(0xbeef), address(hostile), CAPACITY);
        vm.stopPrank();
        slot = offer(1000, ASK);
        attest(0xbeef, slot, 100);
        vm.prank(address(hostile));
        gridx.buyEnergy(one(IGridX.Purchase(SELLER, slot, 100, LIMIT)), 100);
        vm.prank(BUYER);
        gridx.withdraw(BUYER, 9_000_000);
    }

    function fill(address participant, uint64 energyWh) private pure returns (IGridX.Fill[] memory fills) {
        fills = new IGridX.Fill[](1);
        fills[0] = IGridX.Fill(participant, energyWh);
    }

    function test_Reenter_ClearSlot_ByATokenThatMayClear() public {
        giveRoles();
        reenterFreely(
            abi.encodeCall(gridx.clearSlot, (slot, ASK, fill(SELLER, 400), fill(address(hostile), 1000), 400))
        );
    }

    /// @dev What the outer purchase took is gone: a clearing within it can't sell it again.
    function test_Reenter_ClearSlot_SellsNothingTwice() public {
        giveRoles();
        hostile.callBack(
            address(gridx),
            abi.encodeCall(gridx.clearSlot, (slot, ASK, fill(SELLER, 1000), fill(address(hostile), 1000), 0))
        );
        vm.prank(BUYER);
        gridx.logEnergyTrade(SELLER, BUYER, 500, LIMIT);
        assertTrue(hostile.calledBack());
        assertEq(abi.decode(hostile.answer(), (uint256)), 400);
        assertLot(SELLER, slot, 1000, 1000, ASK);
    }

    function test_Reenter_SellersAndBiddersCalls() public {
        giveRoles();
        reenterFreely(abi.encodeCall(gridx.setBid, (7, 7)));
        reenterFreely(abi.encodeCall(gridx.setAsk, (7)));
        reenterFreely(abi.encodeCall(gridx.setLotAsk, (slot, 7)));
        reenterFreely(abi.encodeCall(gridx.spendCarbon, (71, "the token", "in the midst of a transfer")));
        endSlot(slot);
        reenterFreely(abi.encodeCall(gridx.attestReadings, (one(sign(meterKey, slot, 7)))));
        reenterFreely(abi.encodeCall(gridx.attestReadings, (one(sign(meterKey, slot + 1, 7)))));
        reenterFreely(abi.encodeCall(gridx.collectFees, ()));
    }

    function test_Reenter_RolesCalls() public {
        giveRoles();
        reenterFreely(abi.encodeCall(gridx.registerHouse, (BUYER, BUYER, 1)));
        reenterFreely(abi.encodeCall(gridx.updateHouse, (meter, BUYER, 1)));
        reenterFreely(abi.encodeCall(gridx.replaceMeter, (meter, BUYER)));
        reenterFreely(abi.encodeCall(gridx.retireHouse, (meter)));
        reenterFreely(abi.encodeCall(gridx.setTier, (BUYER, IGridX.Tier.Normal)));
        reenterFreely(abi.encodeCall(gridx.pause, ()));
        uint40 endsAt = uint40(vm.getBlockTimestamp() + 1);
        reenterFreely(abi.encodeCall(gridx.declareEmergency, (0, 0, 0, endsAt, "the token's")));
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(gridx.declareEmergency, (0, 0, 0, endsAt, "the token's"));
        calls[1] = abi.encodeCall(gridx.endEmergency, ());
        reenterFreely(abi.encodeCall(gridx.multicall, (calls)));
    }

    /// @dev The permit runs before anything is booked; what a token does in it is not written over.
    function test_Reenter_WithinThePermit() public {
        CallingPermitToken calling = new CallingPermitToken();
        IGridX.Deployment memory d = deployment();
        d.token = calling;
        gridx = deploy(d);
        calling.mint(BUYER, 100);
        vm.startPrank(BUYER);
        calling.approve(address(gridx), 100);
        calling.callBack(address(gridx), abi.encodeCall(gridx.setAsk, (7)));
        bytes32 head = gridx.head();
        vm.recordLogs();
        gridx.depositWithPermit(60, 0, 27, 0, 0);
        assertTrue(calling.calledBackFromPermit());
        assertEq(gridx.head(), Fold.fold(head, vm.getRecordedLogs(), address(gridx), vm.getBlockTimestamp()));
        assertAccount(BUYER, 60, 0, 0);
        calling.callBack(address(gridx), abi.encodeCall(gridx.deposit, (1)));
        gridx.depositWithPermit(40, 0, 27, 0, 0);
        assertFalse(calling.calledBackFromPermit());
        assertAccount(BUYER, 100, 0, 0);
        assertAccount(address(calling), 0, 0, 0);
    }

    // --------------------------------------------------------------------------------------- lies and refusals

    /// @dev Not supported, and why: what is booked never came, so the last one finds nothing. Deploy with none such.
    function test_TokenThatTakesAFee_IsNotMadeUpFor() public {
        hostile.setMode(HostileToken.Mode.TakesFee);
        vm.startPrank(BUYER);
        gridx.deposit(10_000_000);
        assertAccount(BUYER, 20_000_000, 0, 0);
        assertEq(hostile.balanceOf(address(gridx)), 29_900_000);
        gridx.withdraw(BUYER, 20_000_000);
        vm.startPrank(address(hostile));
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientBalance.selector, address(gridx), 9_900_000, 10_000_000
            )
        );
        gridx.withdraw(address(hostile), 10_000_000);
        gridx.withdraw(address(hostile), 9_900_000);
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
