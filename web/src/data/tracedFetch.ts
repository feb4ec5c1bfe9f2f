const BYTES = 9;

const newRequestId = () =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(BYTES))))
    .replaceAll("+", "-")
    .replaceAll("/", "_");

/** Asks a service of ours under an id of its own, which the service's log and its database know too. */
export const tracedFetch: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set("x-request-id", newRequestId());
  return fetch(input, { ...init, headers });
};
