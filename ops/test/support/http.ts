// Requests as somebody who means harm writes them: `fetch` would tidy them up first.
import { Agent, request } from "node:http";

export interface Sent {
  method: string;
  /** As it goes over the wire. */
  path: string;
  headers: Record<string, string | string[]>;
  body?: string | Buffer;
}

export interface Answer {
  status: number;
  type: string;
  text: string;
  milliseconds: number;
}

/** A stream that never ends is left after this much, and what says nothing after this long. */
const MOST_BYTES = 4 * 1024 * 1024;
const STREAM_MS = 300;
/** No answer may take longer. */
export const MOST_MS = 10_000;

export const newAgent = (connections: number) =>
  new Agent({ keepAlive: true, maxSockets: connections, scheduling: "fifo" });

export async function send(origin: string, sent: Sent, agent: Agent | false): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  const began = performance.now();
  return new Promise<Answer>((resolve, reject) => {
    let answered = false;
    const { method, path, headers, body } = sent;
    const asked = request({ hostname, port, method, path, agent, setHost: !("host" in headers) }, (response) => {
      answered = true;
      const parts: Buffer[] = [];
      let length = 0;
      const type = response.headers["content-type"] ?? "";
      const done = () => {
        clearTimeout(timer);
        const text = Buffer.concat(parts).toString("utf8");
        resolve({ status: response.statusCode ?? 0, type, text, milliseconds: performance.now() - began });
      };
      if (type.startsWith("text/event-stream")) {
        setTimeout(() => {
          done();
          asked.destroy();
        }, STREAM_MS);
      }
      response.on("data", (part: Buffer) => {
        parts.push(part);
        length += part.length;
        if (length > MOST_BYTES) response.destroy();
      });
      response.on("end", done);
      response.on("error", done);
      response.on("close", done);
    });
    const timer = setTimeout(() => asked.destroy(new Error(`no answer within ${MOST_MS} ms`)), MOST_MS);
    asked.on("error", (error: NodeJS.ErrnoException) => {
      if (answered) return;
      clearTimeout(timer);
      // A connection that was kept may have been closed just now, and those beside it; `reusedSocket` is not set where a request
      // had to wait for one. On a connection of its own a request must be answered.
      if (agent !== false && error.code === "ECONNRESET") resolve(send(origin, sent, false));
      else reject(error);
    });
    for (const [name, value] of Object.entries(headers)) asked.setHeader(name, value);
    // Node leaves it out where a method usually has no body, and the body would be read as the next request.
    if (body !== undefined) asked.setHeader("content-length", Buffer.byteLength(body));
    asked.end(body);
  });
}
