// EIP-2612: the wallet lets the contract take an amount by a signature, which saves a transaction.
import {
  type Address,
  domainSeparator,
  type Hex,
  type PublicClient,
  parseAbi,
  parseSignature,
  type TypedDataDomain,
} from "viem";
import type { Site } from "../../config/loadSite.ts";
import type { TypedData } from "../flow.ts";

const permitAbi = parseAbi([
  "function name() view returns (string)",
  "function version() view returns (string)",
  "function nonces(address) view returns (uint256)",
  "function DOMAIN_SEPARATOR() view returns (bytes32)",
]);

const PERMIT = [
  { name: "owner", type: "address" },
  { name: "spender", type: "address" },
  { name: "value", type: "uint256" },
  { name: "nonce", type: "uint256" },
  { name: "deadline", type: "uint256" },
] as const;

/** What is signed may take this long to be mined, in the reader's seconds. */
const VALID_SECONDS = 1_800;

export interface PermitSignature {
  deadline: bigint;
  v: number;
  r: Hex;
  s: Hex;
}

export interface Permit {
  data: TypedData;
  signed(signature: Hex): PermitSignature;
}

interface Chain {
  site: Pick<Site, "deployment" | "config">;
  reader: PublicClient;
}

/** Null where the token has no permits, has them in another way, or a contract's account has no key to sign with. */
export async function permitOf({ site, reader }: Chain, owner: Address, value: bigint): Promise<Permit | null> {
  const { deployment, config } = site;
  const token = { address: deployment.token, abi: permitAbi } as const;
  try {
    const [nonce, separator, name, version, code, { timestamp }] = await Promise.all([
      reader.readContract({ ...token, functionName: "nonces", args: [owner] }),
      reader.readContract({ ...token, functionName: "DOMAIN_SEPARATOR" }),
      reader.readContract({ ...token, functionName: "name" }),
      // Many that were never changed have none.
      reader.readContract({ ...token, functionName: "version" }).catch(() => "1"),
      reader.getCode({ address: owner }),
      reader.getBlock(),
    ]);
    if (code && code !== "0x" && !code.startsWith(DELEGATED)) return null;
    const domain: TypedDataDomain = { name, version, chainId: deployment.chainId, verifyingContract: deployment.token };
    // Only what the token itself hashes: a signature for any other domain would be good for nothing.
    if (domainSeparator({ domain }) !== separator) return null;
    const deadline = timestamp + BigInt(Math.ceil(VALID_SECONDS * (config.demo?.clockSpeed ?? 1)));
    const message = { owner, spender: deployment.address, value, nonce, deadline };
    return {
      data: { domain, types: { Permit: PERMIT }, primaryType: "Permit", message },
      signed: (signature) => ({ deadline, ...partsOf(signature) }),
    };
  } catch {
    return null;
  }
}

/** EIP-7702: code that a key's own account was lent. The key signs as ever. */
const DELEGATED = "0xef0100";

function partsOf(signature: Hex): Omit<PermitSignature, "deadline"> {
  const { r, s, yParity } = parseSignature(signature);
  return { r, s, v: 27 + yParity };
}
