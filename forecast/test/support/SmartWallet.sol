// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// A wallet without a key: it says itself what it has signed (ERC-1271), which is what its keeper signs.
contract SmartWallet {
    address private immutable KEEPER;

    constructor(address keeper) {
        KEEPER = keeper;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (signature.length != 65) return 0xffffffff;
        bytes32 r = bytes32(signature[0:32]);
        bytes32 s = bytes32(signature[32:64]);
        address signer = ecrecover(hash, uint8(signature[64]), r, s);
        return signer == KEEPER && signer != address(0) ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}
