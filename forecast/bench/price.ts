// What each way of pricing would have done to every home over a year: `npm run bench price -- --data DIR`.
import { parseArgs } from "node:util";
import { formatToken, parseDecimal } from "@gridx/contracts";
import { least } from "@gridx/operator/clear/market";
import { backtest, type Outcome, worseOff } from "./price/backtest.ts";
import { calibration, suggestionsOf } from "./price/calibration.ts";
import { readCommunity, TOKEN_DECIMALS } from "./price/community.ts";
import { waysOf } from "./price/ways.ts";
import { table } from "./table.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    "feed-in": { type: "string", default: "0.05" },
    "fee-bps": { type: "string", default: "100" },
  },
});
if (!values.data) {
  process.stderr.write("npm run bench price -- --data DIR [--feed-in 0.05] [--fee-bps 100]\n");
  process.exit(1);
}

const community = readCommunity(values.data);
const base = { feedInPerKwh: parseDecimal(values["feed-in"], TOKEN_DECIMALS), feeBps: BigInt(values["fee-bps"]) };
const retail =
  community.hours.reduce((sum, { retailPerKwh }) => sum + retailPerKwh, 0n) / BigInt(community.hours.length);
// The baseline's proportions, 5.00 ± 0.50, about the middle between feed-in tariff and mean retail price.
const middle = (retail + base.feedInPerKwh) / 2n;
const tiered = { base: middle, lowStep: -middle / 10n, highStep: middle / 10n, lowBelowKwh: 2, highAboveKwh: 4 };

const say = (text: string) => process.stdout.write(`${text}\n`);
const price = (baseUnits: bigint) => formatToken(baseUnits, TOKEN_DECIMALS, { locale: "en", digits: 3, fixed: true });
const money = (thousandths: bigint) =>
  formatToken(thousandths, TOKEN_DECIMALS + 3, { locale: "en", digits: 2, fixed: true });
const percent = (part: bigint, whole: bigint) =>
  whole === 0n ? "–" : `${(Number((part * 10_000n) / whole) / 100).toFixed(1)} %`;
const kwh = (energyWh: bigint) => formatToken(energyWh, 3, { locale: "en", digits: 0 });

const sum = (numbers: readonly bigint[]) => numbers.reduce((total, value) => total + value, 0n);

/** Standard deviation, and the mean change from one cleared hour to the next. */
function volatility({ pricesPerKwh }: Outcome): { mean: bigint; deviation: bigint; step: bigint } {
  const numbers = pricesPerKwh.map(Number);
  const count = Math.max(1, numbers.length);
  const mean = numbers.reduce((a, b) => a + b, 0) / count;
  const square = numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / count;
  const steps = numbers.slice(1).map((value, index) => Math.abs(value - (numbers[index] ?? value)));
  const step = steps.reduce((a, b) => a + b, 0) / Math.max(1, steps.length);
  return {
    mean: BigInt(Math.round(mean)),
    deviation: BigInt(Math.round(Math.sqrt(square))),
    step: BigInt(Math.round(step)),
  };
}

const outcomes = waysOf(tiered).map((way) => ({ way, outcome: backtest(community, way, base) }));
const date = (hour?: { startsAt: number }) => new Date((hour?.startsAt ?? 0) * 1000).toISOString().slice(0, 10);
say(
  `${community.houses.length} homes, ${community.hours.length} hours from ${date(community.hours[0])} to ${date(community.hours.at(-1))}; ` +
    `feed-in tariff ${price(base.feedInPerKwh)}, mean retail price ${price(retail)}, fee ${Number(base.feeBps) / 100} %; money in US dollars\n`,
);
const rows = [
  [
    "way of pricing",
    "traded kWh",
    "all bills",
    "saved",
    "least saved by a home",
    "sellers received",
    "self-sufficiency",
    "self-consumption",
    "mean price",
    "deviation",
    "mean change an hour",
  ],
];
const [first] = outcomes;
if (first) {
  const { bills, ownUseWh, producedWh, consumedWh } = first.outcome;
  const gridOnly = sum(bills.map((bill) => bill.gridOnly));
  const fedIn = (producedWh - ownUseWh) * base.feedInPerKwh;
  const shares = [percent(ownUseWh, consumedWh), percent(ownUseWh, producedWh)];
  rows.push(["grid only", "0", money(gridOnly), "–", "–", money(fedIn), ...shares, "–", "–", "–"]);
}
for (const { way, outcome } of outcomes) {
  const saved = outcome.bills.map(({ gridOnly, community: bill }) => gridOnly - bill);
  const { mean, deviation, step } = volatility(outcome);
  const local = outcome.ownUseWh + outcome.tradedWh - outcome.unusedWh;
  rows.push([
    way.name,
    kwh(outcome.tradedWh),
    money(sum(outcome.bills.map(({ community: bill }) => bill))),
    money(sum(saved)),
    money(saved.reduce(least)),
    money(outcome.revenue),
    percent(local, outcome.consumedWh),
    percent(local, outcome.producedWh),
    price(mean),
    price(deviation),
    price(step),
  ]);
}
say(table(rows));

say("\nBills of the year, home by home:\n");
const shown = outcomes.filter(({ way }) => way.bids === "metered");
const billRows = community.houses.map((name, home) => [
  name,
  money(first?.outcome.bills[home]?.gridOnly ?? 0n),
  ...shown.map(({ outcome }) => money(outcome.bills[home]?.community ?? 0n)),
]);
say(table([["home", "grid only", ...shown.map(({ way }) => way.name)], ...billRows]));

const answers = suggestionsOf(community, base);
const asks = answers.map(({ ask }) => ask);
const bids = answers.map(({ bid }) => bid);

say("\nThat all that is asked for sells, as the forecast's outcomes said it, and how often it then did:\n");
say(calibration(asks.flatMap((one) => one?.whole ?? [])));
say("\nThe share of what is asked for that sells, as the forecast's outcomes said it, and what then sold of it:\n");
say(calibration(asks.flatMap((one) => one?.share ?? [])));
say("\nThe share of what is bid for that is bought, likewise:\n");
say(calibration(bids.flatMap((one) => one?.share ?? [])));

for (const { way, outcome } of outcomes) {
  const homes = worseOff(outcome).map((home) => community.houses[home]);
  if (homes.length === 0) continue;
  say(`\n${way.name}: worse off than with the grid alone: ${homes.join(", ")}`);
  // Who bids for no more than is lacking can't lose; who bids ahead can.
  if (way.bids === "metered") process.exitCode = 1;
}
if (!process.exitCode) say("\nNobody who bids for no more than is lacking is worse off than with the grid alone.");
