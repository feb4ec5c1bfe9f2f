// The heads that the events make, block by block, and where they leave the contract's.
import type { Hex } from "viem";

interface Mark {
  block: number;
  head: Hex;
  facts: number;
}

export class Heads {
  readonly #marks: Mark[] = [];

  set(mark: Mark): void {
    if (this.#marks.at(-1)?.block === mark.block) this.#marks.pop();
    this.#marks.push(mark);
  }

  /** As it stood after a block; undefined before the first fact. */
  at(block: number): Mark | undefined {
    let [low, high] = [-1, this.#marks.length];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#marks[middle]?.block ?? 0) <= block) low = middle;
      else high = middle;
    }
    return this.#marks[low];
  }

  /**
   * The first block whose events are not what the contract committed to, by halving. `headAt` asks the contract at old
   * blocks, which not every RPC can tell.
   */
  async firstApart(range: { first: number; last: number }, headAt: (block: number) => Promise<Hex>): Promise<number> {
    let [same, apart] = [range.first - 1, range.last];
    while (apart - same > 1) {
      const middle = Math.floor((same + apart) / 2);
      const mine = this.at(middle)?.head;
      if (mine !== undefined && (await headAt(middle)) === mine) same = middle;
      else apart = middle;
    }
    return apart;
  }
}
