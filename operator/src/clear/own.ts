// The best clearing of a market where somebody would mostly meet themselves.
import { type Clearing, type Fill, least, type Market, most, sumWh } from "./market.ts";
import { type Line, shareOut } from "./share.ts";

/** Lines looked at, over all prices that are tried: a second or so. Beyond, every second price is tried, or third. */
const MOST_LOOKS = 4_000_000;

interface Trial {
  price: bigint;
  offered: Line[];
  sought: Line[];
  energyWh: bigint;
  sold: Fill[];
  bought: Fill[];
  welfare: bigint;
}

/**
 * At a given price all pairs gain, and the only rule is that nobody is given their own energy. So a seller's ask counts
 * with at most what the others would buy at the price, and a bid with at most what the others would sell; of what is left,
 * the best lines trade as much as both sides have. That is the most energy, and of the most energy the best: who is
 * served does not depend on who sells, as long as some pairing is left (Mendelsohn and Dulmage, "Some generalizations of
 * the problem of distinct representatives", 1958).
 */
function atPrice(asks: readonly Line[], bids: readonly Line[], price: bigint): Trial {
  const open = asks.filter((ask) => ask.price <= price);
  const wanted = bids.filter((bid) => bid.price >= price);
  const [offered, sought] = [within(open, wanted), within(wanted, open)];
  const energyWh = least(sumWh(offered), sumWh(sought));
  const [sold, bought] = [shareOut(offered, energyWh), shareOut(sought, energyWh)];
  return { price, offered, sought, energyWh, sold, bought, welfare: worth(bids, bought) - worth(asks, sold) };
}

/** Lines with at most what the other side offers without their own. */
function within(lines: readonly Line[], others: readonly Line[]): Line[] {
  const total = sumWh(others);
  const own = new Map(others.map(({ key, energyWh }) => [key, energyWh]));
  return lines.flatMap((line) => {
    const opposite = own.get(line.key) ?? 0n;
    const energyWh = opposite > 0n ? least(line.energyWh, total - opposite) : line.energyWh;
    return energyWh > 0n ? [{ ...line, energyWh }] : [];
  });
}

function worth(lines: readonly Line[], fills: readonly Fill[]): bigint {
  const prices = new Map(lines.map(({ participant, price }) => [participant, price]));
  return fills.reduce((sum, { participant, energyWh }) => sum + energyWh * (prices.get(participant) ?? 0n), 0n);
}

/** The prices at which what is offered or sought changes: no other can do better. */
function pricesOf(asks: readonly Line[], bids: readonly Line[], { priceCap, fixedPrice }: Market): bigint[] {
  if (fixedPrice !== undefined) return [fixedPrice];
  const [lowest, highest] = [asks[0]?.price ?? 0n, least(bids[0]?.price ?? 0n, priceCap ?? bids[0]?.price ?? 0n)];
  const all = [...asks, ...bids].map(({ price }) => price).filter((price) => price >= lowest && price <= highest);
  const prices = [...new Set([...all, highest])].sort((a, b) => (a < b ? -1 : 1));
  const step = Math.ceil((prices.length * (asks.length + bids.length)) / MOST_LOOKS);
  return prices.filter((_, index) => index % step === 0);
}

/**
 * The greatest welfare, and of that the most energy, that one price allows where nobody is given their own energy. Takes
 * lines in merit order.
 */
export function bestOfOthers(asks: readonly Line[], bids: readonly Line[], market: Market): Clearing {
  let best: Trial[] = [];
  for (const price of pricesOf(asks, bids, market)) {
    const trial = atPrice(asks, bids, price);
    const [first = trial] = best;
    const better = trial.welfare - first.welfare || trial.energyWh - first.energyWh;
    if (better > 0n) best = [];
    if (better >= 0n) best.push(trial);
  }
  for (const trial of best) {
    const { welfare, energyWh } = trial;
    const price = energyWh > 0n ? (market.fixedPrice ?? middleOf(asks, bids, trial, market)) : null;
    if (price === null) continue;
    // In the middle the same is traded, unless a line that was left out of it counts again there.
    const middle = atPrice(asks, bids, price);
    if (middle.welfare === welfare && middle.energyWh === energyWh) return clearingOf(asks, bids, middle);
  }
  const [trial = atPrice([], [], 0n)] = best;
  return clearingOf(asks, bids, trial);
}

function clearingOf(asks: readonly Line[], bids: readonly Line[], trial: Trial): Clearing {
  const { price, energyWh, sold, bought, welfare } = trial;
  const setAside = setAsideOf(asks, bids, trial);
  return { pricePerKwh: energyWh > 0n ? price : 0n, energyWh, asks: sold, bids: bought, welfare, setAside };
}

/** Sides that are left out or cut, as the rest could only have been the participant's own energy. */
function setAsideOf(asks: readonly Line[], bids: readonly Line[], { sold, bought, ...trial }: Trial) {
  const [offered, sought] = [amounts(trial.offered), amounts(trial.sought)];
  const [sales, purchases] = [amounts(sold), amounts(bought)];
  const opposite = new Map(bids.map((bid) => [bid.participant, bid]));
  const setAside: Clearing["setAside"] = [];
  for (const { participant, energyWh, price } of asks) {
    const bid = opposite.get(participant);
    if (!bid || price > bid.price) continue;
    if (trial.energyWh === 0n) {
      setAside.push({ participant, side: "ask" }, { participant, side: "bid" });
      continue;
    }
    if (price > trial.price || bid.price < trial.price) continue;
    const cutAsk = (offered.get(participant) ?? 0n) < energyWh;
    const cutBid = (sought.get(participant) ?? 0n) < bid.energyWh;
    const [sells, buys] = [sales.has(participant), purchases.has(participant)];
    // Who trades on one side only is there like anybody else: what remains of that side still bears on the price.
    if (cutAsk && (buys || !sells)) setAside.push({ participant, side: "ask" });
    if (cutBid && (sells || !buys)) setAside.push({ participant, side: "bid" });
  }
  return setAside;
}

const amounts = (lines: readonly { participant: Line["participant"]; energyWh: bigint }[]) =>
  new Map(lines.map(({ participant, energyWh }) => [participant, energyWh]));

/**
 * Halfway between the prices that nobody who trades, or is left out though they could trade with others, objects to; null
 * if there are none.
 */
function middleOf(asks: readonly Line[], bids: readonly Line[], best: Trial, { priceCap }: Market): bigint | null {
  const { sold, bought } = best;
  const aside = new Set(setAsideOf(asks, bids, best).map(({ participant, side }) => `${side} ${participant}`));
  const [sales, purchases] = [amounts(sold), amounts(bought)];
  let [lowest, highest] = [0n, bids[0]?.price ?? best.price];
  for (const ask of asks) {
    const sale = sales.get(ask.participant) ?? 0n;
    if (sale > 0n) lowest = most(lowest, ask.price);
    if (sale < ask.energyWh && !aside.has(`ask ${ask.participant}`)) highest = least(highest, ask.price);
  }
  for (const bid of bids) {
    const purchase = purchases.get(bid.participant) ?? 0n;
    if (purchase > 0n) highest = least(highest, bid.price);
    if (purchase < bid.energyWh && !aside.has(`bid ${bid.participant}`)) lowest = most(lowest, bid.price);
  }
  const capped = (value: bigint) => (priceCap === undefined ? value : least(value, priceCap));
  return lowest > highest ? null : (capped(lowest) + capped(highest)) / 2n;
}
