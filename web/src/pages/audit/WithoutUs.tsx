import { useSite } from "../../config/SiteContext.ts";
import { t } from "../../i18n/t.ts";
import { Card } from "../../ui/Card.tsx";

const UNCHECKED = [
  "audit.unchecked.rpc",
  "audit.unchecked.rows",
  "audit.unchecked.quotes",
  "audit.unchecked.meters",
  "audit.unchecked.source",
] as const;

/** What this page can't say, and how to check without any of ours. */
export function WithoutUs() {
  const { deployment, config } = useSite();
  const rpc = config.demo ? config.rpcUrl : "https://…";
  const command = `npm run audit:chain -- --rpc ${rpc} --address ${deployment.address} --start-block ${deployment.startBlock}`;
  return (
    <div className="grid min-w-0 gap-5">
      <Card title={t("audit.withoutUs")}>
        <p className="text-sm text-soft">{t("audit.withoutUs.lead")}</p>
        <pre className="mt-3 rounded-control border border-line bg-night/60 p-3 font-mono text-xs wrap-anywhere whitespace-pre-wrap">
          {/* An option is not to be read as two words. */}
          {command.split(/(--[\w:-]+)/).map((part) =>
            part.startsWith("--") ? (
              <span key={part} className="whitespace-nowrap">
                {part}
              </span>
            ) : (
              part
            ),
          )}
        </pre>
        <p className="mt-3 text-sm text-soft">{t("audit.withoutUs.more")}</p>
      </Card>
      <Card title={t("audit.unchecked")}>
        <ul className="list-disc space-y-2 ps-5 text-sm text-soft marker:text-violet">
          {UNCHECKED.map((id) => (
            <li key={id}>{t(id)}</li>
          ))}
        </ul>
      </Card>
    </div>
  );
}
