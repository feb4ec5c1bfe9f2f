// What each event does to the books, and what must have been so before it: houses, energy, asks and bids.
import { maxExportWh } from "../units.ts";
import type { EventOf } from "./event.ts";
import type { BookLog } from "./log.ts";
import { accountOf, askOf, type Books, type House, isLive, lotOf, type Meter, sellerOf, slotAt } from "./state.ts";

/** One event on its way into the books. */
export interface Step {
  books: Books;
  log: BookLog;
  /** Tells that the event breaks a rule; it is booked all the same. */
  problem(text: string): void;
}

const BITMAP_SLOTS = 32;
const ALL = 0xffff_ffff;

const show = (slot: number): string => `slot ${slot}`;

export function houseRegistered({ books, log, problem }: Step, event: EventOf<"HouseRegistered">): void {
  const { meter, owner, capacityWatts, fromSlot } = event;
  if (books.meters.has(meter)) problem(`meter ${meter} was registered before`);
  if (fromSlot !== slotAt(books, log.timestamp)) problem(`it counts from ${show(fromSlot)}, not from the present one`);
  if (capacityWatts === 0) problem("a house without capacity");
  const house: House = {
    ...{ house: meter, meter, owner, capacityWatts, fromSlot, active: true },
    ...{ newestSlot: null, exportedWh: 0n, readings: 0 },
  };
  books.houses.set(meter, house);
  books.meters.set(meter, { house, owner, capacityWatts, newestSlot: fromSlot - 1, bitmap: ALL });
  accountOf(books, owner);
}

function activeMeter({ books, problem }: Step, key: `0x${string}`): Meter | null {
  const meter = books.meters.get(key);
  if (!meter) problem(`meter ${key} was never registered`);
  else if (meter.owner === null) problem(`meter ${key} is retired`);
  return meter ?? null;
}

export function houseUpdated(step: Step, { meter: key, owner, capacityWatts }: EventOf<"HouseUpdated">): void {
  const meter = activeMeter(step, key);
  if (capacityWatts === 0) step.problem("a house without capacity");
  accountOf(step.books, owner);
  if (!meter) return;
  Object.assign(meter, { owner, capacityWatts });
  Object.assign(meter.house, { owner, capacityWatts });
}

export function meterReplaced(step: Step, { oldMeter, newMeter }: EventOf<"MeterReplaced">): void {
  const meter = activeMeter(step, oldMeter);
  if (step.books.meters.has(newMeter)) step.problem(`meter ${newMeter} was registered before`);
  if (!meter) return;
  step.books.meters.set(newMeter, { ...meter });
  meter.owner = null;
  meter.house.meter = newMeter;
}

export function houseRetired(step: Step, { meter: key }: EventOf<"HouseRetired">): void {
  const meter = activeMeter(step, key);
  if (!meter) return;
  meter.owner = null;
  meter.house.active = false;
}

export function energyAttested(step: Step, event: EventOf<"EnergyAttested">): void {
  const { books, log, problem } = step;
  const { meter: key, seller, slot, exportWh, ask } = event;
  accountOf(books, seller);
  const meter = activeMeter(step, key);
  if (slot >= slotAt(books, log.timestamp)) problem(`${show(slot)} has not ended`);
  if (meter) {
    if (meter.owner !== null && meter.owner !== seller) problem(`meter ${key} belongs to ${meter.owner}`);
    const most = maxExportWh(BigInt(meter.capacityWatts), BigInt(books.deployment.slotDuration));
    if (exportWh > most) problem(`meter ${key} exported ${exportWh} Wh in ${show(slot)}; its capacity allows ${most}`);
    markAttested(step, meter, slot);
    const { house } = meter;
    house.newestSlot = Math.max(house.newestSlot ?? slot, slot);
    house.exportedWh += exportWh;
    house.readings += 1;
  }
  const expected = exportWh === 0n ? 0n : addToLot(step, event);
  if (ask !== expected) problem(`the lot's ask is ${expected}, not ${ask}`);
}

function markAttested({ problem }: Step, meter: Meter, slot: number): void {
  if (slot > meter.newestSlot) {
    const shift = slot - meter.newestSlot;
    meter.bitmap = shift >= BITMAP_SLOTS ? 1 : ((meter.bitmap << shift) | 1) >>> 0;
    meter.newestSlot = slot;
    return;
  }
  const back = meter.newestSlot - slot;
  if (back >= BITMAP_SLOTS) {
    problem(`${show(slot)} is ${back} slots before the meter's newest`);
    return;
  }
  const mask = (1 << back) >>> 0;
  if ((meter.bitmap & mask) !== 0) problem(`${show(slot)} was attested before, or lies before the registration`);
  meter.bitmap = (meter.bitmap | mask) >>> 0;
}

/** Returns the ask that the lot has. */
function addToLot({ books, problem }: Step, { seller, slot, exportWh }: EventOf<"EnergyAttested">): bigint {
  const ring = books.lots.get(seller) ?? new Map();
  books.lots.set(seller, ring);
  const place = slot % books.deployment.ringLength;
  const lot = ring.get(place);
  if (lot?.slot === slot) {
    lot.attestedWh += exportWh;
    return askOf(lot);
  }
  if (lot && lot.slot > slot) problem(`the ring holds ${show(lot.slot)} already`);
  const standing = sellerOf(books, seller);
  const ask = slot >= standing.nextAskFrom ? standing.nextAsk : standing.ask;
  ring.set(place, { seller, slot, attestedWh: exportWh, soldWh: 0n, ceiling: ask, offSale: false });
  standing.newestLotSlot = Math.max(standing.newestLotSlot, slot);
  return ask;
}

function priceWithinBounds({ books, problem }: Step, price: bigint): void {
  const { minPrice, maxPrice } = books.rules;
  if (price !== 0n && (price < minPrice || price > maxPrice))
    problem(`price ${price} is not ${minPrice} to ${maxPrice}`);
}

export function askSet(step: Step, { seller: key, fromSlot, pricePerKwh }: EventOf<"AskSet">): void {
  const { books, log, problem } = step;
  accountOf(books, key);
  priceWithinBounds(step, pricePerKwh);
  if (fromSlot !== slotAt(books, log.timestamp)) problem(`it counts from ${show(fromSlot)}, not from the present one`);
  const seller = sellerOf(books, key);
  if (seller.nextAskFrom !== fromSlot) Object.assign(seller, { ask: seller.nextAsk, nextAskFrom: fromSlot });
  seller.nextAsk = pricePerKwh;
}

export function lotAskSet(step: Step, { seller, slot, pricePerKwh }: EventOf<"LotAskSet">): void {
  const { books, log, problem } = step;
  priceWithinBounds(step, pricePerKwh);
  const lot = lotOf(books, seller, slot);
  if (!isLive(books, lot, slotAt(books, log.timestamp))) problem(`${seller} has no live lot of ${show(slot)}`);
  if (!lot) return;
  const { ceiling } = lot;
  const lowered = pricePerKwh < ceiling;
  const back = pricePerKwh !== 0n && (ceiling === 0n || pricePerKwh <= ceiling);
  if (askOf(lot) !== 0n ? !lowered : !back) problem(`the lot's ask went from ${ceiling} to ${pricePerKwh}`);
  lot.offSale = pricePerKwh === 0n;
  if (pricePerKwh !== 0n) lot.ceiling = pricePerKwh;
}

export function bidSet(step: Step, { buyer, fromSlot, pricePerKwh, maxWhPerSlot }: EventOf<"BidSet">): void {
  const { books, log, problem } = step;
  accountOf(books, buyer);
  priceWithinBounds(step, pricePerKwh);
  if (fromSlot !== slotAt(books, log.timestamp)) problem(`it counts from ${show(fromSlot)}, not from the present one`);
  books.bids.set(buyer, { pricePerKwh, maxWhPerSlot, slot: fromSlot, filledWh: 0n, fromSlot });
}
