// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Script} from "forge-std/Script.sol";

/// @notice What can be found out about a settlement token without spending any of it.
abstract contract TokenCheck is Script {
    using SafeERC20 for IERC20;

    /// @notice Reverts where the token is not the one that the file describes, or not one that GridX can hold.
    function checkToken(IERC20 token, string memory symbol, uint8 decimals) internal view {
        string memory at = string.concat("token.address: ", vm.toString(address(token)));
        require(address(token).code.length != 0, string.concat(at, " has no code on this chain"));
        try IERC20Metadata(address(token)).decimals() returns (uint8 found) {
            require(found == decimals, string.concat(at, " has ", vm.toString(found), " decimals, not token.decimals"));
        } catch {
            revert(string.concat(at, " does not say how many decimals it has"));
        }
        try IERC20Metadata(address(token)).symbol() returns (string memory found) {
            require(
                keccak256(bytes(found)) == keccak256(bytes(symbol)),
                string.concat(at, " calls itself ", found, ", not token.symbol")
            );
        } catch {
            revert(string.concat(at, " has no symbol"));
        }
        require(token.totalSupply() <= type(uint96).max, string.concat(at, " has more base units than 96 bits hold"));
    }

    /// @notice Moves all that `holder` has twice, by `transfer` and `transferFrom`, in the simulation only.
    /// @return shown False where `holder` has none, so that nothing was shown.
    function checkTransfers(IERC20 token, address holder) internal returns (bool shown) {
        uint256 amount = token.balanceOf(holder);
        if (amount == 0) return false;
        uint256 state = vm.snapshotState();
        address first = makeAddr("first probe");
        address second = makeAddr("second probe");
        vm.prank(holder);
        token.safeTransfer(first, amount);
        _expect(token, first, amount);
        _expect(token, holder, 0);
        vm.prank(first);
        token.forceApprove(address(this), amount);
        token.safeTransferFrom(first, second, amount);
        _expect(token, second, amount);
        vm.revertToStateAndDelete(state);
        return true;
    }

    function _expect(IERC20 token, address account, uint256 balance) private view {
        uint256 found = token.balanceOf(account);
        require(
            found == balance,
            string.concat(
                "token.address: after a simulated transfer an account held ",
                vm.toString(found),
                " where ",
                vm.toString(balance),
                " were due; tokens that take a fee on transfer or rebase are not supported"
            )
        );
    }
}
