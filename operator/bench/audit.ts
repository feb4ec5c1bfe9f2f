// How fast the books are kept: synthetic slots of readings and a clearing, in memory and from a dump.
//   node --import tsx operator/bench/audit.ts [events]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { carbonGramsOf, factEvents, feeOf, gridxAbi, initialHead, paymentOf } from "@gridx/contracts";
import { type BookLog, foldLog, Keeper } from "@gridx/contracts/books";
import { encodeEventTopics, type Hex } from "viem";
import { ClearingJudge } from "../src/audit/clearings.ts";
import { Dump, dumpedLogs } from "../src/audit/dump.ts";

const EVENTS = Number(process.argv[2] ?? 1_000_000);
const HOUSES = 200;
const SLOT = 900;
const PRICE = 5_000_000n;
const FIRST = 2_000_000;
const deployment = {
  chainId: 1,
  address: `0x${"11".repeat(20)}`,
  token: `0x${"22".repeat(20)}`,
  slotDuration: SLOT,
  ringLength: 96,
} as const;

const word = (value: bigint | number): string => value.toString(16).padStart(64, "0");
const person = (kind: number, index: number): Hex => `0x${word(kind * 1_000_000 + index)}`;
const [earned] = encodeEventTopics({ abi: gridxAbi, eventName: "CarbonEarned" });

let head = initialHead(deployment);
let time = FIRST * SLOT;
let block = 0;
let index = 0;
function log(name: string, topics: Hex[], ...data: (bigint | number)[]): BookLog {
  const topic0 = factEvents.get(name)?.topic0 ?? (earned as Hex);
  const place = { blockNumber: block, timestamp: time, transactionHash: `0x${word(block)}` as Hex, logIndex: index++ };
  const made = { topics: [topic0, ...topics], data: `0x${data.map(word).join("")}` as Hex, ...place };
  const next = foldLog(head, made);
  if (next !== null) {
    if (name === "EnergyTradeLogged") made.topics[1] = next;
    head = next;
  }
  return made;
}

function* history(): Generator<BookLog[]> {
  const first = [log("MarketParametersSet", [], 100, 96, 0, 0, 0, 10n ** 12n, 7)];
  for (let house = 0; house < HOUSES; house += 1) {
    const [meter, seller, buyer] = [person(1, house), person(2, house), person(3, house)];
    first.push(log("HouseRegistered", [meter, seller], 400_000, FIRST));
    first.push(log("AskSet", [seller], FIRST, PRICE - BigInt(house)));
    first.push(log("Deposited", [buyer], 10n ** 20n));
    first.push(log("BidSet", [buyer], FIRST, 2n * PRICE + BigInt(house), 1_000n));
  }
  yield first;
  for (let slot = FIRST; ; slot += 1) {
    [block, time, index] = [block + 1, (slot + 1) * SLOT, 0];
    const logs: BookLog[] = [];
    for (let house = 0; house < HOUSES; house += 1) {
      const topics = [person(1, house), person(2, house), `0x${word(slot)}` as Hex];
      logs.push(log("EnergyAttested", topics, 1_000n, PRICE - BigInt(house)));
    }
    const fee = feeOf(paymentOf(1_000n, PRICE), 100n);
    for (let house = 0; house < HOUSES; house += 1) {
      const [seller, buyer] = [person(2, house), person(3, house)];
      const trade = log(
        "EnergyTradeLogged",
        ["0x", seller, buyer],
        slot,
        1_000n,
        PRICE,
        fee,
        carbonGramsOf(1_000n, 0n),
      );
      logs.push(trade, log("CarbonEarned", [buyer, trade.topics[1] as Hex], 0));
    }
    logs.push(log("SlotCleared", [`0x${word(slot)}`], PRICE, 1_000n * BigInt(HOUSES), HOUSES));
    yield logs;
  }
}

function keep() {
  const problems: string[] = [];
  const keeper: Keeper = new Keeper(deployment, {
    problem: ({ text }) => void problems.push(text),
    cleared: (...args) => judge.cleared(...args),
  });
  const judge: ClearingJudge = new ClearingJudge(() => keeper.books);
  return { keeper, problems, judge };
}

const folder = mkdtempSync(join(tmpdir(), "gridx-bench-"));
const file = join(folder, "dump");
const empty = { format: "gridx-logs-1" as const, chainId: 1, contract: deployment.address, startBlock: 0 };
const dump = new Dump(file, { ...empty, block: -1, hash: "0x", logs: 0, bytes: 0 });
const { keeper, problems, judge } = keep();
let [events, spent] = [0, 0];
for (const logs of history()) {
  const started = performance.now();
  for (const one of logs) keeper.add(one);
  spent += performance.now() - started;
  events += logs.length;
  dump.add(logs, block, "0x00");
  if (events >= EVENTS) break;
}
keeper.flush();
judge.close();
const per = (count: number, milliseconds: number) => Math.round((count / milliseconds) * 1000).toLocaleString("en");
const agrees = keeper.books.head === head && problems.length === 0;
const { slots, better } = judge.verdicts;
console.log(
  `${events} events, ${keeper.books.facts} facts, ${slots} clearings (${better} better): ${agrees ? "agrees" : problems[0]}`,
);
console.log(`fold, checks and clearings: ${(spent / 1000).toFixed(1)} s, ${per(events, spent)} events/s`);

const again = keep();
const started = performance.now();
for await (const logs of dumpedLogs(file, dump.header, { after: -1, upTo: block }))
  for (const one of logs) again.keeper.add(one);
again.keeper.flush();
const whole = performance.now() - started;
console.log(
  `from a dump of ${(dump.header.bytes / 1e6).toFixed(0)} MB: ${(whole / 1000).toFixed(1)} s, ${per(events, whole)} events/s`,
);
console.log(
  `the same head: ${again.keeper.books.head === head}; resident ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`,
);
dump.close();
rmSync(folder, { recursive: true });
