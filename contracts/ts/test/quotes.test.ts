import { encodeFunctionData, maxUint96 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { feeOf, gridxAbi, parseGridxLogs, paymentOf, priceWithFee, signReading, slotOf } from "../src/index.ts";
import { randomFrom } from "./support/random.ts";
import { startWorld, type World } from "./support/world.ts";

const ROUNDS = 40;
let world: World;

beforeAll(async () => {
  world = await startWorld({ slotDuration: 900, minPrice: 0n, maxPrice: maxUint96 });
});
afterAll(() => world?.stop());

it("quotes, payments and fees are the contract's, for any price and fee", async () => {
  const { client, deployment, admin, people } = world;
  const { address } = deployment;
  const abi = gridxAbi;
  const random = randomFrom(7);
  const meter = privateKeyToAccount(random.bytes(32));
  const [seller, buyer] = [people[0] ?? admin, people[1] ?? admin];
  const encode = encodeFunctionData<typeof gridxAbi>;
  await world.send(admin, encode({ abi, functionName: "registerHouse", args: [meter.address, seller, 2 ** 32 - 1] }));
  await world.mine();
  const market = await client.readContract({ abi, address, functionName: "marketParameters" });
  let trades = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const ask = random.big(96);
    const feeBps = random.pick([0, 1, 100, 999, 1000, random.int(0, 1000)]);
    await world.send(admin, encode({ abi, functionName: "setMarketParameters", args: [{ ...market, feeBps }] }));
    await world.send(seller, encode({ abi, functionName: "setAsk", args: [ask] }));
    const slot = slotOf(world.now() + 1, 900);
    await world.mine();
    await world.mine(900);
    const readings = [await signReading(meter, deployment, { slot, exportWh: 1_000_000n })];
    await world.send(admin, encode({ abi, functionName: "attestReadings", args: [readings] }));
    await world.mine();
    const quote = await client.readContract({ abi, address, functionName: "quoteOf", args: [seller, slot] });
    const limit = priceWithFee(ask, BigInt(feeBps));
    expect(quote, `ask ${ask}, fee ${feeBps}`).toEqual([ask === 0n ? 0n : 1_000_000n, ask, limit]);
    if (ask === 0n) continue;

    const energyWh = BigInt(random.int(1, 1000));
    const buy = (pricePerKwh: bigint) =>
      world.send(buyer, encode({ abi, functionName: "logEnergyTrade", args: [seller, buyer, energyWh, pricePerKwh] }));
    const tooLow = await buy(limit - 1n);
    const hash = await buy(limit);
    const before = await client.readContract({ abi, address, functionName: "accountOf", args: [seller] });
    await world.mine();
    expect((await client.getTransactionReceipt({ hash: tooLow })).status).toBe("reverted");
    const receipt = await client.getTransactionReceipt({ hash });
    const payment = paymentOf(energyWh, ask);
    // The seller's account has 96 bits; whoever holds more can't sell more.
    if (before.balance + payment > maxUint96) continue;
    const trade = parseGridxLogs(receipt.logs).find((log) => log.eventName === "EnergyTradeLogged");
    expect(trade?.args).toMatchObject({ energyWh, pricePerKwh: ask, feePaid: feeOf(payment, BigInt(feeBps)) });
    const after = await client.readContract({ abi, address, functionName: "accountOf", args: [seller] });
    expect(after.balance - before.balance).toBe(payment);
    trades += 1;
  }
  expect(trades).toBeGreaterThan(ROUNDS / 2);
});
