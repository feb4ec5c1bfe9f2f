// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Checks} from "./Checks.sol";

/// @notice Roles: the admin gives and takes them, and hands itself over in two steps with a delay.
contract RolesTest is Checks {
    function start() private returns (uint48 schedule) {
        schedule = uint48(vm.getBlockTimestamp() + 1 days);
        vm.prank(ADMIN);
        gridx.beginDefaultAdminTransfer(BUYER);
    }

    function test_GrantRole_ThenRevokeIt() public {
        vm.startPrank(ADMIN);
        vm.expectEmit(address(gridx));
        emit IAccessControl.RoleGranted(MARKET_OPERATOR, BUYER, ADMIN);
        gridx.grantRole(MARKET_OPERATOR, BUYER);
        assertTrue(gridx.hasRole(MARKET_OPERATOR, BUYER));
        vm.expectEmit(address(gridx));
        emit IAccessControl.RoleRevoked(MARKET_OPERATOR, BUYER, ADMIN);
        gridx.revokeRole(MARKET_OPERATOR, BUYER);
        assertFalse(gridx.hasRole(MARKET_OPERATOR, BUYER));
    }

    function testFuzz_RevertWhen_GrantOrRevoke_NotAdmin(address caller, bytes32 role) public {
        vm.assume(caller != ADMIN && role != DEFAULT_ADMIN);
        vm.startPrank(caller);
        expectUnauthorized(caller, DEFAULT_ADMIN);
        gridx.grantRole(role, caller);
        expectUnauthorized(caller, DEFAULT_ADMIN);
        gridx.revokeRole(role, ADMIN);
    }

    function test_RevertWhen_GrantOrRevoke_TheAdminsRole() public {
        vm.startPrank(ADMIN);
        bytes4 rules = IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminRules.selector;
        vm.expectRevert(rules);
        gridx.grantRole(DEFAULT_ADMIN, BUYER);
        vm.expectRevert(rules);
        gridx.revokeRole(DEFAULT_ADMIN, ADMIN);
    }

    function test_RenounceRole_OnesOwnOnly() public {
        vm.prank(BUYER);
        vm.expectRevert(IAccessControl.AccessControlBadConfirmation.selector);
        gridx.renounceRole(MARKET_OPERATOR, OPERATOR);
        vm.prank(OPERATOR);
        gridx.renounceRole(MARKET_OPERATOR, OPERATOR);
        assertFalse(gridx.hasRole(MARKET_OPERATOR, OPERATOR));
    }

    /// @dev The admin leaves as slowly as it is replaced: to nobody, after the delay.
    function test_RenounceRole_OfTheAdmin() public {
        vm.startPrank(ADMIN);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminDelay.selector, 0)
        );
        gridx.renounceRole(DEFAULT_ADMIN, ADMIN);
        gridx.beginDefaultAdminTransfer(address(0));
        vm.warp(vm.getBlockTimestamp() + 1 days + 1);
        gridx.renounceRole(DEFAULT_ADMIN, ADMIN);
        assertEq(gridx.defaultAdmin(), address(0));
    }

    function test_AdminTransfer_AfterTheDelay() public {
        uint48 schedule = start();
        vm.startPrank(BUYER);
        vm.warp(schedule);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminDelay.selector, schedule
            )
        );
        gridx.acceptDefaultAdminTransfer();
        vm.warp(schedule + 1);
        gridx.acceptDefaultAdminTransfer();
        assertEq(gridx.defaultAdmin(), BUYER);
        assertFalse(gridx.hasRole(DEFAULT_ADMIN, ADMIN));
    }

    function test_RevertWhen_AdminTransfer_AcceptedByAnother() public {
        vm.warp(start() + 1);
        vm.prank(SELLER);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControlDefaultAdminRules.AccessControlInvalidDefaultAdmin.selector, SELLER)
        );
        gridx.acceptDefaultAdminTransfer();
    }

    function test_AdminTransfer_Cancelled() public {
        uint48 schedule = start();
        vm.prank(ADMIN);
        gridx.cancelDefaultAdminTransfer();
        vm.warp(schedule + 1);
        vm.prank(BUYER);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControlDefaultAdminRules.AccessControlInvalidDefaultAdmin.selector, BUYER)
        );
        gridx.acceptDefaultAdminTransfer();
    }

    function test_AdminDelay_ChangesSlowly_AndCanBeRolledBack() public {
        vm.startPrank(ADMIN);
        gridx.changeDefaultAdminDelay(1 hours);
        assertEq(gridx.defaultAdminDelay(), 1 days);
        gridx.rollbackDefaultAdminDelay();
        vm.warp(vm.getBlockTimestamp() + 2 days);
        assertEq(gridx.defaultAdminDelay(), 1 days);
        gridx.changeDefaultAdminDelay(1 hours);
        vm.warp(vm.getBlockTimestamp() + 1 days - 1 hours + 1);
        assertEq(gridx.defaultAdminDelay(), 1 hours);
    }

    function testFuzz_RevertWhen_AdminsCalls_NotAdmin(address caller) public {
        vm.assume(caller != ADMIN);
        vm.startPrank(caller);
        expectUnauthorized(caller, DEFAULT_ADMIN);
        gridx.beginDefaultAdminTransfer(caller);
        expectUnauthorized(caller, DEFAULT_ADMIN);
        gridx.cancelDefaultAdminTransfer();
        expectUnauthorized(caller, DEFAULT_ADMIN);
        gridx.changeDefaultAdminDelay(0);
        expectUnauthorized(caller, DEFAULT_ADMIN);
        gridx.rollbackDefaultAdminDelay();
    }
}
