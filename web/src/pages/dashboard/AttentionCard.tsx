import type { ReactNode } from "react";
import { Link } from "wouter";
import { useSite } from "../../config/SiteContext.ts";
import { useWallet } from "../../data/chain.ts";
import { useAllowance, useEmergency } from "../../data/emergency.ts";
import { useMarket } from "../../data/indexer.ts";
import { useNow } from "../../data/now.ts";
import { t } from "../../i18n/t.ts";
import { bidFigures } from "../../tx/orders/bid.ts";
import { Card } from "../../ui/Card.tsx";
import { useWalletState } from "../../wallet/session.ts";
import { type Attention, attentionOf } from "./attention.ts";
import { useLotsOf, useUnpricedWh } from "./reads.ts";

/** What needs the wallet's attention, or that nothing does. */
export function AttentionCard() {
  const attention = useAttention();
  return (
    <Card title={t("dashboard.attention")} className="min-h-52">
      {attention === null && <p className="h-6 w-2/3 animate-pulse rounded bg-raised" />}
      {attention?.length === 0 && <p className="text-sm text-soft">{t("dashboard.attention.none")}</p>}
      {attention && attention.length > 0 && (
        <ul className="space-y-3">
          {attention.map((one) => (
            <li key={one.kind} className="rounded-control border border-amber/40 bg-amber/10 p-3 text-sm">
              <Said one={one} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Said({ one }: { one: Attention }): ReactNode {
  const { format } = useSite();
  switch (one.kind) {
    case "emergency":
      return one.leftWh === null
        ? t("dashboard.attention.emergency")
        : t("dashboard.attention.emergencyLeft", { energy: format.kwh(one.leftWh) });
    case "wrongChain":
      return t("dashboard.attention.wrongChain");
    case "bidShort":
      return (
        <>
          {t("dashboard.attention.bidShort", {
            cost: format.money(one.slotCost),
            missing: format.money(one.missing),
          })}{" "}
          <ToMarket>{t("dashboard.attention.deposit")}</ToMarket>
        </>
      );
    case "noAsk":
      return (
        <>
          {t("dashboard.attention.noAsk", { energy: format.kwh(one.energyWh) })}{" "}
          <ToMarket>{t("dashboard.attention.setAsk")}</ToMarket>
        </>
      );
    case "expiring":
      return (
        <>
          {t("dashboard.attention.expiring", {
            energy: format.kwh(one.energyWh),
            duration: format.duration(one.seconds),
          })}{" "}
          <ToMarket>{t("dashboard.attention.lower")}</ToMarket>
        </>
      );
  }
}

function ToMarket({ children }: { children: ReactNode }) {
  return (
    <Link href="/market" className="font-medium whitespace-nowrap text-cyan underline underline-offset-4">
      {children}
    </Link>
  );
}

/** Null until all of it is known. */
function useAttention(): Attention[] | null {
  const { deployment } = useSite();
  const { address, chainId } = useWalletState();
  const { data: market } = useMarket();
  const { data: wallet } = useWallet(address);
  const { data: lots } = useLotsOf(address);
  const { data: unpricedWh } = useUnpricedWh(address);
  const allowance = useAllowance();
  const emergency = useEmergency();
  const now = useNow();
  if (!market || !wallet || !lots || unpricedWh === undefined || now === undefined) return null;
  if (emergency && !allowance) return null;
  const bid = { pricePerKwh: wallet.bidPrice, maxWhPerSlot: wallet.bidWhPerSlot };
  return attentionOf({
    wrongChain: chainId !== undefined && chainId !== deployment.chainId,
    emergency: emergency && { leftWh: allowance?.leftWh ?? null },
    unpricedWh,
    ask: wallet.nextAsk,
    balance: wallet.balance,
    slotCost: bid.pricePerKwh > 0n ? bidFigures(bid, market.feeBps).slotCost : 0n,
    lots,
    now,
    slotDuration: deployment.slotDuration,
    tradingWindow: market.tradingWindow,
  });
}
