import { Link } from "wouter";
import { useSite } from "../config/SiteContext.ts";
import { useCarbonWallet } from "../data/indexer.ts";
import { t } from "../i18n/t.ts";
import { useCountUp } from "../ui/useCountUp.ts";
import { useAddress } from "../wallet/session.ts";

/** The wallet's carbon, on every page; it moves after a purchase. */
export function CarbonChip() {
  const { format } = useSite();
  const address = useAddress();
  const { data } = useCarbonWallet(address);
  const grams = useCountUp(data?.earnedGrams);
  if (!address || grams === undefined) return null;
  return (
    <Link
      href="/carbon"
      title={t("app.carbon.chip")}
      className="hidden min-h-11 items-center gap-1.5 rounded-control px-3 text-sm text-lime hover:bg-hover md:inline-flex"
    >
      <span className="sr-only">{t("app.carbon.mine")}</span>
      <span className="font-semibold">{format.carbon(grams)}</span>
      <span className="text-xs text-muted">CO₂e</span>
    </Link>
  );
}
