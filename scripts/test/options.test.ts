import { createServer } from "node:net";
import { freePort } from "@gridx/contracts/node";
import { describe, expect, it } from "vitest";
import { readOptions } from "../start/options.ts";
import { choosePorts } from "../start/ports.ts";

describe("options of npm start", () => {
  it("has a default for each", () => {
    expect(readOptions([])).toMatchObject({ days: 7, speed: 360, blockTime: 2, headless: false, ports: "default" });
  });

  it("names every wrong option at once, spelled as it was given", () => {
    expect(() => readOptions(["--days", "0", "--block-time", "fast"])).toThrow(/--days: .*\n--block-time: /);
    expect(() => readOptions(["--slots", "3"])).toThrow("--slots: needs --headless");
    expect(() => readOptions(["--dayz", "3"])).toThrow("--dayz");
  });
});

describe("ports", () => {
  it("names a busy port, its service and what to do", async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    try {
      const env = { GRIDX_INDEXER_PORT: String(port) };
      const attempt = choosePorts("auto", env);
      await expect(attempt).rejects.toThrow(`Port ${port} (indexer) is in use`);
      await expect(attempt).rejects.toThrow(/GRIDX_INDEXER_PORT=\d+ npm start/);
    } finally {
      server.close();
    }
  });

  it("refuses what is no port", async () => {
    await expect(choosePorts("auto", { GRIDX_WEB_PORT: "http" })).rejects.toThrow("GRIDX_WEB_PORT=http is no port");
  });

  it("finds four different ones when asked to", async () => {
    const ports = await choosePorts("auto", {});
    expect(new Set(Object.values(ports)).size).toBe(4);
  });
});
