import { createContext, lazy, type ReactNode, Suspense, useCallback, useContext, useState } from "react";
import type { Engine } from "./engine.ts";
import { useSession } from "./session.ts";

const ConnectModal = lazy(() => import("./ConnectModal.tsx"));

const ConnectContext = createContext<() => void>(() => {});

/** Opens the list of wallets. */
export const useOpenConnect = () => useContext(ConnectContext);

interface Request {
  count: number;
  engine: Engine;
}

export function ConnectProvider({ children }: { children: ReactNode }) {
  const session = useSession();
  const [request, setRequest] = useState<Request | null>(null);
  const open = useCallback(() => {
    const show = (engine: Engine) => setRequest((last) => ({ count: (last?.count ?? 0) + 1, engine }));
    session.engine().then(show).catch(console.error);
  }, [session]);
  return (
    <ConnectContext value={open}>
      {children}
      {request && (
        <Suspense fallback={null}>
          <ConnectModal request={request.count} config={request.engine.config} />
        </Suspense>
      )}
    </ConnectContext>
  );
}
