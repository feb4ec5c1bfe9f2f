import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Deployment } from "@gridx/contracts";
import { afterAll, describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "../src/config.ts";

const folder = mkdtempSync(join(tmpdir(), "gridx-config-"));
afterAll(() => rmSync(folder, { recursive: true }));
const GRIDX_DEPLOYMENT = join(folder, "deployment.json");
const deployment: Deployment = {
  chainId: 31337,
  address: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  startBlock: 1,
  token: "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512",
  tokenSymbol: "dINR",
  tokenDecimals: 6,
  slotDuration: 900,
  ringLength: 96,
  runId: "abc123",
};
writeFileSync(GRIDX_DEPLOYMENT, JSON.stringify(deployment));
const needed = { GRIDX_DEPLOYMENT, RPC_URL: "http://127.0.0.1:8545" };

const BATTERY = {
  name: "school",
  capacityWh: 13_500,
  chargeWatts: 5000,
  dischargeWatts: 5000,
  roundTripEfficiency: 0.9,
};

describe("readConfig", () => {
  it("has defaults for everything but the contract and its chain", () => {
    expect(readConfig(needed)).toEqual({
      host: "127.0.0.1",
      port: 8000,
      logLevel: "info",
      corsOrigins: ["http://127.0.0.1:3000", "http://localhost:3000"],
      prices: {
        tiered: { base: 5_000_000n, lowStep: -500_000n, highStep: 500_000n, lowBelowKwh: 2, highAboveKwh: 4 },
        token: { symbol: deployment.tokenSymbol, decimals: 6 },
        grid: null,
      },
      indexerUrl: null,
      batteries: [],
      deployment,
      rpcUrls: ["http://127.0.0.1:8545"],
      database: { kind: "pglite", directory: join(".gridx-forecast", "pglite-31337-abc123") },
      signInOrigins: ["http://127.0.0.1:3000", "http://localhost:3000"],
      rateLimit: { perMinute: 100, trustedProxies: 0 },
      clockSpeed: 1,
      place: { latitude: 0, longitude: 0, timeZone: "UTC" },
      trainEveryHours: 24,
      weatherUrl: null,
    });
    expect(() => readConfig({})).toThrow(/^GRIDX_DEPLOYMENT: is not set.*\nRPC_URL: is not set/);
  });

  it("counts an empty variable as absent", () => {
    expect(readConfig({ ...needed, PORT: "", PRICE_BASE: "", HOST: "" })).toEqual(readConfig(needed));
  });

  it("takes what is given", () => {
    const config = readConfig({
      ...needed,
      HOST: "0.0.0.0",
      PORT: "0",
      LOG_LEVEL: "silent",
      CORS_ORIGINS: "https://a.example, http://b.example:81",
      PRICE_CURRENCY: "USDC",
      RETAIL_PRICE: "0.22",
      FEED_IN_TARIFF: "0.05",
      INDEXER_URL: "http://127.0.0.1:3001",
      BATTERIES: JSON.stringify([BATTERY]),
      PRICE_BASE: "0.15",
      PRICE_LOW_STEP: "-0.05",
      PRICE_HIGH_STEP: "0.1",
      PRICE_LOW_BELOW_KWH: "1.5",
      PRICE_HIGH_ABOVE_KWH: "1.5",
      DATABASE_URL: "postgres://gridx@127.0.0.1/forecast",
      SIGN_IN_ORIGINS: "https://a.example",
      RATE_LIMIT_PER_MINUTE: "0",
      TRUSTED_PROXIES: "1",
      CLOCK_SPEED: "360",
      COMMUNITY_LATITUDE: "18.5",
      COMMUNITY_LONGITUDE: "73.9",
      COMMUNITY_TIME_ZONE: "Asia/Kolkata",
      WEATHER_URL: "https://weather.example/v1/forecast",
    });
    expect(config).toMatchObject({
      host: "0.0.0.0",
      port: 0,
      logLevel: "silent",
      corsOrigins: ["https://a.example", "http://b.example:81"],
      prices: {
        tiered: { base: 150_000n, lowStep: -50_000n, highStep: 100_000n, lowBelowKwh: 1.5, highAboveKwh: 1.5 },
        token: { symbol: "USDC", decimals: 6 },
        grid: { retailPerKwh: 220_000n, feedInPerKwh: 50_000n },
      },
      indexerUrl: "http://127.0.0.1:3001",
      batteries: [{ ...BATTERY, floorWh: 0 }],
      database: { kind: "postgres", connectionString: "postgres://gridx@127.0.0.1/forecast" },
      signInOrigins: ["https://a.example"],
      rateLimit: { perMinute: 0, trustedProxies: 1 },
      clockSpeed: 360,
      place: { latitude: 18.5, longitude: 73.9, timeZone: "Asia/Kolkata" },
      weatherUrl: "https://weather.example/v1/forecast",
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
    ["PRICE_BASE", "5.0000001"],
    ["PRICE_BASE", "five"],
    ["PRICE_BASE", "-1"],
    ["PRICE_LOW_STEP", "0.50"],
    ["PRICE_LOW_STEP", "-5.01"],
    ["PRICE_HIGH_STEP", "-0.50"],
    ["PRICE_LOW_BELOW_KWH", "4.1"],
    ["PRICE_LOW_BELOW_KWH", "-2"],
    ["PRICE_HIGH_ABOVE_KWH", "Infinity"],
    ["PRICE_HIGH_ABOVE_KWH", "1000001"],
    ["FEED_IN_TARIFF", "cheap"],
    ["INDEXER_URL", "127.0.0.1:3001"],
    ["BATTERIES", "none"],
    ["BATTERIES", JSON.stringify([{ ...BATTERY, capacityWh: -1 }])],
    ["GRIDX_DEPLOYMENT", "/nowhere/deployment.json"],
    ["RPC_URL", "ws://127.0.0.1:8545"],
    ["DATABASE_URL", "mysql://127.0.0.1/forecast"],
    ["SIGN_IN_ORIGINS", "*"],
    ["RATE_LIMIT_PER_MINUTE", "-1"],
    ["TRUSTED_PROXIES", "1.5"],
    ["CLOCK_SPEED", "0.5"],
    ["COMMUNITY_LATITUDE", "91"],
    ["COMMUNITY_TIME_ZONE", "Pune"],
    ["TRAIN_EVERY_HOURS", "0"],
    ["WEATHER_URL", "weather.example"],
  ])("refuses %s=%s by name", (name, value) => {
    expect(() => readConfig({ ...needed, [name]: value })).toThrow(new RegExp(`^${name}: `));
  });

  it("names every wrong variable", () => {
    const read = () => readConfig({ ...needed, PORT: "x", PRICE_BASE: "y" });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/^PORT: .*\nPRICE_BASE: /);
  });
});
