import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { simulatedHomes } from "../src/homes/homes.ts";
import { clearSkyGhi, diffuseFraction, planeIrradiance, powerOf, sunAt } from "../src/homes/solar.ts";
import { deficitWhOf, exportWhOf } from "../src/neighbourhood.ts";

const NOW = Date.UTC(2026, 2, 21, 6) / 1000;
const homes = simulatedHomes({ seed: 1, days: 7, now: NOW });
const PUNE = { latitude: 18.52, longitude: 73.86 };
const anySlot = fc.integer({ min: 1_900_000, max: 2_100_000 });
const anyHouse = fc.constantFrom(...homes.houses);

describe("simulated homes", () => {
  test("six have solar, four have not, all near each other", () => {
    expect(homes.houses.filter(({ hasSolar }) => hasSolar)).toHaveLength(6);
    expect(homes.houses).toHaveLength(10);
    for (const { capacityWatts, hasSolar } of homes.houses) expect(capacityWatts > 0).toBe(hasSolar);
  });

  test("nothing at night, never above capacity, consumption always positive and plausible", () => {
    fc.assert(
      fc.property(anyHouse, anySlot, fc.integer({ min: 0, max: 1000 }), (house, slot, seed) => {
        const energy = simulatedHomes({ seed, days: 1, now: NOW }).energyOf(house.name, slot);
        if (!energy) throw new Error("no energy");
        const { altitude } = sunAt((slot + 0.5) * 900, house);
        if (altitude <= 0) expect(energy.productionWh).toBe(0);
        expect(energy.productionWh).toBeLessThanOrEqual((house.capacityWatts * 900) / 3600);
        expect(energy.consumptionWh).toBeGreaterThan(5);
        expect(energy.consumptionWh).toBeLessThan(2500);
        expect(Number.isInteger(energy.productionWh) && Number.isInteger(energy.consumptionWh)).toBe(true);
        expect(exportWhOf(energy) * deficitWhOf(energy)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  test("daily totals: 4 to 14 kWh used; 1.5 to 6.5 kWh from a kilowatt over a season", () => {
    for (const month of [0, 3, 6, 9]) {
      const season = simulatedHomes({ seed: 7, days: 10, now: Date.UTC(2026, month, 20) / 1000 });
      for (const { name, capacityWatts } of season.houses) {
        let [used, made] = [0, 0];
        for (let slot = season.firstSlot; slot < season.liveSlot; slot += 1) {
          const energy = season.energyOf(name, slot);
          used += energy?.consumptionWh ?? 0;
          made += energy?.productionWh ?? 0;
        }
        expect(used / 10_000).toBeGreaterThan(4);
        expect(used / 10_000).toBeLessThan(16);
        if (capacityWatts === 0) continue;
        expect(made / capacityWatts / 10).toBeGreaterThan(1.5);
        expect(made / capacityWatts / 10).toBeLessThan(6.5);
      }
    }
  });

  test("the same seed gives the same numbers, wherever the simulation begins; another seed others", () => {
    const later = simulatedHomes({ seed: 1, days: 2, now: NOW + 86_400 });
    const other = simulatedHomes({ seed: 2, days: 7, now: NOW });
    const slots = Array.from({ length: 96 }, (_, index) => homes.liveSlot - 96 + index);
    const numbers = (source: typeof homes) => slots.map((slot) => source.energyOf("home-01", slot));
    expect(numbers(later)).toEqual(numbers(homes));
    expect(numbers(other)).not.toEqual(numbers(homes));
    expect(homes.energyOf("nobody", homes.liveSlot)).toBeNull();
  });
});

describe("solar model", () => {
  test("a clear equinox day gives 4 to 6.5 kWh a kilowatt, most at solar noon", () => {
    const roof = { capacityWatts: 1000, tilt: 18, azimuth: 180 };
    const midnight = Date.UTC(2026, 2, 20, 18, 30) / 1000;
    const powers = Array.from({ length: 96 }, (_, index) => {
      const sun = sunAt(midnight + (index + 0.5) * 900, PUNE);
      return powerOf(roof, planeIrradiance(sun, clearSkyGhi(sun.cosZenith), roof), 28);
    });
    const energy = powers.reduce((sum, power) => sum + power, 0) / 4 / 1000;
    expect(energy).toBeGreaterThan(4);
    expect(energy).toBeLessThan(6.5);
    // Solar noon of 73.86 E lies at 12:34 of Indian time, besides the equation of time of 7 minutes.
    expect(Math.abs(powers.indexOf(Math.max(...powers)) / 4 - 12.7)).toBeLessThan(0.5);
  });

  test("Haurwitz at the zenith and at 60 degrees; Erbs at its joints", () => {
    expect(clearSkyGhi(1)).toBeCloseTo(1098 * Math.exp(-0.057), 6);
    expect(clearSkyGhi(0.5)).toBeCloseTo(549 * Math.exp(-0.114), 6);
    expect(clearSkyGhi(0)).toBe(0);
    expect(diffuseFraction(0.22)).toBeCloseTo(0.98, 1);
    expect(diffuseFraction(0.8)).toBeCloseTo(0.165, 1);
  });

  test("east roofs peak in the morning, west roofs in the afternoon; a flat plane sees the global irradiance", () => {
    const noon = Date.UTC(2026, 2, 21, 7) / 1000;
    for (const hour of [-3, 3]) {
      const sun = sunAt(noon + hour * 3600, PUNE);
      const ghi = clearSkyGhi(sun.cosZenith);
      const [east, west] = [90, 270].map((azimuth) => planeIrradiance(sun, ghi, { tilt: 25, azimuth })) as [
        number,
        number,
      ];
      expect(east > west).toBe(hour < 0);
      expect(planeIrradiance(sun, ghi, { tilt: 0, azimuth: 180 })).toBeCloseTo(ghi, 6);
    }
  });
});
