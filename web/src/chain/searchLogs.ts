// Looks backwards for the newest logs of one kind, also on an RPC that shows few blocks at a time.

/** Inclusive. */
export interface BlockRange {
  fromBlock: bigint;
  toBlock: bigint;
}

/** So many questions, then it is given up: a public RPC counts them. */
const MOST_QUESTIONS = 60;
/** Refused for less than this, it is not the length of the range. */
const SHORTEST = 16n;

/** Why a search ended without an answer: the RPC shows too little at a time. */
export class SearchGivenUp extends Error {
  override name = "SearchGivenUp";
}

/**
 * What `ask` finds in the newest part of the range that holds anything; empty if none does. The range is halved where
 * the RPC refuses it. Throws the RPC's own error where even a short range fails.
 */
export async function searchNewest<Found>(
  range: BlockRange,
  ask: (part: BlockRange) => Promise<readonly Found[]>,
): Promise<readonly Found[]> {
  let { toBlock } = range;
  let span = toBlock - range.fromBlock + 1n;
  for (let questions = 0; toBlock >= range.fromBlock; questions += 1) {
    if (questions >= MOST_QUESTIONS) throw new SearchGivenUp(`not found in the newest blocks from ${toBlock} on`);
    const first = toBlock - span + 1n;
    const fromBlock = first > range.fromBlock ? first : range.fromBlock;
    let found: readonly Found[];
    try {
      found = await ask({ fromBlock, toBlock });
    } catch (cause) {
      if (toBlock - fromBlock < SHORTEST) throw cause;
      span = (toBlock - fromBlock + 1n) / 2n;
      continue;
    }
    if (found.length > 0) return found;
    toBlock = fromBlock - 1n;
  }
  return [];
}
