// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {HostileToken} from "./HostileToken.sol";

/// @notice A hostile token that calls back from its permit too.
contract CallingPermitToken is HostileToken {
    bool public calledBackFromPermit;

    function permit(address, address, uint256, uint256, uint8, bytes32, bytes32) external {
        (calledBackFromPermit,) = target.call(data);
    }
}
