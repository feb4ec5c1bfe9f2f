// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IGridX} from "./interfaces/IGridX.sol";
import {Parameters} from "./Parameters.sol";

/// @title  Escrowed money
/// @dev    Fee-on-transfer and rebasing tokens are not supported: an amount asked for is an amount received.
abstract contract Accounts is Parameters, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    mapping(address account => Account) internal _accounts;

    /// @inheritdoc IGridX
    function deposit(uint96 amount) external override nonReentrant {
        _deposit(amount);
    }

    /// @inheritdoc IGridX
    function depositWithPermit(uint96 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        override
        nonReentrant
    {
        // Whoever sees the permit can use it first; then it fails here, and the allowance is there all the same.
        try IERC20Permit(address(token)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _deposit(amount);
    }

    /// @inheritdoc IGridX
    function withdraw(address to, uint96 amount) external override nonReentrant {
        require(to != address(0) && to != address(this), InvalidAddress(to));
        require(amount != 0, ZeroAmount());
        uint96 balance = _accounts[msg.sender].balance;
        require(amount <= balance, InsufficientBalance(msg.sender, amount, balance));
        unchecked {
            _accounts[msg.sender].balance = balance - amount;
        }
        head = _append(2, abi.encode(head, Withdrawn.selector, block.timestamp, msg.sender, to, amount));
        token.safeTransfer(to, amount);
    }

    /// @inheritdoc IGridX
    function collectFees() external override returns (uint96 amount) {
        amount = _accruedFees;
        require(amount != 0, ZeroAmount());
        _accruedFees = 0;
        _accounts[_treasury].balance += amount;
        head = _append(1, abi.encode(head, FeesCollected.selector, block.timestamp, _treasury, amount));
    }

    /// @inheritdoc IGridX
    function accountOf(address account) external view override returns (Account memory) {
        return _accounts[account];
    }

    function _deposit(uint96 amount) private {
        require(amount != 0, ZeroAmount());
        _accounts[msg.sender].balance += amount;
        head = _recordDeposit(msg.sender, amount, head);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    function _recordDeposit(address account, uint96 amount, bytes32 head_) internal returns (bytes32) {
        return _append(1, abi.encode(head_, Deposited.selector, block.timestamp, account, amount));
    }
}
