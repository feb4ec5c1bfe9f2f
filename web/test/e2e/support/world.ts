// Where the system under test is, and what its chain and indexer say, read without any code of the product.
import { createPublicClient, defineChain, type Hex, http, parseAbi } from "viem";
import { z } from "zod";

const hex = z.string().transform((text) => text as Hex);
const readySchema = z.object({
  pageUrl: z.string(),
  rpcUrl: z.string(),
  indexerUrl: z.string(),
  forecastUrl: z.string(),
  deployment: z.object({ chainId: z.number(), address: hex, token: hex, slotDuration: z.number() }),
});

export const abi = parseAbi([
  "function head() view returns (bytes32)",
  "function accountOf(address) view returns ((uint96 balance, uint64 carbonGrams, uint64 carbonEarnedGrams))",
  "function lotOf(address, uint32) view returns ((uint32 slot, uint64 attestedWh, uint64 soldWh, uint96 ask))",
  "function bidOf(address) view returns ((uint96 pricePerKwh, uint64 maxWhPerSlot, uint32 slot, uint64 filledWh))",
  "function lastClearing() view returns ((uint32 slot, uint96 pricePerKwh))",
  "function emergency() view returns ((uint96 priceCap, uint64 normalWhPerSlot, uint64 essentialWhPerSlot, uint40 endsAt))",
  "function hasRole(bytes32, address) view returns (bool)",
  "function clearSlot(uint32, uint96, (address participant, uint64 energyWh)[], (address participant, uint64 energyWh)[], uint256) returns (uint256)",
  "function setTier(address, uint8)",
  "function registerHouse(address, address, uint32)",
  "function houseOf(address) view returns ((address owner, uint32 capacityWatts, uint32 newestSlot, uint32 attestedBitmap))",
  "function participantOf(address) view returns ((uint8 tier, uint32 usedSlot, uint64 usedWh))",
  "function declareEmergency(uint96, uint64, uint64, uint40, string)",
  "function endEmergency()",
  "function pause()",
  "function unpause()",
  "function attestReadings((uint32 slot, uint64 exportWh, bytes signature)[]) returns (uint256)",
  "function setBid(uint96, uint64)",
  "function balanceOf(address) view returns (uint256)",
  "function mint(address, uint256)",
  "function approve(address, uint256) returns (bool)",
  "function deposit(uint96)",
  "function buyEnergy((address seller, uint32 slot, uint64 energyWh, uint96 pricePerKwh)[], uint256) returns (uint256)",
]);

export function theWorld() {
  const ready = readySchema.parse(JSON.parse(process.env.GRIDX_E2E ?? "null"));
  const chain = defineChain({
    id: ready.deployment.chainId,
    name: "local",
    nativeCurrency: { name: "POL", symbol: "POL", decimals: 18 },
    rpcUrls: { default: { http: [ready.rpcUrl] } },
  });
  const client = createPublicClient({ chain, transport: http(), pollingInterval: 200, cacheTime: 0 });
  const { address: contract, token } = ready.deployment;
  const gridx = { address: contract, abi };
  const accountOf = (owner: Hex) =>
    client.readContract({ address: contract, abi, functionName: "accountOf", args: [owner] });
  const tokensOf = (owner: Hex) =>
    client.readContract({ address: token, abi, functionName: "balanceOf", args: [owner] });
  const lotOf = (seller: Hex, slot: number) =>
    client.readContract({ address: contract, abi, functionName: "lotOf", args: [seller, slot] });
  const bidOf = (buyer: Hex) => client.readContract({ address: contract, abi, functionName: "bidOf", args: [buyer] });
  const emergency = () => client.readContract({ address: contract, abi, functionName: "emergency" });
  /** What the indexer's REST API answers, as it is. */
  const indexed = async (path: string): Promise<unknown> => {
    const response = await fetch(`${ready.indexerUrl}/api/${path}`);
    const envelope = z.object({ data: z.unknown() }).parse(await response.json());
    return envelope.data;
  };
  return { ...ready, chain, client, contract, gridx, token, accountOf, tokensOf, lotOf, bidOf, emergency, indexed };
}
export type World = ReturnType<typeof theWorld>;
