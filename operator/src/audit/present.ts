// Rows of the present that an indexer should have, in the order in which it lists them.
import { askOf, type Books, isLive, slotAt } from "@gridx/contracts/books";

type Row = Readonly<Record<string, unknown>>;

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function usersOf(books: Books): Row[] {
  const addresses = [...books.accounts.keys()].sort(compareText);
  return addresses.map((address) => {
    const { carbonGrams: _, carbonSpentGrams: carbonRetiredGrams, ...account } = books.accounts.get(address) ?? {};
    const [seller, bid] = [books.sellers.get(address), books.bids.get(address)];
    return {
      address,
      tier: books.participants.get(address)?.tier ?? 0,
      ...account,
      carbonRetiredGrams,
      ask: seller?.nextAsk ?? 0n,
      askFromSlot: seller?.nextAskFrom ?? 0,
      bid: bid?.pricePerKwh ?? 0n,
      bidWh: bid?.maxWhPerSlot ?? 0n,
      bidFromSlot: bid?.fromSlot ?? 0,
    };
  });
}

export function walletsOf(books: Books): Row[] {
  const wallets = [...books.accounts].flatMap(([address, account]) => {
    if (account.purchases === 0 && account.carbonSpentGrams === 0n) return [];
    const {
      carbonGrams: balanceGrams,
      carbonEarnedGrams: earnedGrams,
      carbonSpentGrams: spentGrams,
      boughtWh,
    } = account;
    return [{ address, balanceGrams, earnedGrams, spentGrams, boughtWh }];
  });
  wallets.sort((a, b) =>
    a.earnedGrams === b.earnedGrams ? compareText(a.address, b.address) : a.earnedGrams < b.earnedGrams ? 1 : -1,
  );
  return wallets.map((wallet, index) => ({ ...wallet, rank: index + 1 }));
}

export function lotsOf(books: Books, timestamp: number): Row[] {
  const current = slotAt(books, timestamp);
  const lots = [...books.lots.values()].flatMap((ring) =>
    [...ring.values()].flatMap((lot) => {
      const shelf = isLive(books, lot, current) && current - lot.slot > books.rules.shelfDelaySlots;
      const { seller, slot, attestedWh, soldWh } = lot;
      const ask = askOf(lot);
      return shelf && ask > 0n && attestedWh > soldWh ? [{ seller, slot, attestedWh, soldWh, ask }] : [];
    }),
  );
  return lots.sort((a, b) =>
    a.ask === b.ask ? b.slot - a.slot || compareText(a.seller, b.seller) : a.ask < b.ask ? -1 : 1,
  );
}
