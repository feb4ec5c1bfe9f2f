// Speaks to the forecast service for meters and owners whose keys are here.
import { type Deployment, type MeteredReading, signMeteredBatch } from "@gridx/contracts";
import type { LocalAccount } from "viem";
import { createSiweMessage } from "viem/siwe";
import { z } from "zod";

/** What the service takes in one request. */
export const MAX_READINGS = 1_000;
const TIMEOUT_MS = 30_000;
const SIGN_IN_SECONDS = 600;

const rejected = z.array(z.object({ field: z.string(), message: z.string() }));
const receivedSchema = z.object({ accepted: z.number(), corrected: z.number(), unchanged: z.number(), rejected });
export type Received = z.output<typeof receivedSchema>;

const errorSchema = z.object({ error: z.object({ message: z.string(), rejected: rejected.optional() }) });
const dataOf = <T extends z.ZodType>(data: T) => z.object({ data });

export interface MeterBatch {
  meter: LocalAccount;
  readings: MeteredReading[];
}

export interface Profile {
  latitude: number;
  longitude: number;
  timeZone: string;
  tiltDegrees: number | null;
  azimuthDegrees: number | null;
}

export class ForecastClient {
  readonly #url: string;
  readonly #deployment: Deployment;
  readonly #signal: AbortSignal;

  constructor(url: string, deployment: Deployment, signal: AbortSignal) {
    this.#url = url.replace(/\/$/, "");
    this.#deployment = deployment;
    this.#signal = signal;
  }

  /** Signs and sends; what the service does not believe is in the answer. Throws where it can't be reached or is busy. */
  async send(batches: readonly MeterBatch[]): Promise<Received> {
    const signed = await Promise.all(
      batches.map(async ({ meter, readings }) => ({
        meter: meter.address,
        readings,
        signature: await signMeteredBatch(meter, this.#deployment, readings),
      })),
    );
    const response = await this.#ask("POST", "/api/readings", { batches: signed });
    const body: unknown = await response.json();
    if (response.ok) return dataOf(receivedSchema).parse(body).data;
    const { error } = errorSchema.parse(body);
    if (response.status !== 422) throw new Error(`the forecast service answers ${response.status}: ${error.message}`);
    return { accepted: 0, corrected: 0, unchanged: 0, rejected: error.rejected ?? [] };
  }

  /** Signs in as a home's owner, from the page at `origin`, and says where the home lies. */
  async saveProfile(owner: LocalAccount, house: string, profile: Profile, origin: string): Promise<void> {
    const nonce = await this.#data("POST", "/api/session/nonce", {}, z.object({ nonce: z.string() }));
    const message = createSiweMessage({
      address: owner.address,
      chainId: this.#deployment.chainId,
      domain: new URL(origin).host,
      nonce: nonce.nonce,
      uri: origin,
      version: "1",
      issuedAt: new Date(),
      expirationTime: new Date(Date.now() + SIGN_IN_SECONDS * 1000),
    });
    const signature = await owner.signMessage({ message });
    const { token } = await this.#data("POST", "/api/session", { message, signature }, z.object({ token: z.string() }));
    await this.#data("PUT", `/api/homes/${house}/profile`, profile, z.unknown(), token);
    await this.#data("DELETE", "/api/session", undefined, z.unknown(), token);
  }

  async #data<T extends z.ZodType>(method: string, path: string, json: unknown, schema: T, token?: string) {
    const response = await this.#ask(method, path, json, token);
    const body: unknown = await response.json();
    if (response.ok) return schema.parse(dataOf(z.unknown()).parse(body).data);
    const { error } = errorSchema.parse(body);
    throw new Error(`the forecast service answers ${response.status}: ${error.message}`);
  }

  #ask(method: string, path: string, json: unknown, token?: string): Promise<Response> {
    return fetch(`${this.#url}${path}`, {
      method,
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
  }
}
