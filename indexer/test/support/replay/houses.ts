// Houses, their meters and what these export.
import type { Logs } from "./logs.ts";
import { rowOf } from "./parts.ts";
import type { State } from "./state.ts";

/** False for an event of another kind. */
export function replayHouses(state: State, log: Logs[number]): boolean {
  const { houses, houseByMeter, production, lots, rejected, user, house } = state;
  const { origin } = log;
  switch (log.eventName) {
    case "HouseRegistered": {
      const { meter, owner, capacityWatts, fromSlot } = log.args;
      const fresh = { active: true, newestSlot: null, exportedWh: 0n, readings: 0 };
      houses.set(meter, { house: meter, meter, owner, capacityWatts, fromSlot, ...fresh });
      houseByMeter.set(meter, meter);
      user(owner);
      break;
    }
    case "HouseUpdated":
      Object.assign(house(log.args.meter), { owner: log.args.owner, capacityWatts: log.args.capacityWatts });
      user(log.args.owner);
      break;
    case "MeterReplaced": {
      const row = house(log.args.oldMeter);
      row.meter = log.args.newMeter;
      houseByMeter.set(log.args.newMeter, row.house);
      break;
    }
    case "HouseRetired":
      house(log.args.meter).active = false;
      break;
    case "TierSet":
      user(log.args.participant).tier = log.args.tier;
      break;
    case "EnergyAttested": {
      const { meter, seller, slot, exportWh, ask } = log.args;
      const row = house(meter);
      row.newestSlot = row.newestSlot === null || slot > row.newestSlot ? slot : row.newestSlot;
      row.exportedWh += exportWh;
      row.readings += 1;
      production.push({ house: row.house, meter, seller, slot, exportWh, ask, ...origin });
      user(seller);
      if (exportWh > 0n) {
        const lot = rowOf(lots, `${seller} ${slot}`, () => ({ seller, slot, attestedWh: 0n, soldWh: 0n, ask }));
        lot.attestedWh += exportWh;
      }
      break;
    }
    case "ReadingRejected":
      state.facts -= 1;
      rejected.push({ ...log.args });
      break;
    default:
      return false;
  }
  return true;
}
