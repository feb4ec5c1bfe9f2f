// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IGridX} from "../../src/interfaces/IGridX.sol";
import {IDeployedGridX} from "../Deployed.sol";

/// @notice A hostile participant: calls whatever it likes, and is never let do what only others may.
contract Intruder {
    /// @dev The first of them must never pass.
    uint256 private constant FORBIDDEN = 20;
    uint256 public constant ATTACKS = 34;

    IDeployedGridX private immutable gridx;
    IERC20 private immutable token;
    uint256 public succeeded;

    error Succeeded(uint256 attack);

    constructor(IDeployedGridX gridx_, IERC20 token_) {
        (gridx, token) = (gridx_, token_);
        token.approve(address(gridx_), type(uint256).max);
    }

    /// @param used a reading that is on the chain already
    /// @return done whether the call was let pass
    function attack(uint256 kind, uint256 seed, address victim, IGridX.Reading memory used)
        external
        returns (bool done)
    {
        kind %= ATTACKS;
        bytes memory data = kind < FORBIDDEN ? forbidden(kind, seed, victim) : allowed(kind, seed, victim, used);
        bytes memory result;
        (done, result) = address(gridx).call(data);
        if (kind < FORBIDDEN) require(!done, Succeeded(kind));
        // Neither an old reading nor a foreign key's lands.
        if (kind == 20 || kind == 21) require(!done || abi.decode(result, (uint256)) == 0, Succeeded(kind));
        if (done) ++succeeded;
        (bool robbed,) = address(token).call(abi.encodeCall(token.transferFrom, (address(gridx), address(this), 1)));
        require(!robbed, Succeeded(type(uint256).max));
    }

    function forbidden(uint256 kind, uint256 seed, address victim) private view returns (bytes memory) {
        if (kind == 0) return abi.encodeCall(gridx.registerHouse, (address(uint160(seed)), address(this), 1));
        if (kind == 1) return abi.encodeCall(gridx.updateHouse, (victim, address(this), 1));
        if (kind == 2) return abi.encodeCall(gridx.replaceMeter, (victim, address(this)));
        if (kind == 3) return abi.encodeCall(gridx.retireHouse, (victim));
        if (kind == 4) return abi.encodeCall(gridx.setTier, (address(this), IGridX.Tier.Critical));
        if (kind == 5) {
            IGridX.MarketParameters memory p = gridx.marketParameters();
            p.treasury = address(this);
            return abi.encodeCall(gridx.setMarketParameters, (p));
        }
        if (kind == 6) return abi.encodeCall(gridx.setEmissionFactor, (IGridX.EmissionFactor(2_000_000, "a", "b")));
        if (kind == 7) return abi.encodeCall(gridx.pause, ());
        if (kind == 8) return abi.encodeCall(gridx.unpause, ());
        if (kind == 9) return abi.encodeCall(gridx.grantRole, (keccak256("REGISTRAR_ROLE"), address(this)));
        if (kind == 10) return abi.encodeCall(gridx.beginDefaultAdminTransfer, (address(this)));
        if (kind == 11) return abi.encodeCall(gridx.logEnergyTrade, (address(this), victim, 1, type(uint256).max));
        if (kind == 12) return abi.encodeCall(gridx.withdraw, (address(this), type(uint96).max));
        if (kind == 13) return abi.encodeCall(gridx.spendCarbon, (type(uint64).max, "me", ""));
        return reserved(kind, seed, victim);
    }

    /// @dev What only the operators may do, and prices and lines out of all bounds.
    function reserved(uint256 kind, uint256 seed, address victim) private view returns (bytes memory) {
        IGridX.LastClearing memory last = gridx.lastClearing();
        IGridX.Fill[] memory fills = new IGridX.Fill[](2);
        fills[0] = IGridX.Fill(victim, type(uint64).max);
        fills[1] = IGridX.Fill(address(this), type(uint64).max);
        bytes memory data = abi.encodeCall(
            gridx.clearSlot,
            (
                seed % 2 == 0 ? last.slot : gridx.currentSlot() - 1,
                seed % 2 == 0 ? last.pricePerKwh : uint96(1 + seed % 1e9),
                fills,
                fills,
                0
            )
        );
        if (kind == 14) return data;
        if (kind == 15) {
            bytes[] memory calls = new bytes[](1);
            calls[0] = data;
            return abi.encodeCall(gridx.multicall, (calls));
        }
        if (kind == 16) {
            return abi.encodeCall(
                gridx.declareEmergency,
                (uint96(seed), uint64(seed), 0, uint40(block.timestamp + 1 + seed % 1 days), "mine")
            );
        }
        if (kind == 17) return abi.encodeCall(gridx.endEmergency, ());
        if (kind == 18) return abi.encodeCall(gridx.setBid, (gridx.marketParameters().maxPrice + 1, uint64(seed)));
        // Cut short, so that nothing of it decodes.
        bytes memory junk = new bytes(4 + seed % 120);
        for (uint256 i = 0; i < junk.length; ++i) {
            junk[i] = i < 4 ? data[i] : bytes1(uint8(seed >> (i % 31)));
        }
        return junk;
    }

    function allowed(uint256 kind, uint256 seed, address victim, IGridX.Reading memory used)
        private
        view
        returns (bytes memory)
    {
        uint32 slot = gridx.currentSlot() - uint32(seed % 14);
        if (kind == 20 || kind == 21) {
            IGridX.Reading[] memory readings = new IGridX.Reading[](2);
            readings[0] = used;
            readings[1] = used;
            if (kind == 21) readings[1] = IGridX.Reading(used.slot, uint64(seed), used.signature);
            if (kind == 21) readings[0] = IGridX.Reading(slot - 1, used.exportWh, abi.encode(seed, seed, seed));
            return abi.encodeCall(gridx.attestReadings, (readings));
        }
        if (kind == 22) return abi.encodeCall(gridx.withdraw, (victim, uint96(seed % 1e9)));
        if (kind == 23) return abi.encodeCall(gridx.deposit, (uint96(seed % 1e7)));
        if (kind == 24) return abi.encodeCall(gridx.depositWithPermit, (uint96(seed % 1e7), seed, 27, 0, 0));
        if (kind == 25) return abi.encodeCall(gridx.setAsk, (uint96(seed)));
        if (kind == 26) return abi.encodeCall(gridx.setLotAsk, (slot, uint96(seed % 1e7)));
        if (kind == 27) return abi.encodeCall(gridx.collectFees, ());
        if (kind == 28) return abi.encodeCall(gridx.spendCarbon, (uint64(seed % 1000), "me", ""));
        if (kind == 29) {
            return abi.encodeCall(gridx.logEnergyTrade, (victim, address(this), seed % 2000, type(uint256).max));
        }
        if (kind == 30) {
            IGridX.Purchase[] memory purchases = new IGridX.Purchase[](3);
            purchases[0] = IGridX.Purchase(victim, slot, uint64(seed), type(uint96).max);
            purchases[1] = IGridX.Purchase(victim, slot, uint64(seed >> 64), type(uint96).max);
            purchases[2] = IGridX.Purchase(address(this), slot, uint64(seed), type(uint96).max);
            return abi.encodeCall(gridx.buyEnergy, (purchases, 0));
        }
        if (kind == 31) return abi.encodeCall(gridx.setBid, (uint96(seed % 1e9), uint64(seed >> 64)));
        if (kind == 32) return bidAndRun(seed);
        bytes[] memory calls = new bytes[](3);
        uint96 balance = gridx.accountOf(address(this)).balance;
        calls[0] = abi.encodeCall(gridx.deposit, (1));
        calls[1] = abi.encodeCall(gridx.withdraw, (address(this), balance + 1));
        calls[2] = seed % 2 == 0
            ? abi.encodeCall(gridx.withdraw, (address(this), 1))
            : abi.encodeCall(gridx.setAsk, (uint96(seed % 1e6)));
        return abi.encodeCall(gridx.multicall, (calls));
    }

    /// @dev A bid that looks rich until it is cleared.
    function bidAndRun(uint256 seed) private view returns (bytes memory) {
        bytes[] memory calls = new bytes[](3);
        uint96 amount = uint96(1 + seed % 1e6);
        calls[0] = abi.encodeCall(gridx.deposit, (amount));
        calls[1] = abi.encodeCall(gridx.setBid, (gridx.marketParameters().maxPrice, type(uint64).max));
        calls[2] = abi.encodeCall(gridx.withdraw, (address(this), gridx.accountOf(address(this)).balance + amount - 1));
        return abi.encodeCall(gridx.multicall, (calls));
    }
}
