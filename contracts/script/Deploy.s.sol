// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {console} from "forge-std/console.sol";
import {IGridX} from "../src/interfaces/IGridX.sol";
import {Plan} from "./Plan.sol";
import {TokenCheck} from "./TokenCheck.sol";

/// @notice Deploys a community's contract as its parameter file says. `npm run deploy` runs it and writes down what
///         came of it; by hand it takes the file's text from GRIDX_PARAMETERS.
/// @dev    Two transactions: the creation, by which the deployer is the first admin, and one call that grants the
///         operational roles and begins the handing over. The contract is known by its artifact: build it before.
contract Deploy is Plan, TokenCheck {
    /// @dev Forge's sender where it was given no key.
    address private constant NO_KEY = 0x1804c8AB1F12E6bbf3894d4083f33e07309d1f38;

    function run() external returns (address gridx) {
        uint256 key = vm.envOr("DEPLOYER_PRIVATE_KEY", uint256(0));
        deployer = key == 0 ? msg.sender : vm.addr(key);
        require(deployer != NO_KEY, "no key: pass --account NAME (an encrypted keystore) or set DEPLOYER_PRIVATE_KEY");
        json = vm.envString("GRIDX_PARAMETERS");
        checkChain();
        IGridX.Deployment memory d = readDeployment();
        Grant[4] memory grants = readGrants();
        if (isDemoToken()) {
            _begin(key);
            d.token = IERC20(_create("DemoRupee.sol:DemoRupee", ""));
            vm.stopBroadcast();
        }
        checkToken(d.token, tokenSymbol(), tokenDecimals());
        _sayNotes(d, grants);

        address admin = d.admin;
        d.admin = deployer;
        _begin(key);
        gridx = _create("GridX.sol:GridX", abi.encode(d));
        bytes[] memory calls = _settingUp(grants, admin);
        if (calls.length != 0) Multicall(gridx).multicall(calls);
        vm.stopBroadcast();
    }

    function _begin(uint256 key) private {
        if (key == 0) vm.startBroadcast(deployer);
        else vm.startBroadcast(key);
    }

    function _settingUp(Grant[4] memory grants, address admin) private view returns (bytes[] memory calls) {
        calls = new bytes[](grants.length + 1);
        uint256 count;
        for (uint256 i = 0; i < grants.length; ++i) {
            if (grants[i].to == address(0)) continue;
            calls[count++] = abi.encodeCall(IAccessControl.grantRole, (grants[i].role, grants[i].to));
        }
        if (admin != deployer) {
            calls[count++] = abi.encodeCall(IAccessControlDefaultAdminRules.beginDefaultAdminTransfer, (admin));
        }
        assembly ("memory-safe") {
            mstore(calls, count)
        }
    }

    /// @dev What is no mistake but should be known.
    function _sayNotes(IGridX.Deployment memory d, Grant[4] memory grants) private {
        address holder = vm.envOr("GRIDX_TOKEN_HOLDER", deployer);
        if (!isDemoToken() && !checkTransfers(d.token, holder)) {
            console.log("Not checked: whether the token takes a fee on transfer or rebases, for %s holds none.", holder);
            console.log("  Name someone who does with --token-holder; the transfer is only simulated.");
        }
        for (uint256 i = 0; i < grants.length; ++i) {
            if (grants[i].to == address(0)) console.log("Nobody gets %s.", grants[i].name);
        }
        bool clearing = grants[2].to != address(0);
        if (clearing && d.market.shelfDelaySlots == 0) {
            console.log("Lots are on the shelf at once (market.shelfDelaySlots 0), which leaves little to clear.");
        } else if (!clearing && d.market.shelfDelaySlots != 0) {
            console.log("Lots wait market.shelfDelaySlots for a clearing that nobody may do.");
        }
        if (d.admin == deployer && !isLocal()) console.log("The deployer stays admin, as the file says.");
    }

    function _create(string memory artifact, bytes memory arguments) private returns (address created) {
        bytes memory code = bytes.concat(vm.getCode(artifact), arguments);
        assembly ("memory-safe") {
            created := create(0, add(code, 32), mload(code))
            if iszero(created) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }
}
