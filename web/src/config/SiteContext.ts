import { createContext, useContext } from "react";
import type { Site } from "./loadSite.ts";

export const SiteContext = createContext<Site | null>(null);

/** The community that this page shows. */
export function useSite(): Site {
  const site = useContext(SiteContext);
  if (!site) throw new Error("useSite outside of SiteContext");
  return site;
}
