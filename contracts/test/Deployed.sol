// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";

/// @notice All calls of the deployed contract. Tests know it by these and its artifact, never by its source, so that
///         they compile in seconds, without the pipeline that it needs.
interface IDeployedGridX is IGridX, IAccessControl, IAccessControlDefaultAdminRules, IERC5267 {
    function REGISTRAR_ROLE() external view returns (bytes32);
    function PAUSER_ROLE() external view returns (bytes32);
    function MARKET_OPERATOR_ROLE() external view returns (bytes32);
    function GRID_OPERATOR_ROLE() external view returns (bytes32);
    function paused() external view returns (bool);
    function multicall(bytes[] calldata data) external returns (bytes[] memory results);
}

/// @notice The demo token, likewise.
interface IDeployedRupee is IERC20, IERC20Permit {
    function mint(address to, uint256 amount) external;
    function decimals() external view returns (uint8);
}
