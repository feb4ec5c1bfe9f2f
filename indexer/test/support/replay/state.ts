// Everything that a replay gathers.
import type { Address, Hex } from "viem";
import type { Origin } from "./logs.ts";
import { rowOf } from "./parts.ts";
import {
  type Behind,
  type EmergencyRow,
  type EmissionFactor,
  type HouseRow,
  type TradeRow,
  type totalsOf,
  userOf,
  walletOf,
} from "./rows.ts";

export function begin(slotDuration: number) {
  const users = new Map<Address, ReturnType<typeof userOf>>();
  const wallets = new Map<Address, ReturnType<typeof walletOf>>();
  const houses = new Map<Address, HouseRow>();
  const houseByMeter = new Map<Address, Address>();
  const production: ({
    house: Address;
    meter: Address;
    seller: Address;
    slot: number;
    exportWh: bigint;
    ask: bigint;
  } & Origin)[] = [];
  const lots = new Map<string, { seller: Address; slot: number; attestedWh: bigint; soldWh: bigint; ask: bigint }>();
  const trades: TradeRow[] = [];
  const behind = new Map<Hex, Omit<Behind, "headBefore">>();
  const claims: (Record<string, unknown> & Origin & { address: Address })[] = [];
  const slots = new Map<number, ReturnType<typeof totalsOf>>();
  const days = new Map<number, ReturnType<typeof totalsOf>>();
  const rejected: { meter: Address; slot: number; exportWh: bigint; reason: number }[] = [];
  const clearings: ({ slot: number; pricePerKwh: bigint; energyWh: bigint; trades: number } & Origin)[] = [];
  const skipped: ({ slot: number; participant: Address; reason: number } & Origin)[] = [];
  const emergencies: EmergencyRow[] = [];
  const bidOrigins = new Map<Address, Origin>();
  const changes: string[] = [];
  const earned = new Map<Address, bigint>();
  const previousAsk = new Map<Address, bigint>();
  const rules: Record<string, unknown> = { lastClearing: null };
  const user = (address: Address) => rowOf(users, address, () => userOf(address));
  const wallet = (address: Address) => rowOf(wallets, address, () => walletOf(address));
  const house = (meter: Address) => {
    const row = houses.get(houseByMeter.get(meter) ?? meter);
    if (!row) throw new Error(`no house ${meter}`);
    return row;
  };
  return {
    slotDuration,
    facts: 0,
    factor: undefined as EmissionFactor | undefined,
    user,
    wallet,
    house,
    users,
    wallets,
    houses,
    houseByMeter,
    production,
    lots,
    trades,
    behind,
    claims,
    slots,
    days,
    rejected,
    clearings,
    skipped,
    emergencies,
    bidOrigins,
    changes,
    earned,
    previousAsk,
    rules,
  };
}
export type State = ReturnType<typeof begin>;
