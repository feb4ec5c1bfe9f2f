// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A token that does what tokens must not. It has no permit.
contract HostileToken is ERC20 {
    enum Mode {
        Honest,
        ReturnsFalse,
        Reverts,
        CallsBack,
        TakesFee
    }

    error Refused();

    Mode public mode;
    address public target;
    bytes public data;
    bool public calledBack;
    bytes public answer;

    constructor() ERC20("Hostile", "HST") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setMode(Mode mode_) external {
        mode = mode_;
    }

    /// @notice In the midst of each transfer, calls `target_` with `data_`.
    function callBack(address target_, bytes calldata data_) external {
        mode = Mode.CallsBack;
        target = target_;
        data = data_;
    }

    /// @dev One percent of a transfer never arrives.
    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (mode == Mode.TakesFee && from != address(0)) super._update(to, address(0), value / 100);
    }

    /// @notice What this contract does for itself, so that it can hold an account.
    function run(address target_, bytes calldata data_) external {
        (bool done, bytes memory result) = target_.call(data_);
        require(done, string(result));
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return _before() && super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return _before() && super.transferFrom(from, to, amount);
    }

    function _before() private returns (bool) {
        if (mode == Mode.Reverts) revert Refused();
        if (mode == Mode.CallsBack) (calledBack, answer) = target.call(data);
        return mode != Mode.ReturnsFalse;
    }
}
