// A key that never comes here: something that speaks HTTP as Web3Signer does holds it and signs what it is given. A KMS or
// an HSM is behind it, or behind a few lines that answer these two requests:
//
//   GET  <url>/api/v1/eth1/publicKeys          -> ["0x<64 bytes, or 65 with 04 before them>", ...]
//   POST <url>/api/v1/eth1/sign/<public key>   {"data": "0x<bytes>"} -> 0x<r, 32 bytes><s, 32 bytes><v, 1 byte>
//
// of which the second signs keccak256(data) with the key. What comes back counts only if it is the key's.
import {
  type Address,
  type Hex,
  hashMessage,
  hashTypedData,
  isAddressEqual,
  keccak256,
  type LocalAccount,
  numberToHex,
  recoverAddress,
  serializeTransaction,
  sliceHex,
  toPrefixedMessage,
} from "viem";
import { publicKeyToAddress, toAccount } from "viem/accounts";
import { z } from "zod";
import { UnsafeConfig } from "./secrets.ts";

export interface RemoteSigner {
  url: string;
  /** Whose key it is to be. */
  address: Address;
  /** Sent as `Authorization: Bearer`. */
  token?: string | undefined;
  timeout?: number;
}

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const publicKeysSchema = z.array(z.string().regex(/^0x(04)?[0-9a-fA-F]{128}$/, "expected an uncompressed public key"));
const signatureSchema = z
  .string()
  .trim()
  .transform((text) => text.replace(/^"(.*)"$/, "$1"))
  .pipe(z.string().regex(/^0x[0-9a-fA-F]{130}$/, "expected r, s and v: 65 bytes"))
  .transform((text) => text as Hex);

/** Asks the signer for its keys; throws if the address is not among them. */
export async function remoteAccount({ url, address, token, timeout = 10_000 }: RemoteSigner): Promise<LocalAccount> {
  const base = url.replace(/\/+$/, "");
  const host = new URL(url).host;
  const ask = async (path: string, body?: object): Promise<string> => {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    const method = body ? "POST" : "GET";
    const response = await fetch(`${base}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
      redirect: "error",
      signal: AbortSignal.timeout(timeout),
    }).catch((cause: unknown) => {
      throw new Error(`the signer at ${host} does not answer`, { cause });
    });
    if (!response.ok) throw new Error(`the signer at ${host} says HTTP ${response.status} to ${method} ${path}`);
    return response.text();
  };

  const answer = publicKeysSchema.safeParse(await ask("/api/v1/eth1/publicKeys").then((text) => parsed(text)));
  if (!answer.success) throw new Error(`the signer at ${host} answers with no list of public keys`);
  const identifier = answer.data.find((key) => isAddressEqual(publicKeyToAddress(uncompressed(key)), address));
  if (!identifier) {
    throw new UnsafeConfig(
      `OPERATOR_SIGNER_URL: the signer at ${host} has no key of ${address}; give it the key, or correct OPERATOR_ADDRESS`,
    );
  }

  async function signed(data: Hex, hash: Hex) {
    const said = signatureSchema.safeParse(await ask(`/api/v1/eth1/sign/${identifier}`, { data }));
    if (!said.success) throw new Error(`the signer at ${host} answers with no signature`);
    // A KMS may give the upper of the two values of s, which no chain takes.
    const s = BigInt(sliceHex(said.data, 32, 64));
    const rs = { r: sliceHex(said.data, 0, 32), s: numberToHex(s > ORDER / 2n ? ORDER - s : s, { size: 32 }) };
    for (const yParity of [0, 1] as const) {
      const signature = { ...rs, yParity };
      const signer = await recoverAddress({ hash, signature }).catch(() => null);
      if (signer && isAddressEqual(signer, address)) return signature;
    }
    throw new Error(`the signer at ${host} signed with another key than that of ${address}`);
  }
  const joined = async (data: Hex, hash: Hex): Promise<Hex> => {
    const { r, s, yParity } = await signed(data, hash);
    return `0x${r.slice(2)}${s.slice(2)}${yParity === 0 ? "1b" : "1c"}`;
  };

  return toAccount({
    address,
    async signTransaction(transaction, { serializer = serializeTransaction } = {}) {
      const unsigned = await serializer(transaction);
      return await serializer(transaction, await signed(unsigned, keccak256(unsigned)));
    },
    signMessage: ({ message }) => joined(toPrefixedMessage(message), hashMessage(message)),
    // It signs the hash of what it is given, and the bytes behind a typed hash are not a message's.
    signTypedData: async (typed) => {
      throw new Error(`typed data are not signed remotely (${hashTypedData(typed)})`);
    },
  }) as LocalAccount;
}

const uncompressed = (key: string): Hex => (key.length === 130 ? `0x04${key.slice(2)}` : (key as Hex));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
