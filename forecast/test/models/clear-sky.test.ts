import { expect, test } from "vitest";
import { clearSkyHour, clearSkyIrradiance, sunAltitude } from "../../src/models/clear-sky.ts";

test("the sun stands where the almanac has it", () => {
  // Example of Reda and Andreas (2004), "Solar position algorithm for solar radiation applications": zenith 50.11162°, with refraction.
  const golden = { latitude: 39.742476, longitude: -105.1786 };
  expect(sunAltitude(Date.UTC(2003, 9, 17, 19, 30, 30) / 1000, golden)).toBeCloseTo(90 - 50.11162, 1);
  // The June solstice of 2016 was on the 20th at 22:34 UTC: overhead at the tropic (23.4367°) where it was noon, about 158.3° W.
  expect(sunAltitude(Date.UTC(2016, 5, 20, 22, 35) / 1000, { latitude: 23.4367, longitude: -158.3 })).toBeGreaterThan(
    89.5,
  );
  // At the pole it stays at the obliquity all day.
  for (const hour of [0, 7, 16]) {
    expect(sunAltitude(Date.UTC(2016, 5, 20, hour) / 1000, { latitude: 90, longitude: 0 })).toBeCloseTo(23.44, 1);
  }
});

test("clear sky: about 1,000 W/m² under a high sun, nothing at night, less in an hour that holds the sunrise", () => {
  expect(clearSkyIrradiance(90)).toBeCloseTo(1098 * Math.exp(-0.057), 6);
  expect(clearSkyIrradiance(-1)).toBe(0);
  const place = { latitude: 34.09, longitude: -117.44 };
  const noon = Date.UTC(2016, 5, 20, 19) / 1000;
  expect(clearSkyHour(noon, place)).toBeGreaterThan(950);
  expect(clearSkyHour(noon - 12 * 3600, place)).toBe(0);
  // Sunrise of that day at 12:37 UTC.
  const sunrise = clearSkyHour(Date.UTC(2016, 5, 20, 12) / 1000, place);
  expect(sunrise).toBeGreaterThan(0);
  expect(sunrise).toBeLessThan(50);
});
