// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";
import {IDeployedGridX} from "./Deployed.sol";

/// @notice What the constructor sets, says and refuses; who is admin and how that changes.
contract DeploymentTest is Checks {
    function test_Deploy() public {
        IGridX.Deployment memory d = deployment();
        vm.expectEmit();
        emit IGridX.MarketParametersSet(d.market);
        vm.expectEmit();
        emit IGridX.EmissionFactorSet(GRAMS_PER_MWH, d.emissionFactor.source, d.emissionFactor.vintage);
        IDeployedGridX deployed = deploy(d);
        assertEq(address(deployed.token()), address(rupee));
        assertEq(rupee.decimals(), 6);
        assertEq(deployed.slotDuration(), SLOT);
        assertEq(deployed.ringLength(), RING);
        assertEq(deployed.currentSlot(), vm.getBlockTimestamp() / SLOT);
        assertEq(abi.encode(deployed.marketParameters()), abi.encode(d.market));
        assertEq(deployed.emissionFactor(), GRAMS_PER_MWH);
        assertEq(deployed.accruedFees(), 0);
        assertFalse(deployed.paused());
        assertEq(deployed.defaultAdmin(), ADMIN);
        assertEq(deployed.defaultAdminDelay(), 1 days);
        assertEq(deployed.REGISTRAR_ROLE(), REGISTRAR);
        assertEq(deployed.PAUSER_ROLE(), PAUSER);
        assertEq(deployed.MARKET_OPERATOR_ROLE(), MARKET_OPERATOR);
        assertEq(deployed.GRID_OPERATOR_ROLE(), GRID_OPERATOR);
        assertFalse(deployed.hasRole(REGISTRAR, ADMIN));
        assertFalse(deployed.hasRole(MARKET_OPERATOR, ADMIN));
        assertFalse(deployed.hasRole(GRID_OPERATOR, ADMIN));
        assertEq(abi.encode(deployed.lastClearing()), abi.encode(IGridX.LastClearing(0, 0)));
        assertEq(abi.encode(deployed.emergency()), abi.encode(IGridX.EmergencyRules(0, 0, 0, 0)));
        assertFalse(deployed.hasRole(PAUSER, ADMIN));
    }

    function test_RevertWhen_TokenHasNoCode() public {
        IGridX.Deployment memory d = deployment();
        d.token = IERC20(BUYER);
        expectInvalidAddress(BUYER);
        deploy(d);
    }

    function testFuzz_SlotDuration(uint32 duration) public {
        IGridX.Deployment memory d = deployment();
        d.slotDuration = duration;
        bool good = duration >= 60 && duration <= 1 days;
        if (!good) expectOutOfRange("slotDuration", duration, 60, 1 days);
        IDeployedGridX deployed = deploy(d);
        if (good) assertEq(deployed.currentSlot(), vm.getBlockTimestamp() / duration);
    }

    function test_RevertWhen_SlotDurationJustOut() public {
        testFuzz_SlotDuration(59);
        testFuzz_SlotDuration(60);
        testFuzz_SlotDuration(1 days);
        testFuzz_SlotDuration(1 days + 1);
    }

    function test_RevertWhen_RingTooShort() public {
        IGridX.Deployment memory d = deployment();
        d.ringLength = 1;
        expectOutOfRange("ringLength", 1, 2, type(uint16).max);
        deploy(d);
        d.ringLength = 95;
        expectOutOfRange("tradingWindow", 96, 1, 95);
        deploy(d);
        d.ringLength = type(uint16).max;
        assertEq(deploy(d).ringLength(), type(uint16).max);
    }

    function test_RevertWhen_NoAdmin() public {
        IGridX.Deployment memory d = deployment();
        d.admin = address(0);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControlDefaultAdminRules.AccessControlInvalidDefaultAdmin.selector, address(0)
            )
        );
        deploy(d);
    }

    function test_RevertWhen_BadParameters() public {
        IGridX.Deployment memory d = deployment();
        d.market.feeBps = 1001;
        expectOutOfRange("feeBps", 1001, 0, 1000);
        deploy(d);
        d = deployment();
        d.emissionFactor.source = "";
        expectOutOfRange("source", 0, 1, 256);
        deploy(d);
    }

    /// @dev The admin's role moves in two steps and after the delay only.
    function test_AdminMovesSlowly() public {
        vm.prank(ADMIN);
        gridx.beginDefaultAdminTransfer(BUYER);
        uint48 schedule = uint48(vm.getBlockTimestamp() + 1 days);
        vm.startPrank(BUYER);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminDelay.selector, schedule
            )
        );
        gridx.acceptDefaultAdminTransfer();
        vm.warp(schedule + 1);
        gridx.acceptDefaultAdminTransfer();
        gridx.setMarketParameters(market());
        vm.stopPrank();
        assertEq(gridx.defaultAdmin(), BUYER);
        vm.prank(ADMIN);
        expectUnauthorized(ADMIN, DEFAULT_ADMIN);
        gridx.setMarketParameters(market());
    }
}
