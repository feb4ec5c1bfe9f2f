// The one place where the operator's key comes from.
import { type Address, getAddress, type Hex, isAddress, type LocalAccount } from "viem";
import { mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import { LOCAL_CHAIN } from "../chain/confirmations.ts";
import { readKeystore } from "./keystore.ts";
import { remoteAccount } from "./remote.ts";
import { type Environment, given, readSecret, UnsafeConfig } from "./secrets.ts";

/** What anvil, Hardhat and others give everybody. */
const KNOWN_MNEMONIC = "test test test test test test test test test test test junk";
const KNOWN_ACCOUNTS = 20;

const SOURCES =
  "set one of OPERATOR_KEYSTORE (a file, with OPERATOR_KEYSTORE_PASSWORD_FILE), OPERATOR_SIGNER_URL (with OPERATOR_ADDRESS), " +
  "OPERATOR_PRIVATE_KEY_FILE and OPERATOR_PRIVATE_KEY";

/** Throws where none of the sources is given, or more than one, or what it holds is not safe to use. */
export async function readSigner(environment: Environment, { chainId }: { chainId: number }): Promise<LocalAccount> {
  const keystore = given(environment, "OPERATOR_KEYSTORE");
  const url = given(environment, "OPERATOR_SIGNER_URL");
  const named = { OPERATOR_KEYSTORE: keystore, OPERATOR_SIGNER_URL: url };
  const plain = ["OPERATOR_PRIVATE_KEY", "OPERATOR_PRIVATE_KEY_FILE"].filter((name) => given(environment, name));
  const names = [...Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [name])), ...plain];
  if (names.length === 0) throw new UnsafeConfig(`the operator's key is not given: ${SOURCES}`);
  if (names.length > 1) throw new UnsafeConfig(`${names.join(" and ")} are set; set one`);
  const address = operatorAddress(environment);
  const account = await (url !== undefined
    ? remote(environment, url, address)
    : keystore !== undefined
      ? opened(environment, keystore)
      : privateKeyToAccount(operatorKey(environment)));
  if (address && account.address !== address) {
    throw new UnsafeConfig(`OPERATOR_ADDRESS is ${address}, the key's is ${account.address}: one of them is wrong`);
  }
  if (chainId !== LOCAL_CHAIN && isKnown(account.address)) {
    throw new UnsafeConfig(
      `${names[0]}: ${account.address} is a test account whose key everybody knows; make one of your own for chain ${chainId}`,
    );
  }
  return account;
}

/** The key in `OPERATOR_PRIVATE_KEY` or the file of `OPERATOR_PRIVATE_KEY_FILE`. */
export function operatorKey(environment: Environment): Hex {
  return keyIn(environment, "OPERATOR_PRIVATE_KEY", "the operator's private key");
}

/** The key in `HOME_OWNER_PRIVATE_KEY` or its file: whose wallet owns a simulated home. */
export function homeOwnerKey(environment: Environment): Hex | undefined {
  const name = "HOME_OWNER_PRIVATE_KEY";
  const isGiven = given(environment, name) ?? given(environment, `${name}_FILE`);
  return isGiven === undefined ? undefined : keyIn(environment, name, "the private key of a home's owner");
}

function keyIn(environment: Environment, variable: string, whose: string): Hex {
  const name = given(environment, `${variable}_FILE`) ? `${variable}_FILE` : variable;
  const key = readSecret(environment, variable);
  if (key === undefined || !/^0x[0-9a-fA-F]{64}$/.test(key)) {
    throw new UnsafeConfig(`${name} must hold ${whose} (0x and 64 hex digits)`);
  }
  return usable(name, key as Hex);
}

/** The address that the operator's key is to have, where it is given. */
export function operatorAddress(environment: Environment): Address | undefined {
  const address = given(environment, "OPERATOR_ADDRESS");
  if (address !== undefined && !isAddress(address)) {
    throw new UnsafeConfig(
      "OPERATOR_ADDRESS: expected an address, 0x and 40 hex digits, with its checksum or in lower case",
    );
  }
  return address && getAddress(address);
}

async function opened(environment: Environment, path: string): Promise<LocalAccount> {
  const password = readSecret(environment, "OPERATOR_KEYSTORE_PASSWORD");
  if (password === undefined) {
    throw new UnsafeConfig(
      "OPERATOR_KEYSTORE: set OPERATOR_KEYSTORE_PASSWORD_FILE, too, or OPERATOR_KEYSTORE_PASSWORD",
    );
  }
  return privateKeyToAccount(usable("OPERATOR_KEYSTORE", await readKeystore("OPERATOR_KEYSTORE", path, password)));
}

function remote(environment: Environment, url: string, address: Address | undefined): Promise<LocalAccount> {
  if (!address)
    throw new UnsafeConfig("OPERATOR_SIGNER_URL: set OPERATOR_ADDRESS, too: whose key the signer is to use");
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new UnsafeConfig("OPERATOR_SIGNER_URL: expected an http(s) URL");
  }
  return remoteAccount({ url, address, token: readSecret(environment, "OPERATOR_SIGNER_TOKEN") });
}

/** A number that is a key: not zero, and below the order of the curve. */
function usable(name: string, key: Hex): Hex {
  try {
    privateKeyToAccount(key);
    return key;
  } catch {
    throw new UnsafeConfig(
      `${name} holds no private key of secp256k1, which is neither zero nor above the curve's order`,
    );
  }
}

function isKnown(address: Address): boolean {
  for (let index = 0; index < KNOWN_ACCOUNTS; index += 1) {
    if (mnemonicToAccount(KNOWN_MNEMONIC, { addressIndex: index }).address === address) return true;
  }
  return false;
}
