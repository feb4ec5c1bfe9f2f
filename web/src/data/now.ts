// The chain's clock, as the page knows it.
import { startOfDay } from "../figures/days.ts";
import { useBlock } from "./chain.ts";
import { useMarket } from "./indexer.ts";

/** The chain's clock; undefined until it is known. */
export function useNow(): number | undefined {
  const { data: block } = useBlock();
  const { data: market } = useMarket();
  return block?.timestamp ?? market?.blockTimestamp;
}

/** When the reader's day began, by the chain's clock. */
export function useToday(): number | undefined {
  const now = useNow();
  return now === undefined ? undefined : startOfDay(now);
}
