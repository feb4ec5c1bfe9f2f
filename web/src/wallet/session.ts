// The connected wallet, as the page knows it. wagmi and what it needs are loaded when somebody connects, or was
// connected when the page was left.
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Address } from "viem";
import type { Engine } from "./engine.ts";

export interface WalletState {
  status: "none" | "loading" | "connected";
  address?: Address;
  /** Of the wallet; it may be another than the community's. */
  chainId?: number;
  /** As the wallet calls itself. */
  walletName?: string;
}

export interface Session {
  state(): WalletState;
  subscribe(listener: () => void): () => void;
  /** Loads what speaks to wallets; asked again, it is the same one. */
  engine(): Promise<Engine>;
}

const NONE: WalletState = { status: "none" };
/** Where wagmi remembers who was connected. */
const RECENT = "wagmi.recentConnectorId";

function wasConnected(): boolean {
  try {
    return localStorage.getItem(RECENT) !== null;
  } catch {
    return false;
  }
}

export type StartEngine = (publish: (state: WalletState) => void) => Promise<Engine>;

export function createSession(startEngine: StartEngine): Session {
  const listeners = new Set<() => void>();
  let state = NONE;
  let engine: Promise<Engine> | null = null;
  const publish = (next: WalletState) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const session: Session = {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    engine() {
      engine ??= startEngine(publish).catch((cause: unknown) => {
        // A chunk that did not load is asked for again next time.
        engine = null;
        publish(NONE);
        throw cause;
      });
      return engine;
    },
  };
  if (wasConnected()) {
    state = { status: "loading" };
    void session.engine().catch(console.error);
  }
  return session;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession outside of SessionContext");
  return session;
}

export function useWalletState(): WalletState {
  const { subscribe, state } = useSession();
  return useSyncExternalStore(subscribe, state);
}

/** The connected wallet's address. */
export const useAddress = (): Address | undefined => useWalletState().address;
