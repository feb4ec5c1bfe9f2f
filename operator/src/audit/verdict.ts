// A few lines for people.
import type { AuditResult } from "./audit.ts";
import type { Kind } from "./findings.ts";

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

export function* verdictLines(result: AuditResult): Generator<string> {
  const { address, chainId, startBlock, target, state, clearings, indexer, findings } = result;
  const of = (kind: Kind) => findings.countOf(kind);
  yield `contract ${address} on chain ${chainId}, blocks ${startBlock} to ${target.block} ${target.hash}`;
  yield `events      ${counted(result.logs, "log")}, ${counted(result.facts, "fact")}${
    result.repeated > 0 ? `; ${counted(result.repeated, "request")} repeated` : ""
  }`;
  if (result.headOnChain !== null)
    yield `head        ${of("head") === 0 ? `as the contract's, ${result.head}` : "NOT the contract's"}`;
  if (state) {
    yield `state       ${counted(state.compared, "answer")} of the contract ${of("state") === 0 ? "as" : "NOT as"} the events make them; ${
      state.surplus >= 0n ? `surplus ${state.surplus} base units` : `SHORT OF ${-state.surplus} base units`
    }`;
  }
  yield `history     ${of("history") === 0 ? "every reading, trade, clearing and claim within its rules" : "NOT within the rules"}`;
  const { slots, better, worst } = clearings;
  const missed = worst ? `; most was missed in slot ${worst.slot}: welfare ${worst.welfareMissed} thousandths` : "";
  yield `clearings   ${counted(slots, "slot")}, a better clearing existed for ${better}${missed}${
    worst ? `, ${worst.energyMissedWh} Wh` : ""
  }`;
  if (indexer) {
    const rows = counted(indexer.rows, "row");
    yield `indexer     ${rows} ${of("indexer") === 0 ? "as" : "NOT as"} the events make them, at block ${indexer.block}`;
  }
  for (const text of result.unchecked) yield `not checked ${text}`;
  if (result.ok) yield "AGREES";
  else {
    yield `DISAGREES: ${result.first}`;
    const rest = findings.list.filter(({ text }) => text !== result.first);
    for (const { kind, text } of rest.slice(0, 5)) yield `  also (${kind}) ${text}`;
    if (findings.count > 6) yield `  and ${findings.count - 6} more`;
  }
}
