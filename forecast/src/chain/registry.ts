// Houses, owners and tiers, from the contract's events alone. What lies deep enough in the chain is read once; the newest
// blocks are read again each time, so a reorganisation leaves no trace.
import { type Deployment, gridxAbi, tiers } from "@gridx/contracts";
import { type Address, getAbiItem, type PublicClient } from "viem";

export type Tier = (typeof tiers)[number];

export interface House {
  /** Address of its first meter, lower case: what it is known by. */
  id: string;
  meter: string;
  /** The last owner, where it is retired. Lower case. */
  owner: string;
  /** Unix seconds from which on what it does is this owner's; 0 for the first owner. */
  ownerSince: number;
  capacityWatts: number;
  active: boolean;
  tier: Tier;
}

export interface Registry {
  /** The house whose present or last meter this is. */
  byMeter(meter: string): House | undefined;
  byId(house: string): House | undefined;
  ownedBy(owner: string): House[];
  all(): House[];
}

const events = [
  getAbiItem({ abi: gridxAbi, name: "HouseRegistered" }),
  getAbiItem({ abi: gridxAbi, name: "HouseUpdated" }),
  getAbiItem({ abi: gridxAbi, name: "MeterReplaced" }),
  getAbiItem({ abi: gridxAbi, name: "HouseRetired" }),
  getAbiItem({ abi: gridxAbi, name: "TierSet" }),
] as const;

/** Blocks that no reorganisation is expected to reach: Polygon's finality, with room to spare. */
const SETTLED_BLOCKS = 256n;
const FIRST_SPAN = 10_000n;
/** Milliseconds for which an answer is good: a new owner is known this late. */
const FRESH_MS = 5_000;
const REFUSALS =
  /range|too (large|wide|big)|too many (blocks|logs|results)|more than|max.*block|block.*limit|size|timeout/i;

class Books {
  readonly houses = new Map<string, House>();
  readonly #byMeter = new Map<string, string>();
  readonly #tiers = new Map<string, Tier>();

  copy(): Books {
    const books = new Books();
    for (const [id, house] of this.houses) books.houses.set(id, { ...house });
    for (const [meter, id] of this.#byMeter) books.#byMeter.set(meter, id);
    for (const [owner, tier] of this.#tiers) books.#tiers.set(owner, tier);
    return books;
  }

  of(meter: string): House | undefined {
    const id = this.#byMeter.get(meter.toLowerCase());
    const house = id === undefined ? undefined : this.houses.get(id);
    return house && { ...house, tier: this.tierOf(house.owner) };
  }

  tierOf(owner: string): Tier {
    return this.#tiers.get(owner) ?? "none";
  }

  apply(log: Log, timestamp: number): void {
    switch (log.eventName) {
      case "HouseRegistered": {
        const [meter, owner] = [log.args.meter.toLowerCase(), log.args.owner.toLowerCase()];
        const { capacityWatts } = log.args;
        this.#byMeter.set(meter, meter);
        this.houses.set(meter, {
          id: meter,
          meter,
          owner,
          ownerSince: 0,
          capacityWatts,
          active: true,
          tier: "none",
        });
        return;
      }
      case "HouseUpdated":
        this.#change(log.args.meter, (house) => {
          const owner = log.args.owner.toLowerCase();
          if (owner !== house.owner) house.ownerSince = timestamp;
          house.owner = owner;
          house.capacityWatts = log.args.capacityWatts;
        });
        return;
      case "MeterReplaced":
        this.#change(log.args.oldMeter, (house) => {
          this.#byMeter.delete(house.meter);
          house.meter = log.args.newMeter.toLowerCase();
          this.#byMeter.set(house.meter, house.id);
        });
        return;
      case "HouseRetired":
        this.#change(log.args.meter, (house) => {
          house.active = false;
        });
        return;
      case "TierSet":
        this.#tiers.set(log.args.participant.toLowerCase(), tiers[log.args.tier] ?? "none");
    }
  }

  #change(meter: Address, change: (house: House) => void): void {
    const id = this.#byMeter.get(meter.toLowerCase());
    const house = id === undefined ? undefined : this.houses.get(id);
    if (house) change(house);
  }
}

async function readLogs(client: PublicClient, address: Address, fromBlock: bigint, toBlock: bigint) {
  return client.getLogs({ address, events, fromBlock, toBlock, strict: true });
}
type Log = Awaited<ReturnType<typeof readLogs>>[number];

/** The registry as the chain has it now, at most a few seconds old; throws where the chain can't be asked. */
export class ChainRegistry {
  readonly #client: PublicClient;
  readonly #deployment: Deployment;
  readonly #freshMs: number;
  #settled = new Books();
  #next: bigint;
  #span = FIRST_SPAN;
  #latest: { registry: Registry; until: number } | null = null;
  #reading: Promise<Registry> | null = null;

  constructor(client: PublicClient, deployment: Deployment, freshMs = FRESH_MS) {
    this.#client = client;
    this.#deployment = deployment;
    this.#freshMs = freshMs;
    this.#next = BigInt(deployment.startBlock);
  }

  async read(): Promise<Registry> {
    if (this.#latest && this.#latest.until > performance.now()) return this.#latest.registry;
    this.#reading ??= this.#refresh().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #refresh(): Promise<Registry> {
    const newest = await this.#client.getBlockNumber({ cacheTime: 0 });
    const deep = newest - SETTLED_BLOCKS;
    while (this.#next <= deep) {
      const [logs, last] = await this.#page(this.#next, deep);
      const books = this.#settled.copy();
      await this.#applyAll(books, logs);
      [this.#settled, this.#next] = [books, last + 1n];
    }
    const books = this.#settled.copy();
    for (let first = this.#next; first <= newest; ) {
      const [logs, last] = await this.#page(first, newest);
      await this.#applyAll(books, logs);
      first = last + 1n;
    }
    const registry = registryOf(books);
    this.#latest = { registry, until: performance.now() + this.#freshMs };
    return registry;
  }

  /** Public nodes limit how many blocks a search may span; what one refused once is not asked again. */
  async #page(first: bigint, last: bigint): Promise<[Log[], bigint]> {
    for (;;) {
      const end = first + this.#span - 1n < last ? first + this.#span - 1n : last;
      try {
        return [await readLogs(this.#client, this.#deployment.address, first, end), end];
      } catch (error) {
        const blocks = end - first + 1n;
        if (blocks < 2n || !(error instanceof Error) || !REFUSALS.test(error.message)) throw error;
        this.#span = blocks / 2n;
      }
    }
  }

  async #applyAll(books: Books, logs: readonly Log[]): Promise<void> {
    for (const log of logs) {
      // Only a change of owner needs its time.
      const needsTime = log.eventName === "HouseUpdated";
      const block = needsTime ? await this.#client.getBlock({ blockHash: log.blockHash }) : null;
      books.apply(log, block ? Number(block.timestamp) : 0);
    }
  }
}

function registryOf(books: Books): Registry {
  const all = [...books.houses.values()].map((house) => ({ ...house, tier: books.tierOf(house.owner) }));
  const byId = new Map(all.map((house) => [house.id, house]));
  return {
    byMeter: (meter) => books.of(meter),
    byId: (house) => byId.get(house.toLowerCase()),
    ownedBy: (owner) => all.filter((house) => house.owner === owner.toLowerCase()),
    all: () => all,
  };
}
