// Trades straight into the indexer's tables, as its handlers would have written them: no local chain makes a million
// quickly. Chain and ledger head know nothing of them; only the speed of reading is measured on them.
import { slotOf, slotStart } from "@gridx/contracts";
import pg from "pg";
import { type Address, getAddress, type Hex, keccak256, toHex } from "viem";

/** Of a slot, all in one block. */
const TRADES_PER_SLOT = 100;
const SLOT_SECONDS = 900;
const FIRST_SLOT = slotOf(1_600_000_000, SLOT_SECONDS);
/** Far from the blocks and participants of the chain. */
const FIRST_BLOCK = 1_000_000;
/** Before the chain's own: whoever looks for the newest fact of its blocks passes over few, as in a real ledger. */
const FIRST_FACT = -10_000_000;

const slots = (trades: number) => Math.ceil(trades / TRADES_PER_SLOT);

export const loadedAddress = (n: number): Address => getAddress(`0xbe${n.toString(16).padStart(38, "0")}`);
export const loadedTrade = (n: number): Hex => keccak256(toHex(`trade ${n}`));
/** When a loaded trade's slot begins, in Unix seconds. */
export const loadedTime = (n: number): number => slotStart(FIRST_SLOT + Math.floor(n / TRADES_PER_SLOT), SLOT_SECONDS);

export interface Loaded {
  load(from: number, to: number): Promise<void>;
  /** MB of the whole database. */
  size(): Promise<number>;
  /** Rows that were read of each table since the database was made, by scan or index. */
  rowsRead(): Promise<Map<string, number>>;
  close(): Promise<void>;
}

export async function openLoader(databaseUrl: string, schema: string, accounts: number): Promise<Loaded> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  // Ponder's triggers watch its own writes.
  await client.query(`set session_replication_role = replica; set search_path to "${schema}"`);
  await client.query(`set work_mem = '256MB'; create temp table trade_id (n int primary key, id text)`);

  /** Two trades of each lot; in a slot no two lots of one seller, nobody's own energy. */
  const made = `
    select n, id, ${FIRST_SLOT} + n / ${TRADES_PER_SLOT} as slot, ${FIRST_BLOCK} + n / ${TRADES_PER_SLOT} as block,
      (${FIRST_SLOT} + n / ${TRADES_PER_SLOT} + 1)::bigint * ${SLOT_SECONDS} as time, n % ${TRADES_PER_SLOT} as log,
      (n / 2 * 7) % ${accounts} as seller, (n / 2 * 7 + 1 + n % ${TRADES_PER_SLOT}) % ${accounts} as buyer,
      (200 + n * 31 % 700)::bigint as wh, (3000000 + n % ${TRADES_PER_SLOT} * 20000)::bigint as price, 600 + n % 500 as grams
    from trade_id where n >= $1 and n < $2`;
  const text = (column: string) => `'0xbe' || lpad(to_hex(${column}), 38, '0')`;
  const at = "block_number, block_timestamp, transaction_hash, log_index";
  const placed = `block, time, '0x' || lpad(to_hex(block), 64, '0'), log`;

  const inserts = [
    `insert into energy_trade (trade_id, seller, buyer, slot, energy_wh, price_per_kwh, payment, fee_paid, carbon_grams,
        cleared, fact, lot_sold_wh, ${at})
      select id, ${text("seller")}, ${text("buyer")}, slot, wh, price, ceil(wh * price / 1000.0), wh * price / 100000,
        grams, true, ${FIRST_FACT} + n, wh, ${placed} from made`,
    `insert into carbon_transaction (id, address, kind, grams, trade_id, ${at})
      select id, ${text("buyer")}, 'earned', grams, id, ${placed} from made`,
    `insert into ledger_fact ("index", kind, fields, head, ${at})
      select ${FIRST_FACT} + n, 'EnergyTradeLogged', json_build_object('seller', ${text("seller")}, 'buyer',
        ${text("buyer")}, 'slot', slot, 'energyWh', wh::text, 'pricePerKwh', price::text, 'feePaid', '1',
        'carbonGrams', grams::text), id, ${placed} from made`,
    `insert into lot (seller, slot, attested_wh, sold_wh, ask)
      select ${text("seller")}, slot, 2000, sum(wh), 3000000 from made group by seller, slot`,
    `insert into energy_production (house, slot, meter, seller, export_wh, ask, ${at})
      select distinct on (seller, slot) ${text("seller")}, slot, ${text("seller")}, ${text("seller")}, 2000, 3000000,
        ${placed} from made order by seller, slot, n`,
  ];
  const sums = `sum(energy_wh), sum(payment), sum(fee_paid)`;
  const totals = `sum(energy_wh), sum(payment), sum(fee_paid), max(price_per_kwh), min(price_per_kwh), count(*),
    sum(carbon_grams), count(distinct buyer), count(distinct seller), sum(energy_wh), sum(payment), min(price_per_kwh)`;
  const totalColumns = `volume_wh, turnover, fees, high, low, trades, carbon_grams, buyers, sellers, cleared_wh,
    cleared_turnover, clearing_price`;
  const day = `slot / ${86_400 / SLOT_SECONDS}`;
  /** What is a sum over all loaded trades is made anew. */
  const aggregates = [
    `delete from day_market where day in (select ${day} from energy_trade where block_number >= ${FIRST_BLOCK})`,
    `insert into day_market (day, ${totalColumns}) select ${day}, ${totals} from loaded group by 1`,
    "delete from slot_market where slot in (select slot from loaded)",
    `insert into slot_market (slot, ${totalColumns}) select slot, ${totals} from loaded group by slot`,
    "delete from slot_purchase where slot in (select slot from loaded)",
    `insert into slot_purchase (slot, buyer, bought_wh, paid, fees_paid, carbon_grams, trades)
      select slot, buyer, ${sums}, sum(carbon_grams), count(*) from loaded group by slot, buyer`,
    `delete from day_account where address like '0xbe%'`,
    `insert into day_account (day, address, bought_wh, sold_wh, paid, fees_paid, earned, carbon_grams, purchases, sales)
      select day, address, sum(bought), sum(sold), sum(paid), sum(fees), sum(earned), sum(grams), sum(purchases), sum(sales)
      from parties group by day, address`,
    `delete from account where address like '0xbe%'`,
    `insert into account (address, tier, balance, deposited, withdrawn, fees_collected, bought_wh, sold_wh, paid,
        fees_paid, earned, purchases, sales)
      select address, 1, 0, 0, 0, 0, sum(bought), sum(sold), sum(paid), sum(fees), sum(earned), sum(purchases), sum(sales)
      from parties group by address`,
    `delete from carbon_wallet where address like '0xbe%'`,
    `insert into carbon_wallet (address, balance_grams, earned_grams, spent_grams)
      select address, sum(grams), sum(grams), 0 from parties where purchases > 0 group by address`,
  ];
  const loaded = `create temp view loaded as select * from energy_trade where block_number >= ${FIRST_BLOCK}`;
  const parties = `create temp view parties as
    select ${day} as day, buyer as address, energy_wh as bought, 0 as sold, payment as paid, fee_paid as fees, 0 as earned,
      carbon_grams as grams, 1 as purchases, 0 as sales from loaded
    union all select ${day}, seller, 0, energy_wh, 0, 0, payment, 0, 0, 1 from loaded`;
  await client.query(`${loaded}; ${parties}`);

  return {
    load: async (from, to) => {
      const size = 20_000;
      for (let start = from; start < to; start += size) {
        const numbers = Array.from({ length: Math.min(size, to - start) }, (_, n) => start + n);
        await client.query("insert into trade_id select * from unnest($1::int[], $2::text[])", [
          numbers,
          numbers.map(loadedTrade),
        ]);
      }
      for (const insert of inserts) await client.query(`with made as (${made}) ${insert}`, [from, to]);
      await client.query("truncate trade_id");
      for (const aggregate of aggregates) await client.query(aggregate);
      await client.query("vacuum analyze");
      if (slots(to) * TRADES_PER_SLOT !== to) throw new Error(`loads whole slots of ${TRADES_PER_SLOT} trades`);
    },
    size: async () => {
      const { rows } = await client.query("select pg_database_size(current_database()) as bytes");
      return Math.round(Number(rows[0].bytes) / 1e6);
    },
    rowsRead: async () => {
      const { rows } = await client.query(
        `select relname, coalesce(seq_tup_read, 0) + coalesce((select sum(idx_tup_read) from pg_stat_user_indexes i
          where i.relid = t.relid), 0) as read from pg_stat_user_tables t where schemaname = $1`,
        [schema],
      );
      return new Map(rows.map(({ relname, read }: { relname: string; read: string }) => [relname, Number(read)]));
    },
    close: () => client.end(),
  };
}
