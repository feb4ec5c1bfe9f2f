// One question to the forecast service, and its answer in the promised shape.
import { z } from "zod/mini";

/** An answer that is an error, or no answer of the promised shape. 503 is "not now": its message says why. */
export class ForecastError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ForecastError";
    this.status = status;
    this.code = code;
  }
}

const envelopeSchema = z.union([
  z.object({ data: z.unknown(), error: z.null() }),
  z.object({ data: z.null(), error: z.object({ code: z.string(), message: z.string() }) }),
]);

/** Unix seconds, the last not included. */
export interface Stretch {
  from: number;
  to: number;
}

export type Query = Record<string, string | number | undefined>;

export const iso = (unixSeconds: number): string => new Date(unixSeconds * 1000).toISOString();
export const within = ({ from, to }: Stretch) => ({ from: iso(from), to: iso(to) });

export function urlOf(baseUrl: string, path: string, query: Query = {}): URL {
  const url = new URL(`api/${path}`, baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(key, String(value));
  }
  return url;
}

/** What an answer holds; throws `ForecastError`. */
export async function dataOf<T extends z.ZodMiniType>(response: Response, url: URL, schema: T): Promise<z.output<T>> {
  const badAnswer = () =>
    new ForecastError(response.status, "bad_answer", `${url.pathname} answered in an unknown shape`);
  const envelope = envelopeSchema.safeParse(await response.json().catch(() => null));
  if (!envelope.success) throw badAnswer();
  const { data, error } = envelope.data;
  if (error) throw new ForecastError(response.status, error.code, error.message);
  const parsed = schema.safeParse(data);
  if (!parsed.success) throw badAnswer();
  return parsed.data;
}
