// Puts into words what the operator's process tells on its standard output, one JSON object a line.
import { formatCarbonKg, formatKwh, formatToken } from "@gridx/contracts";
import type { SimulationEvent, SimulationSummary } from "@gridx/operator";

/** The event as it arrives: integers that can outgrow a double are decimal strings. */
type Arrived<T> = T extends bigint ? string : T extends object ? { [K in keyof T]: Arrived<T[K]> } : T;
type ArrivedEvent = Arrived<SimulationEvent>;

const LOCALE = { locale: "en-IN" } as const;
const kwh = (energyWh: string) => `${formatKwh(BigInt(energyWh), LOCALE)} kWh`;

export class OperatorView {
  readonly notes: string[] = [];
  /** The verdict of the summary, null while there is none. */
  summarised: boolean | null = null;
  /** Resolves when the history is on the chain and the live part begins. */
  readonly live: Promise<void>;
  #setLive: () => void = () => {};
  #lastProgress = 0;
  #night = false;
  readonly #say: (text: string) => void;

  constructor(say: (text: string) => void) {
    this.#say = say;
    this.live = new Promise((resolve) => {
      this.#setLive = resolve;
    });
  }

  onLine = (line: string): void => {
    let event: ArrivedEvent;
    try {
      // Our own process wrote it; a line cut off by its end is passed over.
      event = JSON.parse(line) as ArrivedEvent;
    } catch {
      return;
    }
    this.#show(event);
  };

  #show(event: ArrivedEvent): void {
    switch (event.event) {
      case "registered":
        this.#say(`${event.houses} houses registered, ${event.households} households funded`);
        break;
      case "note":
        this.notes.push(`${event.house}: ${event.kind}, ${event.hours} h from ${event.from} to ${event.to}`);
        break;
      case "history":
        this.#progress(
          `history: slot ${event.done} of ${event.total}, ${event.readings} readings, ${event.trades} trades`,
          event.done === event.total,
        );
        break;
      case "live":
        this.#say(`history is on the chain (${event.historySeconds.toFixed(1)} s); live from here`);
        this.#setLive();
        break;
      case "slot":
        if (this.#isNight(event)) break;
        this.#progress(
          `slot ${event.slot}: ${event.attested} readings, ${kwh(event.exportedWh)} exported, ${kwh(event.clearedWh)} cleared, ${kwh(event.boughtWh)} bought from the shelf`,
        );
        break;
      case "warning":
        this.#say(`warning: ${event.message}`);
        break;
      case "ended":
        this.#say(event.message);
        break;
      case "summary":
        this.summarised = event.ok;
        this.#say(`summary\n${summaryText(event)}`);
    }
  }

  /** Slots in which nothing happens are told once, not line after line: nothing is wrong, the sun is down. */
  #isNight({ exportedWh, clearedWh, boughtWh }: Extract<ArrivedEvent, { event: "slot" }>): boolean {
    const night = [exportedWh, clearedWh, boughtWh].every((energyWh) => BigInt(energyWh) === 0n);
    if (night && !this.#night)
      this.#say("nothing is exported or traded now, as by night; lots and clearings come back with the sun");
    this.#night = night;
    return night;
  }

  /** At most one line every five seconds. */
  #progress(text: string, always = false): void {
    if (!always && Date.now() - this.#lastProgress < 5000) return;
    this.#lastProgress = Date.now();
    this.#say(text);
  }
}

function summaryText(s: Arrived<SimulationSummary>): string {
  const money = (amount: string) =>
    `${formatToken(BigInt(amount), s.tokenDecimals, { ...LOCALE, digits: s.tokenDecimals })} ${s.tokenSymbol}`;
  const yesNo = (yes: boolean) => (yes ? "yes" : "NO");
  const rows: [string, string][] = [
    ["Slots", `${s.historySlots} of history, ${s.liveSlots} live, in ${s.seconds.toFixed(1)} s`],
    ["Readings", `${s.readingsAttested} attested, ${s.readingsRejected} rejected`],
    ["Energy", `${kwh(s.exportedWh)} exported, ${kwh(s.tradedWh)} traded in ${s.trades} trades`],
    [
      "Market",
      `${kwh(s.clearedWh)} cleared in ${s.clearedSlots} slots, ${kwh(s.aheadWh)} of it ahead of need; ${kwh(s.boughtWh)} from the shelf`,
    ],
    ["Money", `${money(s.paid)} to sellers, ${money(s.fees)} in fees`],
    ["Carbon", `${formatCarbonKg(BigInt(s.carbonGrams), LOCALE)} kg CO2e (estimated avoided emissions)`],
  ];
  for (const [kind, { transactions, reverted, gasPerTransaction }] of Object.entries(s.gas)) {
    const lost = reverted > 0 ? `, ${reverted} reverted` : "";
    rows.push([`Gas ${kind}`, `${gasPerTransaction} a transaction, ${transactions} of them${lost}`]);
  }
  const notes = Object.entries(s.notes).map(([kind, count]) => `${count} × ${kind}`);
  if (notes.length > 0) rows.push(["Data notes", notes.join(", ")]);
  rows.push(["Ledger head", `${s.headOnChain} on the chain at block ${s.block}`]);
  rows.push(["Recomputed", `${s.headRecomputed}, equal: ${yesNo(s.headOnChain === s.headRecomputed)}`]);
  if (s.indexer) {
    const { headEqual, totalsEqual } = s.indexer;
    rows.push(["Indexer", `head equal to the chain's: ${yesNo(headEqual)}; totals equal: ${yesNo(totalsEqual)}`]);
  }
  for (const { name, ok, detail } of s.checks)
    if (!ok) rows.push(["DISAGREES", `${name}${detail ? `: ${detail}` : ""}`]);
  rows.push(["Verdict", s.ok ? `all ${s.checks.length} checks agree` : "something disagrees"]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join("\n");
}
