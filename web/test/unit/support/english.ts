// What is tested speaks English, all of it.
import { loadMessages, type Part } from "../../../src/i18n/messages.ts";

const PARTS: readonly Part[] = [
  "analytics",
  "audit",
  "carbon",
  "dashboard",
  "emergency",
  "figures",
  "house",
  "market",
  "operator",
  "trade",
  "trades",
  "tx",
];
await Promise.all(PARTS.map(loadMessages));
