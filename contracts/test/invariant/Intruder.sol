// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IGridX} from "../../src/interfaces/IGridX.sol";
import {IDeployedGridX} from "../Deployed.sol";

/// @notice A hostile participant: calls whatever it likes, and is never let do what only others may.
contract Intruder {
    uint256 public constant ATTACKS = 26;

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
        bytes memory data = kind < 14 ? forbidden(kind, seed, victim) : allowed(kind, seed, victim, used);
        bytes memory result;
        (done, result) = address(gridx).call(data);
        if (kind < 14) require(!done, Succeeded(kind));
        // Neither an old reading nor a foreign key's lands.
        if (kind == 14 || kind == 15) require(!done || abi.decode(result, (uint256)) == 0, Succeeded(kind));
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
        return abi.encodeCall(gridx.spendCarbon, (type(uint64).max, "me", ""));
    }

    function allowed(uint256 kind, uint256 seed, address victim, IGridX.Reading memory used)
        private
        view
        returns (bytes memory)
    {
        uint32 slot = gridx.currentSlot() - uint32(seed % 14);
        if (kind == 14 || kind == 15) {
            IGridX.Reading[] memory readings = new IGridX.Reading[](2);
            readings[0] = used;
            readings[1] = used;
            if (kind == 15) readings[1] = IGridX.Reading(used.slot, uint64(seed), used.signature);
            if (kind == 15) readings[0] = IGridX.Reading(slot - 1, used.exportWh, abi.encode(seed, seed, seed));
            return abi.encodeCall(gridx.attestReadings, (readings));
        }
        if (kind == 16) return abi.encodeCall(gridx.withdraw, (victim, uint96(seed % 1e9)));
        if (kind == 17) return abi.encodeCall(gridx.deposit, (uint96(seed % 1e7)));
        if (kind == 18) return abi.encodeCall(gridx.depositWithPermit, (uint96(seed % 1e7), seed, 27, 0, 0));
        if (kind == 19) return abi.encodeCall(gridx.setAsk, (uint96(seed)));
        if (kind == 20) return abi.encodeCall(gridx.setLotAsk, (slot, uint96(seed % 1e7)));
        if (kind == 21) return abi.encodeCall(gridx.collectFees, ());
        if (kind == 22) return abi.encodeCall(gridx.spendCarbon, (uint64(seed % 1000), "me", ""));
        if (kind == 23) {
            return abi.encodeCall(gridx.logEnergyTrade, (victim, address(this), seed % 2000, type(uint256).max));
        }
        if (kind == 24) {
            IGridX.Purchase[] memory purchases = new IGridX.Purchase[](3);
            purchases[0] = IGridX.Purchase(victim, slot, uint64(seed), type(uint96).max);
            purchases[1] = IGridX.Purchase(victim, slot, uint64(seed >> 64), type(uint96).max);
            purchases[2] = IGridX.Purchase(address(this), slot, uint64(seed), type(uint96).max);
            return abi.encodeCall(gridx.buyEnergy, (purchases, 0));
        }
        bytes[] memory calls = new bytes[](3);
        uint96 balance = gridx.accountOf(address(this)).balance;
        calls[0] = abi.encodeCall(gridx.deposit, (1));
        calls[1] = abi.encodeCall(gridx.withdraw, (address(this), balance + 1));
        calls[2] = seed % 2 == 0
            ? abi.encodeCall(gridx.withdraw, (address(this), 1))
            : abi.encodeCall(gridx.setAsk, (uint96(seed % 1e6)));
        return abi.encodeCall(gridx.multicall, (calls));
    }
}
