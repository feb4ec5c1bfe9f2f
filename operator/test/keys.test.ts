import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Hex, hexToSignature, keccak256, parseTransaction, recoverTransactionAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSigner } from "../src/keys/signer.ts";
import { remoteSigner } from "./support/remote-signer.ts";

const KEY: Hex = `0x${"4b".repeat(32)}`;
const ANVIL_KEY: Hex = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const { address } = privateKeyToAccount(KEY);
const POLYGON = { chainId: 137 };

/** As `cast wallet import` writes it. */
const SCRYPT = {
  crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "40329e6ef2de6d81065690b12cdd0d6f" },
    ciphertext: "ec2a1b179d4dce744e199b86ed93841b2bee84dc949dad8b1027c42863452afa",
    kdf: "scrypt",
    kdfparams: {
      dklen: 32,
      n: 8192,
      p: 1,
      r: 8,
      salt: "929d31a78562a597a958ed0a140c2c55eb8c985a7f46ac9ad29aade95159adc1",
    },
    mac: "9af2e9824fe8369c9b83185d69b76353883638242c24cef466af1d9bdebe9b5c",
  },
  id: "770acf47-8534-41b0-b493-d1cc1e96aaf2",
  version: 3,
};
/** The example of the Web3 Secret Storage Definition. */
const PBKDF2 = {
  crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "6087dab2f9fdbbfaddc31a909735c1e6" },
    ciphertext: "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
    kdf: "pbkdf2",
    kdfparams: {
      c: 262_144,
      dklen: 32,
      prf: "hmac-sha256",
      salt: "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
    },
    mac: "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
  },
  id: "3198bc9c-6672-5ab3-d995-4942343ae5b6",
  version: 3,
};
const EXAMPLE_KEY: Hex = "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gridx-keys-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const refused = async (environment: Record<string, string>, chain = POLYGON): Promise<string> => {
  const answer = await readSigner(environment, chain).then(
    (account) => `accepted ${account.address}`,
    (error: Error) => error.message,
  );
  for (const secret of [KEY, ANVIL_KEY, EXAMPLE_KEY, "testpassword"]) expect(answer).not.toContain(secret.slice(2));
  return answer;
};

describe("the operator's key", () => {
  test("comes from the environment, a file or a keystore, and from one of them only", async () => {
    const path = file("key", `${KEY}\n`);
    expect((await readSigner({ OPERATOR_PRIVATE_KEY: KEY }, POLYGON)).address).toBe(address);
    expect((await readSigner({ OPERATOR_PRIVATE_KEY_FILE: path }, POLYGON)).address).toBe(address);
    const OPERATOR_KEYSTORE_PASSWORD_FILE = file("password", "testpassword\n");
    for (const [keystore, key] of [
      [SCRYPT, KEY],
      [PBKDF2, EXAMPLE_KEY],
    ] as const) {
      const OPERATOR_KEYSTORE = file("keystore.json", JSON.stringify(keystore));
      const opened = await readSigner({ OPERATOR_KEYSTORE, OPERATOR_KEYSTORE_PASSWORD_FILE }, POLYGON);
      expect(opened.address).toBe(privateKeyToAccount(key).address);
    }
    expect(await refused({})).toMatch(/key is not given: set one of OPERATOR_KEYSTORE/);
    expect(await refused({ OPERATOR_PRIVATE_KEY: KEY, OPERATOR_PRIVATE_KEY_FILE: path })).toMatch(
      /OPERATOR_PRIVATE_KEY and OPERATOR_PRIVATE_KEY_FILE are set; set one/,
    );
  });

  test("is refused by the variable's name where it is missing, weak, everybody's or open to everybody", async () => {
    expect(await refused({ OPERATOR_PRIVATE_KEY: KEY.slice(0, 60) })).toMatch(/^OPERATOR_PRIVATE_KEY must hold/);
    expect(await refused({ OPERATOR_PRIVATE_KEY: `0x${"0".repeat(64)}` })).toMatch(/^OPERATOR_PRIVATE_KEY .*zero/);
    expect(await refused({ OPERATOR_PRIVATE_KEY: `0x${"f".repeat(64)}` })).toMatch(/^OPERATOR_PRIVATE_KEY .*order/);
    expect(await refused({ OPERATOR_PRIVATE_KEY: ANVIL_KEY })).toMatch(/test account whose key everybody knows/);
    expect(await refused({ OPERATOR_PRIVATE_KEY: ANVIL_KEY }, { chainId: 31337 })).toMatch(/^accepted/);
    const open = file("open", KEY, 0o604);
    expect(await refused({ OPERATOR_PRIVATE_KEY_FILE: open })).toMatch(
      /^OPERATOR_PRIVATE_KEY_FILE: .*\(mode 0604\); chmod/,
    );
    expect(await refused({ OPERATOR_PRIVATE_KEY_FILE: join(folder, "none") })).toMatch(
      /^OPERATOR_PRIVATE_KEY_FILE: .*read/,
    );
    const other = { OPERATOR_PRIVATE_KEY: KEY, OPERATOR_ADDRESS: privateKeyToAccount(ANVIL_KEY).address };
    expect(await refused(other)).toMatch(/one of them is wrong/);
  });

  test("stays in a keystore whose password is wrong or missing, or that would eat the machine's memory", async () => {
    const OPERATOR_KEYSTORE = file("keystore.json", JSON.stringify(SCRYPT));
    expect(await refused({ OPERATOR_KEYSTORE })).toMatch(/set OPERATOR_KEYSTORE_PASSWORD_FILE/);
    expect(await refused({ OPERATOR_KEYSTORE, OPERATOR_KEYSTORE_PASSWORD: "guess" })).toMatch(/password does not open/);
    const { kdfparams } = SCRYPT.crypto;
    const greedy = { ...SCRYPT, crypto: { ...SCRYPT.crypto, kdfparams: { ...kdfparams, n: 2 ** 30 } } };
    const path = file("greedy.json", JSON.stringify(greedy));
    expect(await refused({ OPERATOR_KEYSTORE: path, OPERATOR_KEYSTORE_PASSWORD: "testpassword" })).toMatch(
      /crypto.kdfparams: wants more than 512 MiB/,
    );
  });

  test("can stay with a remote signer, whose answers count only if they are the key's", async () => {
    const signer = await remoteSigner(KEY);
    signer.token = "opensesame";
    const environment = { OPERATOR_SIGNER_URL: `${signer.url}/`, OPERATOR_ADDRESS: address };
    expect(await refused(environment)).toMatch(/HTTP 401/);
    const account = await readSigner({ ...environment, OPERATOR_SIGNER_TOKEN: "opensesame" }, POLYGON);
    const call = { type: "eip1559", chainId: 137, nonce: 7, gas: 21_000n, maxFeePerGas: 60n, to: address } as const;
    for (const highS of [false, true]) {
      signer.highS = highS;
      const raw = await account.signTransaction(call);
      expect(raw).toBe(await privateKeyToAccount(KEY).signTransaction(call));
      expect(await recoverTransactionAddress({ serializedTransaction: raw as `0x02${string}` })).toBe(address);
      expect(parseTransaction(raw)).toMatchObject({ chainId: 137, nonce: 7, gas: 21_000n, maxFeePerGas: 60n });
    }
    expect(hexToSignature(await account.signMessage({ message: "hello" })).yParity).toBeLessThan(2);
    signer.key = ANVIL_KEY;
    await expect(account.signTransaction(call)).rejects.toThrow(/signed with another key than that of/);
    const absent = { ...environment, OPERATOR_SIGNER_TOKEN: "opensesame" };
    absent.OPERATOR_ADDRESS = privateKeyToAccount(ANVIL_KEY).address;
    expect(await refused(absent)).toMatch(/^OPERATOR_SIGNER_URL: the signer at 127.0.0.1:\d+ has no key of/);
    expect(await refused({ OPERATOR_SIGNER_URL: signer.url })).toMatch(/set OPERATOR_ADDRESS/);
    expect(keccak256(signer.signed[0] ?? "0x")).toMatch(/^0x/);
    await signer.close();
    await expect(account.signTransaction(call)).rejects.toThrow(/does not answer/);
  });
});
