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
export const tooMany = (message: string) => new ApiError(429, "too_many_requests", message);
export const tooLarge = (message: string) => new ApiError(413, "too_large", message);
