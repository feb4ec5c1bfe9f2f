/** Path of a native Foundry binary. Throws with what to do where the platform has none. */
export function foundryBinary(tool: "forge" | "cast" | "anvil"): string;
