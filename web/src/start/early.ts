// The first of the page's code to run: asks for what the first screen needs while the libraries are still on their way.
// It must not import any of them. What fails here is asked for again, and said, by who needs it.
import "../styles/index.css";
import type { SiteConfig } from "@gridx/contracts";
import { speechFor, storedChoice } from "../i18n/languages.ts";
import { messageFile } from "../messages/files.ts";
import { pageAt } from "../pages/routes.ts";
import { configAtStart } from "./config.ts";

async function askForMarket(): Promise<void> {
  const config: Partial<SiteConfig> | undefined = await (await configAtStart())?.json();
  if (typeof config?.indexerUrl !== "string") return;
  // The browser hands it to whoever asks first.
  const link = Object.assign(document.createElement("link"), {
    rel: "preload",
    as: "fetch",
    crossOrigin: "anonymous",
    href: new URL("api/market", config.indexerUrl.replace(/\/?$/, "/")).href,
  });
  document.head.append(link);
}

const ignore = () => {};
askForMarket().catch(ignore);
const page = pageAt(location.pathname);
const { language } = speechFor(navigator.languages, storedChoice());
page?.load().catch(ignore);
for (const part of page?.parts ?? []) messageFile(language, part)?.().catch(ignore);
void import("../main.tsx");
