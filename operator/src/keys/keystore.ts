// The V3 JSON keystore that geth, cast and most wallets write: a private key under a password.
import { pbkdf2, scrypt } from "node:crypto";
import { promisify } from "node:util";
import * as Keystore from "ox/Keystore";
import { bytesToHex, type Hex } from "viem";
import { z } from "zod";
import { readPrivateFile, UnsafeConfig } from "./secrets.ts";

const hexOf = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-fA-F]{${bytes * 2}}$`), `expected ${bytes} bytes`);
const salt = z.string().regex(/^([0-9a-fA-F]{2}){8,64}$/, "expected 8 to 64 bytes");

/** scrypt takes 128 × n × r bytes: no file may ask for more than this. */
const MOST_MEMORY = 1 << 29;

const scryptSchema = z
  .object({
    dklen: z.literal(32),
    n: z
      .int()
      .min(2)
      .refine((n) => Number.isInteger(Math.log2(n)), "expected a power of two"),
    r: z.int().min(1).max(64),
    p: z.int().min(1).max(64),
    salt,
  })
  .refine(({ n, r }) => 128 * n * r <= MOST_MEMORY, `wants more than ${MOST_MEMORY / (1 << 20)} MiB of memory`);
const pbkdf2Schema = z.object({
  dklen: z.literal(32),
  prf: z.literal("hmac-sha256"),
  c: z.int().min(1).max(10_000_000),
  salt,
});

const cipher = {
  cipher: z.literal("aes-128-ctr"),
  cipherparams: z.object({ iv: hexOf(16) }),
  ciphertext: hexOf(32),
  mac: hexOf(32),
};
const keystoreSchema = z.object({
  version: z.literal(3),
  id: z.string().default(""),
  crypto: z.discriminatedUnion("kdf", [
    z.object({ ...cipher, kdf: z.literal("scrypt"), kdfparams: scryptSchema }),
    z.object({ ...cipher, kdf: z.literal("pbkdf2"), kdfparams: pbkdf2Schema }),
  ]),
});

/** The private key in a keystore. No error shows anything of key or password. */
export async function readKeystore(name: string, path: string, password: string): Promise<Hex> {
  let json: unknown;
  const text = readPrivateFile(name, path);
  try {
    json = JSON.parse(text);
  } catch {
    throw new UnsafeConfig(`${name}: ${path} is no JSON; give a V3 keystore, such as \`cast wallet import\` writes`);
  }
  const parsed = keystoreSchema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join(".") || "file"}: ${issue.message}`);
    throw new UnsafeConfig(`${name}: ${path} is no V3 keystore: ${issues.join("; ")}`);
  }
  const key = await derived(parsed.data, password);
  try {
    return Keystore.decrypt(parsed.data, key);
  } catch {
    throw new UnsafeConfig(`${name}: the password does not open ${path}`);
  }
}

type V3 = z.output<typeof keystoreSchema>;

/** Node's own derivation takes a tenth of the time that one in JavaScript takes, and not the main thread's. */
async function derived(keystore: V3, password: string): Promise<Hex | Keystore.Key> {
  const { kdf, kdfparams } = keystore.crypto;
  const salt = Buffer.from(kdfparams.salt, "hex");
  if (kdf === "pbkdf2") return bytesToHex(await promisify(pbkdf2)(password, salt, kdfparams.c, 32, "sha256"));
  const { n: N, r, p } = kdfparams;
  // OpenSSL knows no more (RFC 7914, 2); some old wallets wrote r = 1.
  if (Math.log2(N) >= 16 * r) return Keystore.toKey(keystore, { password });
  const deriving = new Promise<Buffer>((resolve, reject) => {
    const done = (error: Error | null, key: Buffer) => (error ? reject(error) : resolve(key));
    scrypt(password, salt, 32, { N, r, p, maxmem: 2 * MOST_MEMORY }, done);
  });
  return bytesToHex(await deriving);
}
