// Somebody else who buys from the shelf, without a page.
import type { Hex } from "viem";
import { z } from "zod";
import { senderOf } from "./operators.ts";
import { freshSigner, type Signer } from "./wallet.ts";
import type { World } from "./world.ts";

const TOKENS = 1_000_000_000n;
const ANY_PRICE = 2n ** 96n - 1n;
const listSchema = z.object({
  items: z.array(z.object({ seller: z.string().transform((text) => text as Hex), slot: z.number() })),
});
interface Line {
  seller: Hex;
  slot: number;
  energyWh: bigint;
}

/** Moves so much of the tokens that it makes for a wallet into the wallet's account. */
export async function fillAccount(world: World, signer: Signer, amount: bigint) {
  const send = senderOf(world, signer);
  await send("mint", [signer.account.address, amount], world.token);
  await send("approve", [world.contract, amount], world.token);
  await send("deposit", [amount]);
  return send;
}

/** A wallet with money in its account, and how it buys: each line as far as it is there, whatever it costs. */
export async function neighbourOf(world: World) {
  const send = await fillAccount(world, await freshSigner(world), TOKENS);
  const buy = (lines: readonly Line[]): Promise<Hex> =>
    send("buyEnergy", [lines.map((line) => ({ ...line, pricePerKwh: ANY_PRICE })), 1n]);
  /** 0 ends it. */
  const bid = (pricePerKwh: bigint, maxWhPerSlot: bigint): Promise<Hex> => send("setBid", [pricePerKwh, maxWhPerSlot]);
  return { buy, bid };
}

/** A neighbour buys a little of each of the cheapest lots, so that one which is sold out meanwhile does not matter. */
export async function neighbourBuys(world: World): Promise<Hex> {
  const { buy } = await neighbourOf(world);
  const { items } = listSchema.parse(await world.indexed("lots?limit=10"));
  return buy(items.map(({ seller, slot }) => ({ seller, slot, energyWh: 10n })));
}
