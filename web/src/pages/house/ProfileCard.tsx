import type { Home } from "@gridx/forecast/client/home";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useSite } from "../../config/SiteContext.ts";
import { keys } from "../../data/keys.ts";
import { type ProfileText, readProfile, textOf } from "../../home/profile.ts";
import { asOwner, useHomeClient } from "../../home/session.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { Field } from "../../ui/Field.tsx";
import { reasonOf } from "../../ui/states.tsx";

type Work = { state: "idle" | "busy" | "saved" } | { state: "failed"; reason: string };

const zones = (): string[] => Intl.supportedValuesOf("timeZone");

/** Where the home is and how its panels lie: what its forecasts are made with. */
export function ProfileCard({ home }: { home: Home }) {
  const { config, format } = useSite();
  const client = useHomeClient();
  const queries = useQueryClient();
  const [text, setText] = useState(() => textOf(home.profile, format.input));
  const [work, setWork] = useState<Work>({ state: "idle" });
  const { profile, errors } = readProfile(text, format.input, home.profile?.capacityWatts ?? null);
  const hasPanels = home.capacityWatts > 0;
  const field = (name: keyof ProfileText) => ({
    value: text[name],
    error: errors[name],
    onChange: (value: string) => {
      setWork({ state: "idle" });
      setText((now) => ({ ...now, [name]: value }));
    },
  });
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!profile) return;
    setWork({ state: "busy" });
    try {
      await asOwner(queries, config.forecastUrl, () => client.saveProfile(home.houseId, profile));
      setWork({ state: "saved" });
      await queries.invalidateQueries({ queryKey: keys.homes });
    } catch (cause) {
      setWork({ state: "failed", reason: reasonOf(cause) });
    }
  };
  return (
    <Card title={t("house.profile")}>
      <p className="max-w-3xl text-sm text-pretty text-soft">{t("house.profile.lead")}</p>
      <form
        className="mt-4 grid gap-x-6 gap-y-2 sm:grid-cols-2"
        onSubmit={(event) => void save(event)}
        noValidate
        aria-label={t("house.profile")}
      >
        <Field
          label={t("house.profile.latitude")}
          unit="°"
          inputMode="text"
          hint={t("house.profile.latitudeHint")}
          {...field("latitude")}
        />
        <Field
          label={t("house.profile.longitude")}
          unit="°"
          inputMode="text"
          hint={t("house.profile.longitudeHint")}
          {...field("longitude")}
        />
        {hasPanels && (
          <>
            <Field label={t("house.profile.tilt")} unit="°" hint={t("house.profile.tiltHint")} {...field("tilt")} />
            <Field
              label={t("house.profile.azimuth")}
              unit="°"
              hint={t("house.profile.azimuthHint")}
              {...field("azimuth")}
            />
          </>
        )}
        <Field
          label={t("house.profile.zone")}
          inputMode="text"
          hint={t("house.profile.zoneHint")}
          suggestions={zones}
          {...field("timeZone")}
        />
        <div className="flex flex-wrap items-center gap-3 sm:col-span-2">
          <Button type="submit" disabled={!profile || work.state === "busy"}>
            {t("house.profile.save")}
          </Button>
          <p role="status" className="min-h-5 text-sm text-soft">
            {work.state === "busy" && t("house.data.busy")}
            {work.state === "saved" && t("house.profile.saved")}
          </p>
        </div>
      </form>
      {work.state === "failed" && (
        <p role="alert" className="mt-2 text-sm text-red">
          {t("house.data.failed", { reason: work.reason })}
        </p>
      )}
    </Card>
  );
}
