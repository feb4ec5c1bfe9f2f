import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { StartupError } from "./app/StartupError.tsx";
import { loadSite } from "./config/loadSite.ts";
import { reportErrors } from "./errors/report.ts";
import { speechFor, storedChoice } from "./i18n/languages.ts";
import { speak } from "./i18n/messages.ts";
import { keepForOffline } from "./offline/register.ts";
import { startTheme } from "./theme/theme.ts";
import { createSession } from "./wallet/session.ts";

startTheme();

const container = document.getElementById("root");
if (!container) throw new Error("the page has no #root");
const root = createRoot(container);

// Without the messages of another language the page speaks English.
const spoken = speak(speechFor(navigator.languages, storedChoice())).catch(console.error);

try {
  const site = await loadSite(spoken);
  reportErrors(site.config);
  const session = createSession(async (publish) => (await import("./wallet/engine.ts")).startEngine(site, publish));
  root.render(
    <I18nProvider i18n={i18n}>
      <App site={site} session={session} />
    </I18nProvider>,
  );
  keepForOffline();
} catch (cause) {
  console.error(cause);
  root.render(<StartupError error={cause} />);
}
