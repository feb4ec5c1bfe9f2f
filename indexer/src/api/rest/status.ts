import { Hono } from "hono";
import { deployment } from "../../deployment.ts";
import { audit } from "../audit/audit.ts";
import { isSteadilyOnChain, MAX_BLOCKS_BEHIND } from "../on-chain.ts";
import { isOtherChain, OTHER_CHAIN } from "../other-chain.ts";
import { ask, position } from "../position.ts";
import { shared } from "../shared.ts";
import { answer, readPosition } from "./envelope.ts";
import { unavailable } from "./errors.ts";

async function readiness() {
  const reached = await position();
  const [chainId, latest] = await ask((client) => Promise.all([client.getChainId(), client.getBlockNumber()]));
  if (chainId !== deployment.chainId) {
    throw unavailable("wrong_chain", `the RPC serves chain ${chainId}, indexed is ${deployment.chainId}`);
  }
  if (await isOtherChain()) throw unavailable("wrong_chain", OTHER_CHAIN);
  if (!reached.live) throw unavailable("not_ready", "the chain is still being read for the first time");
  const behind = Math.max(0, Number(latest) - reached.blockNumber);
  if (behind > MAX_BLOCKS_BEHIND) {
    throw unavailable("behind", `${behind} blocks behind the chain; at most ${MAX_BLOCKS_BEHIND} count as current`);
  }
  if (!(await isSteadilyOnChain())) {
    throw unavailable("wrong_chain", NOT_THIS_CHAIN);
  }
  return { reached, behind };
}

const NOT_THIS_CHAIN =
  "the rows do not make the ledger head that the RPC's chain has: it reorganises, or, if it stays so, the RPC left out events or serves another chain; /api/audit says more, and a new index in an empty database from another RPC mends it";

/** Each costs several requests of the RPC. */
const ready = shared(readiness, 1000);

export const statusRoutes = new Hono()
  // For a proxy: can this process answer at all, however old its rows are?
  .get("/live", async (c) => {
    const { blockNumber, blockTimestamp } = await position();
    // The chain is not asked: one that is silent is no reason to ask another replica.
    c.set("latest", Promise.resolve(null));
    return answer(c, { blockNumber, blockTimestamp });
  })
  .get("/audit", readPosition, async (c) => answer(c, await audit()))
  .get("/ready", async (c) => {
    const { reached, behind } = await ready();
    c.set("reached", reached);
    return answer(c, { blockNumber: reached.blockNumber, blockTimestamp: reached.blockTimestamp, behind });
  });
