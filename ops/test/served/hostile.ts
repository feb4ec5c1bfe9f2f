// Callers who hold on: half-sent headers and bodies, more than is allowed, connections that say nothing, streams that are
// never read. Whoever else asks is answered in the meantime.
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { pause, until } from "../support/run.ts";
import type { Now } from "./served.ts";

/** In which others are answered, whatever is held open; docs/operations.md states it. */
const MOST_MS = 2_000;
/** In which half-sent requests are cut off. */
export const CUT_OFF_SECONDS = { forecast: { headers: 25, body: 45 }, indexer: { headers: 50, body: 75 } };
const IDLE = 500;
const JSON_TYPE = "content-type: application/json";

interface Line {
  socket: Socket;
  /** All that came back. */
  answer(): string;
  isClosed(): boolean;
}

function open(port: number, text: string | Buffer): Promise<Line> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let [answer, isClosed] = ["", false];
    socket.on("data", (part) => {
      answer = (answer + part.toString("latin1")).slice(0, 1_000_000);
    });
    socket.once("close", () => {
      isClosed = true;
    });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      // That the other end hangs up is what is waited for.
      socket.on("error", () => {});
      socket.write(text);
      resolve({ socket, answer: () => answer, isClosed: () => isClosed });
    });
  });
}

const many = (count: number, port: number, text: (n: number) => string | Buffer) =>
  Promise.all(Array.from({ length: count }, (_, n) => open(port, text(n))));
const hangUp = (lines: readonly Line[]) => {
  for (const { socket } of lines) socket.destroy();
};
const get = (path: string, ...headers: string[]) =>
  `GET ${path} HTTP/1.1\r\nhost: a\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n`;

const SLOW = 100;
/** Where a body is taken. */
const POSTS = { indexer: "/api/energy-trades", forecast: "/api/price" };
type Service = keyof typeof POSTS;

/** Half-sent headers, half-sent bodies and connections that say nothing, held open from the first to the last of tests. */
export function holdOpen(now: Now) {
  const kinds = {
    headers: (_: Service) => "GET /api HTTP/1.1\r\nhost: a\r\nx: ",
    body: (service: Service) =>
      `POST ${POSTS[service]} HTTP/1.1\r\nhost: a\r\n${JSON_TYPE}\r\ncontent-length: 500\r\n\r\n{"a`,
    silence: (_: Service) => "",
  };
  const held: { service: Service; kind: string; lines: Line[] }[] = [];
  let began = 0;
  let going = true;
  let dripping: Promise<void> = Promise.resolve();
  return {
    begin: async () => {
      began = Date.now();
      const { ports } = now().machine;
      for (const service of ["indexer", "forecast"] as const)
        for (const [kind, text] of Object.entries(kinds))
          held.push({ service, kind, lines: await many(SLOW, ports[service], () => text(service)) });
      const slow = held.filter(({ kind }) => kind !== "silence").flatMap(({ lines }) => lines);
      dripping = (async () => {
        for (; going; await pause(500)) for (const { socket } of slow) if (socket.writable) socket.write("y");
      })();
    },
    /** Waits until all are cut off, and gives the seconds. */
    areCutOff: async (service: Service, kind: keyof typeof kinds, seconds: number) => {
      const mine = held.filter((one) => one.service === service && one.kind === kind);
      const rest = () => mine.map(({ lines }) => lines.filter((line) => !line.isClosed()).length).join();
      const left = seconds - (Date.now() - began) / 1000;
      await until(
        "",
        async () => mine.every(({ lines }) => lines.every((line) => line.isClosed())),
        Math.max(1, left),
      ).catch(() => expect.fail(`${service}, ${kind}: ${rest()} are open after ${seconds} s`));
      for (const { lines } of mine) {
        const answers = new Set(lines.map((line) => line.answer().slice(0, 12)));
        expect([...answers], kind).toEqual(["HTTP/1.1 408"]);
      }
    },
    end: async () => {
      going = false;
      await dripping;
      for (const { lines } of held) hangUp(lines);
    },
  };
}

export function describeHostile(now: Now) {
  const both = () => {
    const { ports, urls } = now().machine;
    return [
      {
        name: "indexer",
        port: ports.indexer,
        read: `${urls.indexer}/api/energy-trades?limit=5`,
        post: POSTS.indexer,
      },
      { name: "forecast", port: ports.forecast, read: `${urls.forecast}/api/price?demandKwh=3`, post: POSTS.forecast },
    ];
  };
  /** Others' reads, one after the other, while something is held open. */
  const othersAreAnswered = async (what: string) => {
    for (const { name, read } of both()) {
      const began = performance.now();
      const { status } = await fetch(read, { signal: AbortSignal.timeout(10_000) });
      expect(status, `${name}, ${what}`).toBe(200);
      expect(performance.now() - began, `${name}, ${what}: milliseconds`).toBeLessThan(MOST_MS);
    }
  };

  describe("callers who hold on", () => {
    it("do not keep others from being answered", async () => {
      const more = await Promise.all(both().map(({ port }) => many(IDLE, port, () => "")));
      await othersAreAnswered(`with ${IDLE} silent connections and ${SLOW} of each half-sent kind`);
      hangUp(more.flat());
    });

    it("get 431 and 413 for headers and bodies that are too large, and no more is read of them", async () => {
      for (const { port, post } of both()) {
        const large = await open(port, get("/health", `x: ${"a".repeat(20_000)}`));
        const numerous = await open(port, get("/health", ...Array.from({ length: 3_000 }, (_, n) => `x${n}: yyy`)));
        await until("431", async () => [large, numerous].every((line) => line.answer().startsWith("HTTP/1.1 431")), 10);
        // Says how large it is; or does not, and never ends.
        const honest = await open(
          port,
          `POST ${post} HTTP/1.1\r\nhost: a\r\n${JSON_TYPE}\r\ncontent-length: 900000000\r\n\r\n`,
        );
        const endless = await open(
          port,
          `POST ${post} HTTP/1.1\r\nhost: a\r\n${JSON_TYPE}\r\ntransfer-encoding: chunked\r\n\r\n`,
        );
        const chunk = `8000\r\n${" ".repeat(0x8000)}\r\n`;
        const isRefused = (line: Line) => /^HTTP\/1.1 4(13|00)/.test(line.answer());
        await until(
          "413",
          async () => {
            if (!endless.socket.destroyed && !isRefused(endless)) endless.socket.write(chunk);
            return isRefused(honest) && isRefused(endless);
          },
          10,
        );
        expect(honest.answer(), post).toMatch(/^HTTP\/1.1 413/);
        hangUp([large, numerous, honest, endless]);
      }
      await othersAreAnswered("after requests that are too large");
    });

    it("share their own places among the event streams, and take nobody else's", async () => {
      const [indexer] = both();
      const port = indexer?.port ?? 0;
      const streams = await many(60, port, () => get("/api/events", "x-forwarded-for: 203.0.113.5"));
      await until("all are answered", async () => streams.every((line) => line.answer().includes("\r\n\r\n")), 15);
      const statuses = streams.map((line) => line.answer().slice(9, 12)).sort();
      expect(statuses.filter((status) => status === "200").length).toBe(20);
      expect(statuses.filter((status) => status === "429").length).toBe(40);
      const other = await open(port, get("/api/events", "x-forwarded-for: 203.0.113.6"));
      await until("another's stream", async () => other.answer().startsWith("HTTP/1.1 200"), 5);
      await othersAreAnswered("with streams that nobody reads");
      hangUp([...streams, other]);
      // A place is free again once its holder is gone.
      await until(
        "a place is free",
        async () => {
          const again = await open(port, get("/api/events", "x-forwarded-for: 203.0.113.5"));
          await pause(200);
          again.socket.destroy();
          return again.answer().startsWith("HTTP/1.1 200");
        },
        10,
      );
    });

    it("are answered in order when they ask for much at once on one connection", async () => {
      for (const { name, port } of both()) {
        const path = (n: number) => `/api/nothing-${n}`;
        const line = await open(
          port,
          Array.from({ length: 200 }, (_, n) => get(path(n), ...(n === 199 ? ["connection: close"] : []))).join(""),
        );
        await othersAreAnswered(`${name} pipelined`);
        await until("all of it", async () => line.isClosed(), 20);
        const order = [...line.answer().matchAll(/nothing-(\d+)/g)].map(([, n]) => Number(n));
        expect(order, name).toEqual(Array.from({ length: 200 }, (_, n) => n));
      }
    });

    it("are not understood where they send two lengths, or a request within a request", async () => {
      for (const { name, port, post } of both()) {
        const head = `POST ${post} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n`;
        const forms = [
          `${head}content-length: 2\r\ncontent-length: 40\r\n\r\n{}`,
          `${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nhost: a\r\n\r\n`,
          `${head}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
          `GET /api\0/x HTTP/1.1\r\nhost: a\r\n\r\n`,
          "GET /health HTTP/1.1\r\nhost: a\r\nhost : b\r\n\r\n",
          "\x16\x03\x01\x02\x00\x01\x00\x01",
        ];
        const lines = await Promise.all(forms.map((form) => open(port, Buffer.from(form, "latin1"))));
        await until(`${name} hangs up`, async () => lines.every((line) => line.isClosed()), 10);
        for (const [n, line] of lines.entries()) {
          expect(line.answer(), `${name}: ${forms[n]?.slice(0, 200)}`).toMatch(/^HTTP\/1.1 400/);
          expect(line.answer().match(/HTTP\/1.1 /g)).toHaveLength(1);
        }
      }
    });
  });
}
