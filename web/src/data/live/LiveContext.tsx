import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { useSite } from "../../config/SiteContext.ts";
import { LIVE_MS } from "../queryClient.ts";
import { applyBlock, applyStart } from "./changes.ts";
import { followStream } from "./stream.ts";

/** While the stream tells what changed, everything is read anew this often all the same. */
const LOOK_MS = 15_000;

const LiveContext = createContext(false);

/** Whether the event stream runs. */
export const useIsLive = (): boolean => useContext(LiveContext);

/** How often something live is to be asked for. */
export const useLiveInterval = (): number => (useIsLive() ? LOOK_MS : LIVE_MS);

/** Keeps one connection to the indexer's event stream for the whole page. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const { config } = useSite();
  const queries = useQueryClient();
  const [isLive, setIsLive] = useState(false);
  useEffect(() => {
    const url = new URL("api/events", config.indexerUrl.replace(/\/?$/, "/")).href;
    return followStream(url, {
      live: setIsLive,
      began: (standing) => applyStart(queries, standing),
      changed: (block) => applyBlock(queries, block),
    });
  }, [config.indexerUrl, queries]);
  return <LiveContext value={isLive}>{children}</LiveContext>;
}
