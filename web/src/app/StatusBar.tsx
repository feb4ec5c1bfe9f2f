// What time the chain has, and how far behind it the lists are.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useSite } from "../config/SiteContext.ts";
import { useBlock } from "../data/chain.ts";
import { useEmergency } from "../data/emergency.ts";
import { useMarket } from "../data/indexer.ts";
import { keys } from "../data/keys.ts";
import { Trans } from "../i18n/Trans.tsx";
import { t } from "../i18n/t.ts";
import { useIsOnline } from "../offline/online.ts";
import { type Freshness, freshnessOf } from "./freshness.ts";

/** Two digits in day and hour. */
const SOME_LONG_TIME = 1_766_813_400;

export function StatusBar() {
  const { config, format } = useSite();
  const block = useBlock();
  const market = useMarket();
  const inEmergency = useEmergency() !== null;
  const online = useIsOnline();
  const queries = useQueryClient();
  useEffect(() => {
    // Told at once, not at the next look.
    if (!online) void queries.invalidateQueries({ queryKey: keys.block });
  }, [online, queries]);
  const freshness = freshnessOf({
    chain: block.data,
    chainFailed: block.isError || block.failureCount > 1,
    indexer: market.data && { number: market.data.blockNumber, timestamp: market.data.blockTimestamp },
    indexerFailed: market.isError || market.failureCount > 1,
    clockSpeed: config.demo?.clockSpeed ?? 1,
    offline: !online,
    readAt: block.dataUpdatedAt > 0 ? format.time(block.dataUpdatedAt / 1000) : null,
  });
  return (
    <div className="border-t border-line/60">
      <div className="mx-auto flex min-h-9 max-w-7xl flex-wrap items-center justify-between gap-x-4 gap-y-0.5 px-4 py-1 text-xs text-muted sm:px-6">
        <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1 max-sm:contents">
          {/* A line of its own on a phone, whatever the time, so that nothing jumps when it comes. */}
          <span className="truncate max-sm:basis-full">
            <Trans
              id="app.status.chainTime"
              values={{
                time: block.data ? (
                  <time className="text-soft" dateTime={new Date(block.data.timestamp * 1000).toISOString()}>
                    {format.dateTime(block.data.timestamp)}
                  </time>
                ) : (
                  // Room for the time, so that nothing jumps when it comes.
                  <span className="invisible">{format.dateTime(SOME_LONG_TIME)}</span>
                ),
              }}
            />
          </span>
          {config.demo && (
            <span
              className="rounded-full border border-violet/40 bg-violet/10 px-2 py-px whitespace-nowrap text-violet"
              title={config.demo.description}
            >
              {t("app.status.clock", { speed: config.demo.clockSpeed })}
            </span>
          )}
          {inEmergency && (
            // The banner scrolls away; this stays.
            <span className="rounded-full border border-amber/60 bg-amber/15 px-2 py-px font-semibold whitespace-nowrap text-amber">
              {t("app.emergency")}
            </span>
          )}
        </span>
        <FreshnessNote freshness={freshness} blockNumber={market.data?.blockNumber ?? null} />
      </div>
      {freshness.warning && (
        <p
          role="alert"
          className="border-t border-amber/30 bg-amber/10 px-4 py-2 text-center text-sm text-amber sm:px-6"
        >
          {freshness.warning}
        </p>
      )}
    </div>
  );
}

function FreshnessNote({ freshness, blockNumber }: { freshness: Freshness; blockNumber: number | null }) {
  const { format } = useSite();
  const dot = freshness.state === "live" ? "bg-lime" : freshness.state === "starting" ? "bg-muted" : "bg-amber";
  return (
    <span className="inline-flex items-center gap-2" data-testid="freshness">
      <span aria-hidden="true" className={`size-2 rounded-full ${dot}`} />
      {blockNumber === null
        ? freshness.text
        : t("app.status.block", { number: format.integer(blockNumber), freshness: freshness.text })}
    </span>
  );
}
