// What somebody wants to write to the chain, as plain data: it can wait for code to load, and outlive a reload.
import type { Address } from "viem";
import type { BasketOrder } from "./orders/basket.ts";
import type { BidOrder } from "./orders/bid.ts";
import type { EmergencyOrder } from "./orders/emergency.ts";
import type { PurchaseOrder } from "./orders/purchase.ts";
import type { Registration } from "./orders/registration.ts";
import type { Retirement } from "./orders/retirement.ts";

export type Intent =
  | { kind: "purchase"; order: PurchaseOrder }
  | { kind: "basket"; order: BasketOrder }
  | { kind: "deposit"; amount: bigint }
  | { kind: "withdraw"; amount: bigint }
  | { kind: "ask"; pricePerKwh: bigint }
  | { kind: "bid"; order: BidOrder; feeBps: number }
  | { kind: "endBid" }
  | { kind: "retireCarbon"; order: Retirement }
  | { kind: "demoTokens"; to: Address }
  | { kind: "declareEmergency"; order: EmergencyOrder }
  | { kind: "endEmergency" }
  | { kind: "registerHouse"; order: Registration };

/** What puts something about the wallet's home on the chain for ever: said before the first time. */
const PUBLISHING: ReadonlySet<Intent["kind"]> = new Set(["purchase", "basket", "ask", "bid", "endBid"]);

export const publishes = ({ kind }: Intent): boolean => PUBLISHING.has(kind);
