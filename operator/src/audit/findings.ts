// What an audit finds. The first of it is what a verdict names.
import type { Problem } from "@gridx/contracts/books";

export type Kind = "history" | "head" | "state" | "indexer";

export interface Finding {
  kind: Kind;
  text: string;
}

const KEPT = 20;

export class Findings {
  readonly list: Finding[] = [];
  count = 0;

  add(kind: Kind, text: string): void {
    this.count += 1;
    if (this.list.length < KEPT) this.list.push({ kind, text });
  }

  ofKind(kind: Kind): Finding[] {
    return this.list.filter((finding) => finding.kind === kind);
  }
}

/** Where a log is, and what it is. */
export const placeOf = ({ log, eventName }: Omit<Problem, "text">): string =>
  `block ${log.blockNumber} log ${log.logIndex} ${eventName} (transaction ${log.transactionHash})`;
