import { type Address, type Hex, keccak256, type LocalAccount, stringToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";

/** Gas prices of a local chain; its base fee starts at 1 gwei and falls. */
const LOCAL_FEES = { maxFeePerGas: 20_000_000_000n, maxPriorityFeePerGas: 1_000_000_000n };

export interface SignedTransaction {
  raw: Hex;
  hash: Hex;
  from: Address;
}

/** Key of a simulated household or its meter; worth nothing but on a local chain. */
export function simulatedKey(seed: number, role: "owner" | "meter" | "clearer", name: string): Hex {
  return keccak256(stringToHex(`GridX simulation ${seed} ${role} ${name}`));
}

/** Signs transactions for a local chain and counts its nonces itself, so that nothing waits for the chain. */
export class LocalWallet {
  readonly account: LocalAccount;
  readonly #chainId: number;
  nonce: number;

  constructor(key: Hex, chainId: number, nonce = 0) {
    this.account = privateKeyToAccount(key);
    this.#chainId = chainId;
    this.nonce = nonce;
  }

  get address(): Address {
    return this.account.address;
  }

  async sign(to: Address, data: Hex, gas: bigint): Promise<SignedTransaction> {
    const nonce = this.nonce;
    this.nonce += 1;
    const raw = await this.account.signTransaction({
      type: "eip1559",
      chainId: this.#chainId,
      to,
      data,
      gas,
      nonce,
      ...LOCAL_FEES,
    });
    return { raw, hash: keccak256(raw), from: this.address };
  }
}
