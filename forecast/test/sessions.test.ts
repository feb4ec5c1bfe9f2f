import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { createSiweMessage } from "viem/siwe";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { onBothDatabases } from "./support/databases.ts";
import { deploySmartWallet } from "./support/smart-wallet.ts";
import {
  messageFor,
  PAGE,
  rowsOf,
  startChain,
  startService,
  type TestChain,
  type TestService,
} from "./support/world.ts";

let chain: TestChain;
const wallet = privateKeyToAccount(generatePrivateKey());

beforeAll(async () => {
  chain = await startChain(1);
});
afterAll(() => chain.anvil.stop());

onBothDatabases("sessions", (place, kind) => {
  let service: TestService;
  beforeEach(async () => {
    service = await startService(chain, await place());
  });
  afterEach(() => service.close());

  const present = (message: string, signature: string, on = service) =>
    on.request("/api/session", { method: "POST", json: { message, signature } });
  const who = async (token: string, on = service) => (await on.request("/api/session", { token })).status;

  it("opens one for whoever signed, keeps no token, and closes it for good", async () => {
    const { message, fields } = await messageFor(service.request, wallet.address);
    const response = await present(message, await wallet.signMessage({ message }));
    expect(response.status).toBe(200);
    const { data } = (await response.json()) as { data: { token: string; address: string; expiresAt: string } };
    expect(data.address).toBe(wallet.address.toLowerCase());
    expect(data.expiresAt).toBe(fields.expirationTime?.toISOString());
    const cookie = response.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^gridx_session=[\w-]{43};/);
    for (const attribute of ["HttpOnly", "SameSite=Strict", "Path=/"]) expect(cookie).toContain(attribute);
    expect(await who(data.token)).toBe(200);
    const byCookie = await service.request("/api/session", { headers: { cookie: cookie.split(";")[0] ?? "" } });
    expect(byCookie.status).toBe(200);
    expect(JSON.stringify(await rowsOf(service, "session"))).not.toContain(data.token);
    expect((await service.request("/api/session", { method: "DELETE", token: data.token })).status).toBe(200);
    expect(await who(data.token)).toBe(401);
  });

  it("takes a nonce once, also when both attempts come at the same time", async () => {
    const { message } = await messageFor(service.request, wallet.address);
    const signature = await wallet.signMessage({ message });
    const statuses = (await Promise.all([1, 2, 3].map(() => present(message, signature)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 401, 401]);
    expect((await present(message, signature)).status).toBe(401);
  });

  it("refuses what is not the wallet's own word for this page, chain and time, naming the field", async () => {
    const other = privateKeyToAccount(generatePrivateKey());
    const cases: [string, Parameters<typeof messageFor>[2]][] = [
      ["domain", { domain: "gridx.evil.example" }],
      ["uri", { uri: "http://127.0.0.1:3001" }],
      ["chainId", { chainId: 137 }],
      ["expirationTime", { expirationTime: undefined }],
      ["expirationTime", { expirationTime: new Date(Date.now() - 1_000) }],
      ["issuedAt", { issuedAt: new Date(Date.now() - 700_000) }],
      ["issuedAt", { issuedAt: new Date(Date.now() + 120_000) }],
      ["notBefore", { notBefore: new Date(Date.now() + 120_000) }],
      ["nonce", { nonce: "neverIssued123" }],
    ];
    for (const [field, change] of cases) {
      const { message } = await messageFor(service.request, wallet.address, change);
      const response = await present(message, await wallet.signMessage({ message }));
      expect([response.status, ((await response.json()) as { error: { field: string } }).error.field]).toEqual([
        401,
        field,
      ]);
    }
    const { message } = await messageFor(service.request, wallet.address);
    const forged = await present(message, await other.signMessage({ message }));
    expect(((await forged.json()) as { error: { field: string } }).error.field).toBe("signature");
    // What is not the standard's form could be read differently than it was shown.
    const { message: shown } = await messageFor(service.request, wallet.address);
    const odd = `${shown}\nExpiration Time: 2999-01-01T00:00:00.000Z`;
    const response = await present(odd, await wallet.signMessage({ message: odd }));
    expect(((await response.json()) as { error: { field: string } }).error.field).toBe("message");
    expect(await rowsOf(service, "session")).toEqual([]);
  });

  it("lets a smart-contract wallet in on its own word, and nobody else in its name", async () => {
    const [from = "0x"] = (await chain.client.request({ method: "eth_accounts" } as never)) as `0x${string}`[];
    const address = await deploySmartWallet(chain, wallet.address, from);
    const { message } = await messageFor(service.request, address);
    const response = await present(message, await wallet.signMessage({ message }));
    expect(response.status).toBe(200);
    expect(((await response.json()) as { data: { address: string } }).data.address).toBe(address.toLowerCase());
    const again = await messageFor(service.request, address);
    const stranger = privateKeyToAccount(generatePrivateKey());
    const forged = await present(again.message, await stranger.signMessage({ message: again.message }));
    expect(forged.status).toBe(401);
  });

  it("ends with the message's expiration, and after a week at the latest", async () => {
    const soon = await messageFor(service.request, wallet.address, { expirationTime: new Date(Date.now() + 900) });
    const response = await present(soon.message, await wallet.signMessage({ message: soon.message }));
    const { data } = (await response.json()) as { data: { token: string } };
    expect(await who(data.token)).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await who(data.token)).toBe(401);
    const never = await messageFor(service.request, wallet.address, { expirationTime: new Date("2999-01-01") });
    const long = await present(never.message, await wallet.signMessage({ message: never.message }));
    const { expiresAt } = ((await long.json()) as { data: { expiresAt: string } }).data;
    expect(Date.parse(expiresAt)).toBeLessThan(Date.now() + 7 * 86_400_000 + 1_000);
    await service.services.sessions.purge();
    expect(await rowsOf(service, "session")).toHaveLength(1);
  });

  it.runIf(kind === "PostgreSQL")("is shared by replicas: nonce, session and signing out", async () => {
    const shared = await place();
    const [first, second] = await Promise.all([startService(chain, shared), startService(chain, shared)]);
    try {
      const { message } = await messageFor(first.request, wallet.address);
      const signature = await wallet.signMessage({ message });
      const statuses = await Promise.all([present(message, signature, first), present(message, signature, second)]);
      expect(statuses.map(({ status }) => status).sort()).toEqual([200, 401]);
      const token = await first.signIn(wallet);
      expect(await who(token, second)).toBe(200);
      await second.request("/api/session", { method: "DELETE", token });
      expect(await who(token, first)).toBe(401);
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });
});

describe("the session's cookie", () => {
  it("is for https alone where the page is", async () => {
    const page = "https://gridx.example";
    const service = await startService(chain, { kind: "pglite" }, { signInOrigins: [page], corsOrigins: [page] });
    const { fields } = await messageFor(service.request, wallet.address);
    const message = createSiweMessage({ ...fields, domain: "gridx.example", uri: page });
    const signature = await wallet.signMessage({ message });
    const response = await service.request("/api/session", { method: "POST", json: { message, signature } });
    expect(response.headers.get("set-cookie")).toMatch(/^__Host-gridx_session=.*Secure/);
    expect(PAGE).not.toBe(page);
    await service.close();
  });
});
