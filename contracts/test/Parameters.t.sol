// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";

/// @notice The market's rules and the emission factor.
contract ParametersTest is Checks {
    function setFactor(uint32 grams, string memory source, string memory vintage) private {
        vm.prank(ADMIN);
        gridx.setEmissionFactor(IGridX.EmissionFactor(grams, source, vintage));
    }

    function text(uint256 length) private pure returns (string memory) {
        return string(new bytes(length));
    }

    function testFuzz_SetMarketParameters(IGridX.MarketParameters memory p) public {
        vm.assume(p.treasury != address(0) && p.treasury != address(gridx));
        p.feeBps = uint16(bound(p.feeBps, 0, 1000));
        p.tradingWindow = uint16(bound(p.tradingWindow, 1, RING));
        p.shelfDelaySlots = uint16(bound(p.shelfDelaySlots, 0, p.tradingWindow - 1));
        if (p.minPrice > p.maxPrice) (p.minPrice, p.maxPrice) = (p.maxPrice, p.minPrice);
        vm.expectEmit(address(gridx));
        emit IGridX.MarketParametersSet(p);
        setParameters(p);
        assertEq(abi.encode(gridx.marketParameters()), abi.encode(p));
        assertEq(gridx.emissionFactor(), GRAMS_PER_MWH);
        assertEq(gridx.accruedFees(), 0);
        assertFalse(gridx.paused());
    }

    function test_RevertWhen_SetMarketParameters_OutOfRange() public {
        IGridX.MarketParameters memory p = market();
        p.feeBps = 1001;
        expectOutOfRange("feeBps", 1001, 0, 1000);
        setParameters(p);
        p = market();
        p.tradingWindow = 0;
        expectOutOfRange("tradingWindow", 0, 1, RING);
        setParameters(p);
        p.tradingWindow = RING + 1;
        expectOutOfRange("tradingWindow", RING + 1, 1, RING);
        setParameters(p);
        p = market();
        p.tradingWindow = 4;
        p.shelfDelaySlots = 4;
        expectOutOfRange("shelfDelaySlots", 4, 0, 3);
        setParameters(p);
        p = market();
        p.minPrice = p.maxPrice + 1;
        expectOutOfRange("minPrice", p.maxPrice + 1, 0, p.maxPrice);
        setParameters(p);
    }

    function test_RevertWhen_SetMarketParameters_NoTreasury() public {
        IGridX.MarketParameters memory p = market();
        p.treasury = address(0);
        expectInvalidAddress(address(0));
        setParameters(p);
        p.treasury = address(gridx);
        expectInvalidAddress(address(gridx));
        setParameters(p);
    }

    function testFuzz_SetEmissionFactor(uint32 grams, string memory source, string memory vintage) public {
        grams = uint32(bound(grams, 0, 2_000_000));
        vm.assume(bytes(source).length <= 256 && bytes(vintage).length <= 256);
        if (bytes(source).length == 0) source = "source";
        if (bytes(vintage).length == 0) vintage = "vintage";
        vm.expectEmit(address(gridx));
        emit IGridX.EmissionFactorSet(grams, source, vintage);
        setFactor(grams, source, vintage);
        assertEq(gridx.emissionFactor(), grams);
        assertEq(abi.encode(gridx.marketParameters()), abi.encode(market()));
    }

    function test_SetEmissionFactor_LongestTexts() public {
        setFactor(2_000_000, text(256), text(256));
        assertEq(gridx.emissionFactor(), 2_000_000);
    }

    function test_RevertWhen_SetEmissionFactor_OutOfRange() public {
        expectOutOfRange("gramsPerMwh", 2_000_001, 0, 2_000_000);
        setFactor(2_000_001, "source", "vintage");
        expectOutOfRange("source", 0, 1, 256);
        setFactor(1, "", "vintage");
        expectOutOfRange("source", 257, 1, 256);
        setFactor(1, text(257), "vintage");
        expectOutOfRange("vintage", 0, 1, 256);
        setFactor(1, "source", "");
        expectOutOfRange("vintage", 257, 1, 256);
        setFactor(1, "source", text(257));
    }

    function testFuzz_RevertWhen_NotAdmin(address caller) public {
        vm.assume(caller != ADMIN);
        vm.startPrank(caller);
        expectUnauthorized(caller, DEFAULT_ADMIN);
        gridx.setMarketParameters(market());
        expectUnauthorized(caller, DEFAULT_ADMIN);
        gridx.setEmissionFactor(IGridX.EmissionFactor(1, "source", "vintage"));
        expectUnauthorized(caller, DEFAULT_ADMIN);
        gridx.grantRole(REGISTRAR, caller);
    }

    /// @dev New rules hold for what comes, not for what was.
    function test_FeeAndFactor_CountFromNowOn() public {
        offer(1000, ASK);
        fund(BUYER, 10_000_000, 0);
        trade(500, LIMIT);
        IGridX.MarketParameters memory p = market();
        p.feeBps = 0;
        setParameters(p);
        setFactor(0, "none", "never");
        trade(500, ASK);
        assertEq(gridx.accruedFees(), 25_000);
        assertAccount(BUYER, 10_000_000 - 5_025_000, 355, 355);
    }

    /// @dev Fees accrued go to whoever is the treasury when they are collected.
    function test_Treasury_IsThatOfTheCollection() public {
        offer(1000, ASK);
        fund(BUYER, 10_000_000, 0);
        trade(500, LIMIT);
        IGridX.MarketParameters memory p = market();
        p.treasury = makeAddr("new treasury");
        setParameters(p);
        gridx.collectFees();
        assertAccount(p.treasury, 25_000, 0, 0);
        assertAccount(TREASURY, 0, 0, 0);
    }
}
