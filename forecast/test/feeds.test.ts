import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FeedEvent, FileFeed } from "../../operator/src/readings/file-feed.ts";
import { ForecastClient } from "../../operator/src/readings/forecast-client.ts";
import { createApp } from "../src/app.ts";
import {
  lastSlot,
  PAGE,
  rowsOf,
  SLOT,
  startChain,
  startService,
  type TestChain,
  type TestHome,
  type TestService,
} from "./support/world.ts";

describe("the operator's feeds", () => {
  const folder = mkdtempSync(join(tmpdir(), "gridx-feed-"));
  const { signal } = new AbortController();
  let chain: TestChain;
  let service: TestService;
  let home: TestHome;
  let port = 0;
  let server: Server;
  let last: number;

  const listen = async () => {
    server = createAdaptorServer({ fetch: createApp(service.services).fetch }) as Server;
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    const address = server.address();
    port = typeof address === "object" && address ? address.port : 0;
  };
  const row = (back: number, consumption: string) =>
    `${new Date((last - back * SLOT) * 1000).toISOString()},0.5,${consumption}\n`;

  beforeAll(async () => {
    chain = await startChain(1);
    home = chain.homes[0] as TestHome;
    service = await startService(chain);
    last = lastSlot(await chain.now());
    writeFileSync(
      join(folder, "east.csv"),
      `timestamp,production_kwh,consumption_kwh\n${row(3, "0.1")}${row(2, "0.2")}`,
    );
    await listen();
  });
  afterAll(async () => {
    server.close();
    await service.close();
    await chain.anvil.stop();
    rmSync(folder, { recursive: true });
  });

  const feedOf = (events: FeedEvent[]) =>
    new FileFeed({
      url: `http://127.0.0.1:${port}`,
      deployment: chain.deployment,
      folder,
      stateDir: folder,
      meters: new Map([["east", home.meter]]),
      emit: (event) => void events.push(event),
      signal,
    });

  it("send what files gain, once, and after an outage what they gained in it", async () => {
    const events: FeedEvent[] = [];
    const feed = feedOf(events);
    expect(await feed.advance()).toBe(true);
    expect(await feed.advance()).toBe(true);
    expect(events).toEqual([{ event: "metered", accepted: 2, corrected: 0, rejected: 0 }]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    // The second row is none that a meter could have measured.
    appendFileSync(join(folder, "east.csv"), `${row(1, "0.3")}${row(0, "99")}`);
    expect([await feed.advance(), await feed.advance()]).toEqual([false, false]);
    expect(events.slice(1)).toMatchObject([{ event: "warning" }]);
    await listen();
    // A feed that starts anew knows how far the last one came.
    const later: FeedEvent[] = [];
    expect(await feedOf(later).advance()).toBe(true);
    expect(later).toMatchObject([
      {
        event: "warning",
        message: /^east: the forecast service refuses a reading: at most 25000 in 900 s, got 99000$/,
      },
      { event: "metered", accepted: 1, rejected: 1 },
    ]);
    const rows = await rowsOf(service, "reading");
    expect(rows.map(({ consumption_wh }) => Number(consumption_wh)).sort()).toEqual([100, 200, 300]);
  });

  it("say for an owner where the home lies, and leave no session behind", async () => {
    const client = new ForecastClient(`http://127.0.0.1:${port}/`, chain.deployment, signal);
    const profile = {
      latitude: 18.5,
      longitude: 73.9,
      timeZone: "Asia/Kolkata",
      tiltDegrees: 15,
      azimuthDegrees: null,
    };
    await client.saveProfile(home.owner, home.id, profile, PAGE);
    expect(await rowsOf(service, "house_profile")).toMatchObject([{ house: home.id, tilt_degrees: 15 }]);
    expect(await rowsOf(service, "session")).toEqual([]);
    const elsewhere = client.saveProfile(home.owner, home.id, profile, "http://127.0.0.1:3999");
    await expect(elsewhere).rejects.toThrow("answers 401: domain: expected one of 127.0.0.1:3000");
  });
});
