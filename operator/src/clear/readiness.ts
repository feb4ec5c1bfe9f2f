import type { Deployment } from "@gridx/contracts";
import { type Address, zeroAddress } from "viem";
import { BITMAP_SLOTS, houseSchema, query } from "../chain/contract.ts";
import type { Rpc } from "../chain/rpc.ts";
import type { Participants } from "./participants.ts";

/** Which meters may still attest a slot. */
export class Readiness {
  readonly slot: number;
  /** Meters that have attested it, or never will: they are not asked again. */
  readonly #through = new Set<Address>();

  constructor(slot: number) {
    this.slot = slot;
  }

  async missing(rpc: Rpc, deployment: Deployment, participants: Participants, block: number): Promise<Address[]> {
    const { slot } = this;
    const open = [...participants.meters].filter(
      (meter) => !this.#through.has(meter) && !participants.heard(meter, slot),
    );
    const houses = await query(
      rpc,
      deployment,
      block,
      open.map((meter) => ({ name: "houseOf", args: [meter] })),
    );
    return open.filter((meter, index) => {
      const { owner, newestSlot, attestedBitmap } = houseSchema.parse(houses[index]);
      const possible = owner !== zeroAddress && newestSlot - slot < BITMAP_SLOTS;
      const missing = possible && (slot > newestSlot || ((attestedBitmap >>> (newestSlot - slot)) & 1) === 0);
      if (!missing) this.#through.add(meter);
      return missing;
    });
  }
}
