// A stand-in for a Web3Signer with one key, which can be made to answer wrongly.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Hex, keccak256, numberToHex, serializeSignature } from "viem";
import { privateKeyToAccount, sign } from "viem/accounts";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

export interface RemoteSignerStandIn {
  url: string;
  /** Key that signs; another than the one that it tells of is a fault. */
  key: Hex;
  /** Answers with the upper value of s, as some KMS do. */
  highS: boolean;
  /** Bearer token that it wants. */
  token: string | null;
  /** What it was given to sign. */
  signed: Hex[];
  close(): Promise<void>;
}

export async function remoteSigner(key: Hex): Promise<RemoteSignerStandIn> {
  const { publicKey } = privateKeyToAccount(key);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { token } = standIn;
    if (token !== null && request.headers.authorization !== `Bearer ${token}`) return response.writeHead(401).end();
    // Without the 04, as Web3Signer lists them.
    if (request.url === "/api/v1/eth1/publicKeys") return response.end(JSON.stringify([`0x${publicKey.slice(4)}`]));
    if (request.url !== `/api/v1/eth1/sign/0x${publicKey.slice(4)}`) return response.writeHead(404).end();
    const { data } = JSON.parse(Buffer.concat(chunks).toString()) as { data: Hex };
    standIn.signed.push(data);
    const signature = await sign({ hash: keccak256(data), privateKey: standIn.key });
    const s = standIn.highS ? numberToHex(ORDER - BigInt(signature.s), { size: 32 }) : signature.s;
    response.end(serializeSignature({ ...signature, s }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const standIn: RemoteSignerStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key,
    highS: false,
    token: null,
    signed: [],
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return standIn;
}
