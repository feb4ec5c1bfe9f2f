// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {IGridX} from "../../src/interfaces/IGridX.sol";
import {Handler} from "./Handler.sol";

/// @notice The promises of the contract over long random lives of a community. While events are replayed, `Replay`
///         refuses what must not happen; after each call the contract's state must be what the books say.
contract InvariantsTest is Test {
    Handler private handler;

    function setUp() public {
        handler = new Handler();
        bytes4[] memory selectors = new bytes4[](32);
        selectors[0] = handler.wait.selector;
        selectors[1] = handler.attest.selector;
        selectors[2] = handler.setAsk.selector;
        selectors[3] = handler.setLotAsk.selector;
        selectors[4] = handler.logEnergyTrade.selector;
        selectors[5] = handler.buyEnergy.selector;
        selectors[6] = handler.deposit.selector;
        selectors[7] = handler.withdraw.selector;
        selectors[8] = handler.depositAndAskAtOnce.selector;
        selectors[9] = handler.collectFees.selector;
        selectors[10] = handler.donate.selector;
        selectors[11] = handler.spendCarbon.selector;
        selectors[12] = handler.registerHouse.selector;
        selectors[13] = handler.updateHouse.selector;
        selectors[14] = handler.replaceMeter.selector;
        selectors[15] = handler.retireHouse.selector;
        selectors[16] = handler.setTier.selector;
        selectors[17] = handler.setMarketParameters.selector;
        selectors[18] = handler.setEmissionFactor.selector;
        selectors[19] = handler.pause.selector;
        selectors[20] = handler.intrude.selector;
        // What matters most comes more often.
        selectors[21] = handler.attest.selector;
        selectors[22] = handler.logEnergyTrade.selector;
        selectors[23] = handler.buyEnergy.selector;
        selectors[24] = handler.setBid.selector;
        selectors[25] = handler.clearSlot.selector;
        selectors[26] = handler.auction.selector;
        selectors[27] = handler.auction.selector;
        selectors[28] = handler.clearSlot.selector;
        selectors[29] = handler.declareEmergency.selector;
        selectors[30] = handler.endEmergency.selector;
        selectors[31] = handler.intrude.selector;
        targetSelector(FuzzSelector({addr: address(handler), selectors: selectors}));
        targetContract(address(handler));
    }

    function invariant_TheContractIsWhatItsEventsSay() public view {
        assertEq(handler.difference(), "");
    }

    /// @dev A run must have been worth it.
    function afterInvariant() public {
        uint256 calls = handler.calls();
        emit log_named_uint("calls", calls);
        emit log_named_uint("nothing to do", handler.misses());
        emit log_named_uint("refused by the pause", handler.refusals());
        emit log_named_uint("trades", handler.trades());
        emit log_named_uint("attestations", handler.attestations());
        emit log_named_uint("clearings", handler.clearings());
        emit log_named_uint("clearings with trades", handler.clearingsWithTrades());
        emit log_named_uint("cleared trades", handler.clearedTrades());
        emit log_named_uint("emergencies", handler.emergencies());
        emit log_named_uint("trades in an emergency", handler.rationedTrades());
        emit log_named_uint("allowances used up", handler.exhausted());
        emit log_named_uint("lots back on sale", handler.relistings());
        for (uint8 i = 1; i <= uint8(type(IGridX.SkipReason).max); ++i) {
            emit log_named_uint(string.concat("skips, reason ", vm.toString(i)), handler.skips(IGridX.SkipReason(i)));
        }
        emit log_named_uint("attacks that were allowed", handler.intruder().succeeded());
        if (calls < 500) return;
        assertLe(handler.misses() * 10, calls, "too little done");
        assertGe(handler.trades() * 20, calls, "too few trades");
    }
}
