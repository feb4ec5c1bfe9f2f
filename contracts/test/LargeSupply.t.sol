// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

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
        vm.stopPrank();
    }

    function test_RevertWhen_Deposit_BeyondAnAccount() public {
        fund(BUYER, type(uint96).max, 1);
        vm.prank(BUYER);
        vm.expectRevert(stdError.arithmeticError);
        gridx.deposit(1);
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
