// What indexer, forecast service and RPC answered when the pictures' figures were recorded, and how it is given again.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { type SiteConfig, siteConfigSchema } from "@gridx/contracts";
import type { Page, Request, Route } from "@playwright/test";
import { z } from "zod";

const FILE = fileURLToPath(new URL("../answers.json.gz", import.meta.url));

const answersSchema = z.record(z.string(), z.object({ status: z.number(), type: z.string(), body: z.string() }));
/** By service, method, path and body; those of the RPC by method and parameters, each of a batch by itself. */
export type Answers = z.infer<typeof answersSchema>;

const recordingSchema = z.object({
  site: z.custom<SiteConfig>((json) => siteConfigSchema.safeParse(json).success),
  /** Addresses of what was made for the recording. */
  places: z.object({ trade: z.string(), claim: z.string() }),
  moments: z.record(z.enum(["calm", "declared"]), z.object({ now: z.number(), answers: answersSchema })),
});
export type Recording = z.infer<typeof recordingSchema>;
export type Places = Recording["places"];
export type Moment = keyof Recording["moments"];

export const readRecording = (): Recording =>
  recordingSchema.parse(JSON.parse(gunzipSync(readFileSync(FILE)).toString()));

/** How many bytes it takes. */
export function writeRecording(recording: Recording): number {
  const packed = gzipSync(JSON.stringify(recording), { level: 9 });
  writeFileSync(FILE, packed);
  return packed.length;
}

const callSchema = z.object({ id: z.unknown(), method: z.string(), params: z.array(z.unknown()).default([]) });
const callsSchema = z.union([z.array(callSchema), callSchema]);
const resultSchema = z.looseObject({ id: z.unknown() });
const keyOfCall = ({ method, params }: z.infer<typeof callSchema>) => `rpc ${method} ${JSON.stringify(params)}`;
/** As the services say it: the forecast service is asked with its cookie. */
const sharedWith = (request: Request) => ({
  "access-control-allow-origin": request.headers().origin ?? "*",
  "access-control-allow-credentials": "true",
});
const CALL = { status: 200, type: "application/json" };

type Service = "rpc" | "indexer" | "forecast";
type Hosts = Pick<SiteConfig, "rpcUrl" | "indexerUrl" | "forecastUrl">;

const keyOf = (service: Service, request: Request) => {
  const { pathname, search } = new URL(request.url());
  return `${service} ${request.method()} ${pathname}${search} ${request.postData() ?? ""}`.trim();
};

/** How a service answers instead: never, not at all, or that there is no such thing; all of it, or some paths. */
export interface Disturbance {
  service: Service;
  paths?: RegExp;
  how: "silent" | "down" | "absent";
}

/** Without the stream the page asks by itself, and nothing changes meanwhile. */
const NO_STREAM: Disturbance = { service: "indexer", paths: /^\/api\/events$/, how: "absent" };

/** Takes all questions to the three services, and answers those that are disturbed. */
async function intercept(
  page: Page,
  hosts: Hosts,
  disturbances: readonly Disturbance[],
  answer: (route: Route, service: Service) => Promise<void>,
): Promise<void> {
  const services = new Map<string, Service>([
    [new URL(hosts.rpcUrl).origin, "rpc"],
    [new URL(hosts.indexerUrl).origin, "indexer"],
    [new URL(hosts.forecastUrl).origin, "forecast"],
  ]);
  await page.route(
    ({ origin }) => services.has(origin),
    (route, request) => {
      const { origin, pathname } = new URL(request.url());
      const service = services.get(origin);
      if (!service) return route.abort();
      const applies = (one: Disturbance) => one.service === service && (one.paths?.test(pathname) ?? true);
      const how = [NO_STREAM, ...disturbances].find(applies)?.how;
      if (how === "silent") return;
      if (how === "absent") return route.fulfill({ status: 404, headers: sharedWith(request) });
      return how === "down" ? route.abort("connectionrefused") : answer(route, service);
    },
  );
}

/** Lets every question through and keeps what is answered. */
export async function record(page: Page, hosts: Hosts, answers: Answers, disturbances: readonly Disturbance[] = []) {
  await intercept(page, hosts, disturbances, async (route, service) => {
    const request = route.request();
    const response = await route.fetch();
    const body = await response.text();
    if (service === "rpc") {
      const calls = [callsSchema.parse(request.postDataJSON())].flat();
      const results = [z.union([z.array(resultSchema), resultSchema]).parse(JSON.parse(body))].flat();
      for (const call of calls) {
        const result = results.find(({ id }) => id === call.id);
        if (result) answers[keyOfCall(call)] = { ...CALL, body: JSON.stringify({ ...result, id: null }) };
      }
    } else {
      const type = response.headers()["content-type"] ?? "application/json";
      answers[keyOf(service, request)] = { status: response.status(), type, body };
    }
    await route.fulfill({ response });
  });
}

/** Gives the recorded answers. Names of questions that nobody recorded an answer to are put into the list that is returned. */
export async function replay(page: Page, hosts: Hosts, answers: Answers, disturbances: readonly Disturbance[] = []) {
  const unknown: string[] = [];
  await intercept(page, hosts, disturbances, async (route, service) => {
    const request = route.request();
    const take = (key: string) => {
      const answer = answers[key];
      if (!answer) unknown.push(key);
      return answer ?? { status: 501, type: "application/json", body: "{}" };
    };
    if (service !== "rpc") {
      const { status, type: contentType, body } = take(keyOf(service, request));
      return route.fulfill({ status, contentType, headers: sharedWith(request), body });
    }
    const asked = callsSchema.parse(request.postDataJSON());
    const one = (call: z.infer<typeof callSchema>) => ({
      ...resultSchema.parse({ id: null, ...JSON.parse(take(keyOfCall(call)).body) }),
      id: call.id,
    });
    return route.fulfill({ headers: sharedWith(request), json: Array.isArray(asked) ? asked.map(one) : one(asked) });
  });
  return unknown;
}
