// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGridX} from "../src/interfaces/IGridX.sol";
import {Checks} from "./Checks.sol";
import {IDeployedGridX} from "./Deployed.sol";

/// @notice Readings whose signature is wrong, or right for something else.
contract SignaturesTest is Checks {
    uint256 private constant CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    uint32 private slot;

    function setUp() public override {
        super.setUp();
        register(meter, SELLER);
        slot = gridx.currentSlot();
        endSlot(slot);
    }

    function rejectInvalid(bytes memory signature) private {
        expectRejection(address(0), slot, 1, IGridX.RejectionReason.InvalidSignature);
        assertEq(gridx.attestReadings(one(IGridX.Reading(slot, 1, signature))), 0);
    }

    /// @dev A right signature of other words recovers to some key, which is no meter.
    function rejectUnknown(IGridX.Reading memory reading) private {
        vm.recordLogs();
        assertEq(gridx.attestReadings(one(reading)), 0);
        (, IGridX.RejectionReason reason) = abi.decode(vm.getRecordedLogs()[0].data, (uint64, IGridX.RejectionReason));
        assertEq(uint8(reason), uint8(IGridX.RejectionReason.UnknownMeter));
        assertNoLot(SELLER, slot);
    }

    function parts(bytes memory signature) private pure returns (bytes32 r, bytes32 s, uint8 v) {
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
            v := byte(0, mload(add(signature, 96)))
        }
    }

    function test_Reject_HighS() public {
        (bytes32 r, bytes32 s, uint8 v) = parts(sign(meterKey, slot, 1).signature);
        rejectInvalid(abi.encodePacked(r, bytes32(CURVE_ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27)));
    }

    function test_Reject_WrongV() public {
        (bytes32 r, bytes32 s, uint8 v) = parts(sign(meterKey, slot, 1).signature);
        rejectInvalid(abi.encodePacked(r, s, v - 27));
        rejectInvalid(abi.encodePacked(r, s, v + 2));
    }

    function test_Reject_NoPointOfTheCurve() public {
        rejectInvalid(abi.encodePacked(bytes32(0), bytes32(0), uint8(27)));
        rejectInvalid(abi.encodePacked(bytes32(type(uint256).max), bytes32(uint256(1)), uint8(27)));
    }

    function testFuzz_Reject_WrongLength(bytes memory signature) public {
        vm.assume(signature.length != 65);
        rejectInvalid(signature);
    }

    function test_Reject_CompactOrPaddedSignature() public {
        (bytes32 r, bytes32 s, uint8 v) = parts(sign(meterKey, slot, 1).signature);
        rejectInvalid(abi.encodePacked(r, bytes32(uint256(s) | (uint256(v - 27) << 255))));
        rejectInvalid(abi.encodePacked(r, s, v, uint8(0)));
        rejectInvalid(abi.encodePacked(r, s));
    }

    /// @dev An external call, for the optimizer takes the chain's id for a constant within one.
    function signOnThisChain() external view returns (IGridX.Reading memory) {
        return sign(meterKey, slot, 1);
    }

    function test_Reject_AnotherChain() public {
        assertEq(block.chainid, 31_337);
        vm.chainId(1);
        IGridX.Reading memory reading = this.signOnThisChain();
        vm.chainId(31_337);
        rejectUnknown(reading);
    }

    function test_Reject_SignedBeforeAFork() public {
        IGridX.Reading memory reading = sign(meterKey, slot, 1);
        vm.chainId(block.chainid + 1);
        rejectUnknown(reading);
    }

    function test_Reject_AnotherContract() public {
        IDeployedGridX here = gridx;
        gridx = deploy(deployment());
        IGridX.Reading memory reading = sign(meterKey, slot, 1);
        gridx = here;
        rejectUnknown(reading);
    }

    function testFuzz_Reject_OtherSlotOrEnergyThanSigned(uint32 slot_, uint64 exportWh) public {
        vm.assume(slot_ != slot || exportWh != 1);
        IGridX.Reading memory reading = sign(meterKey, slot_, exportWh);
        reading.slot = slot;
        reading.exportWh = 1;
        rejectUnknown(reading);
    }

    /// @dev Not EIP-712: the same words hashed without their domain.
    function test_Reject_PersonalMessage() public {
        bytes32 hash = keccak256(abi.encode(keccak256("Reading(uint32 slot,uint64 exportWh)"), slot, uint64(1)));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(meterKey, keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n32", hash)));
        rejectUnknown(IGridX.Reading(slot, 1, abi.encodePacked(r, s, v)));
    }

    function test_DomainIsPublished() public view {
        (, string memory name, string memory version, uint256 chainId, address verifier,,) = gridx.eip712Domain();
        assertEq(name, "GridX");
        assertEq(version, "1");
        assertEq(chainId, block.chainid);
        assertEq(verifier, address(gridx));
    }
}
