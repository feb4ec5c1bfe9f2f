import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** An answer that is an error, said in words that are meant for the caller. */
export class ApiError extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: string;

  constructor(status: ContentfulStatusCode, code: string, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

export const badRequest = (message: string) => new ApiError(400, "bad_request", message);
export const notFound = (message: string) => new ApiError(404, "not_found", message);
export const unavailable = (code: string, message: string) => new ApiError(503, code, message);

const envelope = (data: unknown, error: { code: string; message: string } | null) => ({
  data,
  error,
  timestamp: new Date().toISOString(),
});

export function answer(c: Context, data: unknown) {
  return c.json(envelope(data, null));
}

/** Errors that nobody foresaw are told to the log and not to the caller. */
export function answerError(error: Error, c: Context) {
  const known = error instanceof ApiError ? error : new ApiError(500, "internal", "something went wrong here");
  if (known !== error) console.error(`${c.req.method} ${c.req.path}:`, error);
  return c.json(envelope(null, { code: known.code, message: known.message }), known.status);
}
