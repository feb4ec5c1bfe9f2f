// What is tested speaks English, all of it.
import { loadMessages, type Part } from "../../../src/i18n/messages.ts";

const PARTS: readonly Part[] = [
  ...(["analytics", "audit", "carbon", "dashboard", "figures", "market", "operator", "trade", "trades", "tx"] as const),
];
await Promise.all(PARTS.map(loadMessages));
