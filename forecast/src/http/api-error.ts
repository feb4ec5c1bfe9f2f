import type { ContentfulStatusCode } from "hono/utils/http-status";

/** What a caller is told in the envelope; anything else that is thrown is an internal error. */
export class ApiError extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly field: string | undefined;

  constructor(status: ContentfulStatusCode, code: string, message: string, field?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

export const badRequest = (field: string, message: string) =>
  new ApiError(400, "bad_request", `${field}: ${message}`, field);
export const unauthorized = (
  message = "sign in with the owner's wallet first: POST /api/session/nonce, then /api/session",
) => new ApiError(401, "unauthorized", message);
export const forbidden = (message: string) => new ApiError(403, "forbidden", message);
export const notFound = (message: string) => new ApiError(404, "not_found", message);
export const unavailable = (message: string) => new ApiError(503, "unavailable", message);
