import "./styles/index.css";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { StartupError } from "./app/StartupError.tsx";
import { loadSite } from "./config/loadSite.ts";
import { createSession } from "./wallet/session.ts";

const container = document.getElementById("root");
if (!container) throw new Error("the page has no #root");
const root = createRoot(container);

try {
  const site = await loadSite();
  const session = createSession(async (publish) => (await import("./wallet/engine.ts")).startEngine(site, publish));
  root.render(<App site={site} session={session} />);
} catch (cause) {
  console.error(cause);
  root.render(<StartupError error={cause} />);
}
