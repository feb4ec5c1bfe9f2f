// What an audit finds. The first of it is what a verdict names.
import type { Problem } from "@gridx/contracts/books";

export type Kind = "history" | "head" | "state" | "indexer";

export interface Finding {
  kind: Kind;
  text: string;
}

/** Of each kind. */
const KEPT = 20;

export class Findings {
  /** The first of each kind. */
  readonly list: Finding[] = [];
  count = 0;
  readonly #counts = new Map<Kind, number>();

  add(kind: Kind, text: string): void {
    const count = this.countOf(kind);
    this.#counts.set(kind, count + 1);
    this.count += 1;
    if (count < KEPT) this.list.push({ kind, text });
  }

  countOf(kind: Kind): number {
    return this.#counts.get(kind) ?? 0;
  }

  ofKind(kind: Kind): Finding[] {
    return this.list.filter((finding) => finding.kind === kind);
  }
}

/** Where a log is, and what it is. */
export const placeOf = ({ log, eventName }: Omit<Problem, "text">): string =>
  `block ${log.blockNumber} log ${log.logIndex} ${eventName} (transaction ${log.transactionHash})`;
