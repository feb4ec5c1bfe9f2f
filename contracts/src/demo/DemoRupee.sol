// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Capped} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title  Demo rupee: play money for local chains
/// @notice Anyone mints. Never deploy it where money is meant.
contract DemoRupee is ERC20, ERC20Permit, ERC20Capped {
    /// @dev No account of GridX holds more than 96 bits, so no token of it may.
    constructor() ERC20("Demo Rupee", "dINR") ERC20Permit("Demo Rupee") ERC20Capped(type(uint96).max) {}

    /// @notice Six decimals, like USDC.
    function decimals() public pure override returns (uint8) {
        return 6;
    }

    /// @notice Makes `amount` base units for `to`.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Capped) {
        super._update(from, to, value);
    }
}
