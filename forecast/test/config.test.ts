import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "../src/config.ts";

describe("readConfig", () => {
  it("has defaults for everything", () => {
    expect(readConfig({})).toEqual({
      host: "127.0.0.1",
      port: 8000,
      logLevel: "info",
      corsOrigins: ["http://127.0.0.1:3000", "http://localhost:3000"],
      tariff: { currency: "INR", base: 500n, lowStep: -50n, highStep: 50n, lowBelowKwh: 2, highAboveKwh: 4 },
    });
  });

  it("counts an empty variable as absent", () => {
    expect(readConfig({ PORT: "", PRICE_BASE: "", HOST: "" })).toEqual(readConfig({}));
  });

  it("takes what is given", () => {
    const config = readConfig({
      HOST: "0.0.0.0",
      PORT: "0",
      LOG_LEVEL: "silent",
      CORS_ORIGINS: "https://a.example, http://b.example:81",
      PRICE_CURRENCY: "USDC",
      PRICE_BASE: "0.15",
      PRICE_LOW_STEP: "-0.05",
      PRICE_HIGH_STEP: "0.1",
      PRICE_LOW_BELOW_KWH: "1.5",
      PRICE_HIGH_ABOVE_KWH: "1.5",
    });
    expect(config).toEqual({
      host: "0.0.0.0",
      port: 0,
      logLevel: "silent",
      corsOrigins: ["https://a.example", "http://b.example:81"],
      tariff: { currency: "USDC", base: 15n, lowStep: -5n, highStep: 10n, lowBelowKwh: 1.5, highAboveKwh: 1.5 },
    });
  });

  it.each([
    ["PORT", "http"],
    ["PORT", "-1"],
    ["PORT", "65536"],
    ["PORT", "80.5"],
    ["LOG_LEVEL", "loud"],
    ["CORS_ORIGINS", "127.0.0.1:3000"],
    ["CORS_ORIGINS", "http://127.0.0.1:3000/"],
    ["CORS_ORIGINS", "https://a.example,,https://b.example"],
    ["PRICE_CURRENCY", "₹"],
    ["PRICE_BASE", "5.005"],
    ["PRICE_BASE", "five"],
    ["PRICE_BASE", "-1"],
    ["PRICE_LOW_STEP", "0.50"],
    ["PRICE_LOW_STEP", "-5.01"],
    ["PRICE_HIGH_STEP", "-0.50"],
    ["PRICE_LOW_BELOW_KWH", "4.1"],
    ["PRICE_LOW_BELOW_KWH", "-2"],
    ["PRICE_HIGH_ABOVE_KWH", "Infinity"],
    ["PRICE_HIGH_ABOVE_KWH", "1000001"],
  ])("refuses %s=%s by name", (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name}: `));
  });

  it("names every wrong variable", () => {
    const read = () => readConfig({ PORT: "x", PRICE_BASE: "y" });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/^PORT: .*\nPRICE_BASE: /);
  });
});
