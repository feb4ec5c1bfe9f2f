// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";

contract CarbonWalletTest is Checks {
    function setUp() public override {
        super.setUp();
        offer(1000, ASK);
        fund(BUYER, 10_000_000, 0);
        trade(1000, LIMIT); // 711 g
    }

    function spend(uint64 grams, string memory beneficiary, string memory reason) private returns (bytes32) {
        vm.prank(BUYER);
        return gridx.spendCarbon(grams, beneficiary, reason);
    }

    function text(uint256 length) private pure returns (string memory) {
        return string(new bytes(length));
    }

    function testFuzz_SpendCarbon(uint64 grams, string memory beneficiary, string memory reason) public {
        vm.assume(bytes(beneficiary).length <= 128 && bytes(reason).length <= 512);
        grams = uint64(bound(grams, 1, 711));
        bytes32 id = keccak256(
            abi.encode(
                gridx.head(), IGridX.CarbonSpent.selector, vm.getBlockTimestamp(), BUYER, grams, beneficiary, reason
            )
        );
        vm.expectEmit(address(gridx));
        emit IGridX.CarbonSpent(id, BUYER, grams, beneficiary, reason);
        assertEq(spend(grams, beneficiary, reason), id);
        assertEq(gridx.head(), id);
        assertAccount(BUYER, 4_950_000, 711 - grams, 711);
    }

    function test_SpendCarbon_LongestTexts() public {
        spend(1, text(128), text(512));
        spend(1, "", "");
        assertAccount(BUYER, 4_950_000, 709, 711);
    }

    function test_RevertWhen_SpendCarbon_TextTooLong() public {
        vm.expectRevert(abi.encodeWithSelector(IGridX.TextTooLong.selector, "beneficiary", 129, 128));
        spend(1, text(129), "");
        vm.expectRevert(abi.encodeWithSelector(IGridX.TextTooLong.selector, "reason", 513, 512));
        spend(1, "", text(513));
    }

    function test_RevertWhen_SpendCarbon_Zero() public {
        vm.expectRevert(IGridX.ZeroAmount.selector);
        spend(0, "", "");
    }

    function testFuzz_RevertWhen_SpendCarbon_TooMuch(uint64 grams) public {
        spend(11, "", "");
        grams = uint64(bound(grams, 701, type(uint64).max));
        vm.expectRevert(abi.encodeWithSelector(IGridX.InsufficientCarbon.selector, BUYER, grams, 700));
        spend(grams, "", "");
    }

    function test_RevertWhen_SpendCarbon_OfTheSeller() public {
        vm.expectRevert(abi.encodeWithSelector(IGridX.InsufficientCarbon.selector, SELLER, 1, 0));
        vm.prank(SELLER);
        gridx.spendCarbon(1, "", "");
    }
}
