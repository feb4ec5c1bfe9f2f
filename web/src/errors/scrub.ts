// What an error's report may hold: what broke and where in the code. Nobody's address, trade, house or text.

/** Addresses, hashes, signatures, and whatever else has many hex digits. */
const HEX = /0x[0-9a-f]{2,}/gi;
/** A URL up to its path: what follows may name somebody, and an RPC's may hold a key. */
const URLS = /\b((?:https?|wss?):\/\/)(?:[^\s/@"']*@)?([^\s/?#"')]+)[^\s"')]*/gi;
const QUOTED = /"[^"]*"/g;

export const scrubText = (text: string): string =>
  text.replace(URLS, "$1$2/…").replace(HEX, "0x…").replace(QUOTED, '"…"');

/** The page's route without ids: `/trades/0x12…` is `/trades/:id`. */
export function routeOf(path: string): string {
  return path
    .split("/")
    .map((part) => (/^[a-z]*$/.test(part) ? part : ":id"))
    .join("/");
}

interface Frame {
  filename?: string;
  function?: string;
  lineno?: number;
  colno?: number;
  in_app?: boolean;
}
interface Thrown {
  type?: string;
  value?: string;
  stacktrace?: { frames?: Frame[] };
}
/** The parts of a Sentry event that are kept. */
export interface Report {
  event_id?: string;
  timestamp?: number;
  platform?: string;
  level?: string;
  release?: string;
  environment?: string;
  exception?: { values?: Thrown[] };
}

const pathOf = (url: string): string => {
  try {
    return new URL(url).pathname;
  } catch {
    return "";
  }
};

/** Made anew of the fields that are known to be harmless, so that one that is added later is not sent. */
export function scrubbed(event: Report, path: string) {
  const { event_id, timestamp, platform, level, release, environment, exception } = event;
  const values = exception?.values?.map(({ type, value, stacktrace }) => ({
    type: type && scrubText(type),
    value: value && scrubText(value),
    stacktrace: {
      frames: stacktrace?.frames?.map(({ filename, function: name, lineno, colno, in_app }) => ({
        ...{ lineno, colno, in_app, function: name },
        filename: filename && pathOf(filename).replace(/^(?!\/assets\/).*$/, routeOf),
      })),
    },
  }));
  return {
    ...{ event_id, timestamp, platform, level, release, environment },
    exception: { values },
    request: { url: routeOf(path) },
  };
}
