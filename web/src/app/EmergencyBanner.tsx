import { priceWithFee, slotOf } from "@gridx/contracts";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import type { Allowance, EmergencyRules } from "../chain/reads.ts";
import { useSite } from "../config/SiteContext.ts";
import { useBlock } from "../data/chain.ts";
import { type DeclaredEmergency, useAllowance, useEmergency } from "../data/emergency.ts";
import { useMarket } from "../data/indexer.ts";
import { type MessageId, t } from "../i18n/t.ts";
import { useAddress } from "../wallet/session.ts";

/** Says on every page that the grid is out, and what that means for this wallet. */
export function EmergencyBanner() {
  const emergency = useEmergency();
  return (
    <>
      {/* There from the start, so that it is heard; without figures that move, so that it is heard once. */}
      <p role="status" className="sr-only">
        {emergency && t("app.emergency.inForce", { reason: emergency.reason ?? t("app.emergency.reasonUnread") })}
      </p>
      {emergency && <Rules emergency={emergency} />}
    </>
  );
}

function Rules({ emergency }: { emergency: DeclaredEmergency }) {
  const { format } = useSite();
  const { data: market } = useMarket();
  const { data: block } = useBlock();
  const [location] = useLocation();
  const { priceCap, endsAt, reason } = emergency;
  return (
    <section aria-label={t("app.emergency")} className="border-b-2 border-amber bg-amber/10">
      <div className="mx-auto grid max-w-7xl gap-x-8 gap-y-3 px-4 py-3 sm:px-6 lg:grid-cols-[minmax(0,1fr)_auto]">
        <div className="min-w-0">
          <p className="flex items-center gap-2 text-lg font-semibold text-amber">
            <svg viewBox="0 0 24 24" className="size-5 shrink-0" fill="none" stroke="currentColor" aria-hidden="true">
              <path d="M12 3.5 22 20.5H2z M12 10v5 M12 17.6v.2" strokeWidth="2" strokeLinejoin="round" />
            </svg>
            {t("app.emergency")}
          </p>
          {reason !== "" && <p className="mt-0.5 break-words text-text">{reason ?? t("app.emergency.reasonUnread")}</p>}
          <p className="mt-0.5 text-sm text-soft">
            {t("app.emergency.lead")}{" "}
            {location !== "/emergency" && (
              <Link href="/emergency" className="text-cyan underline underline-offset-2">
                {t("app.emergency.plan")}
              </Link>
            )}
          </p>
        </div>
        <dl className="grid grid-cols-2 gap-x-8 gap-y-2 sm:flex sm:flex-wrap">
          <Rule
            label={t("app.emergency.cap")}
            note={
              market &&
              t("app.emergency.capWithFee", { price: format.price(priceWithFee(priceCap, BigInt(market.feeBps))) })
            }
          >
            {format.perKwh(priceCap)}
          </Rule>
          <Rule
            label={t("app.emergency.ends")}
            note={block && t("app.emergency.endsIn", { duration: format.duration(endsAt - block.timestamp) })}
          >
            {format.moment(endsAt, block?.timestamp ?? 0)}
          </Rule>
          <MyAllowance emergency={emergency} />
        </dl>
      </div>
    </section>
  );
}

interface RuleProps {
  label: string;
  note?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

function Rule({ label, note, wide = false, children }: RuleProps) {
  return (
    <div className={`min-w-0 ${wide ? "col-span-2" : ""}`}>
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="font-semibold">{children}</dd>
      {note && <dd className="text-xs text-soft">{note}</dd>}
    </div>
  );
}

/** What the connected wallet may buy in the present slot. */
function MyAllowance({ emergency }: { emergency: EmergencyRules }) {
  const { format, deployment } = useSite();
  const address = useAddress();
  const { data: block } = useBlock();
  const allowance = useAllowance();
  if (!address)
    return (
      <Rule wide label={t("app.emergency.youCanBuy")}>
        {t("app.emergency.connect")}
      </Rule>
    );
  if (!allowance)
    return (
      <Rule wide label={t("app.emergency.youCanBuy")}>
        …
      </Rule>
    );
  const slot = block && slotOf(block.timestamp, deployment.slotDuration);
  const range = slot === undefined ? null : format.slotRange(slot);
  const { value, note } = allowanceWords(allowance, emergency, format.kwh, range);
  return (
    <Rule wide label={t("app.emergency.youCanBuy")} note={note}>
      {value}
    </Rule>
  );
}

function allowanceWords(
  { tier, leftWh }: Allowance,
  { normalWhPerSlot, essentialWhPerSlot }: EmergencyRules,
  kwh: (energyWh: bigint) => string,
  slot: string | null,
) {
  const yourTier = t("app.emergency.tier", { tier: t(TIER_NAMES[tier]) });
  if (leftWh === null) return { value: t("app.emergency.noLimit"), note: yourTier };
  if (tier === "none") return { value: t("app.emergency.nothing"), note: t("app.emergency.noTier") };
  const all = tier === "normal" ? normalWhPerSlot : essentialWhPerSlot;
  return {
    value: t("app.emergency.leftOf", { left: kwh(leftWh), all: kwh(all) }),
    note: slot === null ? yourTier : t("app.emergency.slotAndTier", { slot, tier: t(TIER_NAMES[tier]) }),
  };
}

export const TIER_NAMES: Record<Allowance["tier"], MessageId> = {
  none: "app.tier.none",
  normal: "app.tier.normal",
  essential: "app.tier.essential",
  critical: "app.tier.critical",
};
