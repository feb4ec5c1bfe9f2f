import "./styles/index.css";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { StartupError } from "./app/StartupError.tsx";
import { loadSite } from "./config/loadSite.ts";
import { createWagmiConfig } from "./wallet/wagmiConfig.ts";

const container = document.getElementById("root");
if (!container) throw new Error("the page has no #root");
const root = createRoot(container);

try {
  const site = await loadSite();
  root.render(<App site={site} wagmi={await createWagmiConfig(site)} />);
} catch (cause) {
  console.error(cause);
  root.render(<StartupError error={cause} />);
}
