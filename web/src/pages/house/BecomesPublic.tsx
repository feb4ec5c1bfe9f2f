import { type MessageId, t } from "../../i18n/t.ts";
import { Card } from "../../ui/Card.tsx";

const PUBLIC: readonly MessageId[] = [
  "house.public.house",
  "house.public.exports",
  "house.public.trades",
  "house.public.tier",
  "house.public.presence",
];
const PRIVATE: readonly MessageId[] = ["house.private.use", "house.private.place", "house.private.sums"];

/** What everybody can see of a home for ever, said before somebody joins. */
export function BecomesPublic() {
  return (
    <Card title={t("house.public")}>
      <p className="max-w-3xl text-sm text-pretty text-soft">{t("house.public.lead")}</p>
      <div className="mt-4 grid gap-x-8 gap-y-5 md:grid-cols-2">
        <Points title={t("house.public.forEver")} points={PUBLIC} marker="marker:text-amber" />
        <Points title={t("house.private")} points={PRIVATE} marker="marker:text-lime" />
      </div>
      <p className="mt-5 max-w-3xl text-sm text-pretty text-soft">{t("house.join")}</p>
    </Card>
  );
}

function Points({ title, points, marker }: { title: string; points: readonly MessageId[]; marker: string }) {
  return (
    <div>
      <h3 className="text-sm font-semibold">{title}</h3>
      <ul className={`mt-2 list-disc space-y-2 ps-5 text-sm text-soft ${marker}`}>
        {points.map((id) => (
          <li key={id}>{t(id)}</li>
        ))}
      </ul>
    </div>
  );
}
