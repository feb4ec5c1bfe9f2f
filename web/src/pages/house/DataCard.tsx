import type { Home } from "@gridx/forecast/client/home";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSite } from "../../config/SiteContext.ts";
import { keys } from "../../data/keys.ts";
import { asOwner, useHomeClient } from "../../home/session.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { reasonOf } from "../../ui/states.tsx";

type Work =
  | { state: "idle" }
  | { state: "busy" }
  | { state: "failed"; reason: string }
  | { state: "deleted"; count: number };

/** Hands a file to the browser, as if its link had been followed. */
function download(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it over by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** All that is kept of a home: to take away, and to delete. */
export function DataCard({ home }: { home: Home }) {
  const { config } = useSite();
  const client = useHomeClient();
  const queries = useQueryClient();
  const [work, setWork] = useState<Work>({ state: "idle" });
  const [asking, setAsking] = useState(false);
  const run = async (ask: () => Promise<Work>) => {
    setWork({ state: "busy" });
    try {
      setWork(await asOwner(queries, config.forecastUrl, ask));
    } catch (cause) {
      setWork({ state: "failed", reason: reasonOf(cause) });
    }
  };
  const take = (format: "json" | "csv") =>
    run(async () => {
      download(await client.export(home.houseId, format), `gridx-${home.houseId}.${format}`);
      return { state: "idle" };
    });
  const remove = () => {
    setAsking(false);
    void run(async () => {
      const { deletedReadings: count } = await client.deleteData(home.houseId);
      await queries.invalidateQueries({ queryKey: keys.homes });
      return { state: "deleted", count };
    });
  };
  const busy = work.state === "busy";
  return (
    <Card title={t("house.data")}>
      <p className="text-sm text-pretty text-soft">{t("house.data.lead")}</p>
      <div className="mt-4 flex flex-wrap gap-3">
        <Button disabled={busy} onClick={() => void take("json")}>
          {t("house.data.json")}
        </Button>
        <Button disabled={busy} onClick={() => void take("csv")}>
          {t("house.data.csv")}
        </Button>
        <Button look="quiet" disabled={busy} onClick={() => setAsking(true)}>
          {t("house.data.delete")}
        </Button>
      </div>
      <p role="status" className="mt-3 min-h-5 text-sm text-soft">
        {busy && t("house.data.busy")}
        {work.state === "deleted" && t("house.data.deleted", { count: work.count })}
      </p>
      {work.state === "failed" && (
        <p role="alert" className="text-sm text-red">
          {t("house.data.failed", { reason: work.reason })}
        </p>
      )}
      <Dialog open={asking} title={t("house.delete")} onClose={() => setAsking(false)}>
        <h3 className="text-sm font-semibold">{t("house.delete.gone")}</h3>
        <ul className="mt-1 list-disc space-y-1 ps-5 text-sm text-soft marker:text-red">
          <li>{t("house.delete.readings", { count: home.readings })}</li>
          <li>{t("house.delete.rest")}</li>
          <li>{t("house.delete.notAgain")}</li>
        </ul>
        <h3 className="mt-4 text-sm font-semibold">{t("house.delete.stays")}</h3>
        <ul className="mt-1 list-disc space-y-1 ps-5 text-sm text-soft marker:text-amber">
          <li>{t("house.delete.chain")}</li>
          <li>{t("house.delete.sums")}</li>
          <li>{t("house.delete.goesOn")}</li>
        </ul>
        <div className="mt-5 flex flex-wrap gap-3">
          <Button className="border-red/60 text-red" onClick={remove}>
            {t("house.delete.confirm")}
          </Button>
          <Button look="quiet" onClick={() => setAsking(false)}>
            {t("app.cancel")}
          </Button>
        </div>
      </Dialog>
    </Card>
  );
}
