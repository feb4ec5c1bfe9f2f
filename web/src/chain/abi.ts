// The contract's ABI with the errors of the token that it calls, so that a failed transfer can be told in words.
import { demoRupeeAbi, gridxAbi as ownAbi } from "@gridx/contracts";

type TokenError = Extract<(typeof demoRupeeAbi)[number], { type: "error" }>;

const ownErrors = new Set<string>(ownAbi.flatMap((item) => (item.type === "error" ? [item.name] : [])));
const tokenErrors = demoRupeeAbi.filter(
  (item): item is TokenError => item.type === "error" && !ownErrors.has(item.name),
);

export const gridxAbi = ownAbi;
/** For calls that may fail in the token. */
export const gridxCallAbi = [...ownAbi, ...tokenErrors] as const;
/** The settlement token; its ERC-20 part is all that is used outside local chains. */
export const tokenAbi = demoRupeeAbi;
