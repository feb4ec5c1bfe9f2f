import { createContext, lazy, type ReactNode, Suspense, useCallback, useContext, useState } from "react";

const ConnectModal = lazy(() => import("./ConnectModal.tsx"));

const ConnectContext = createContext<() => void>(() => {});

/** Opens the list of wallets. */
export const useOpenConnect = () => useContext(ConnectContext);

export function ConnectProvider({ children }: { children: ReactNode }) {
  const [request, setRequest] = useState(0);
  const open = useCallback(() => setRequest((count) => count + 1), []);
  return (
    <ConnectContext value={open}>
      {children}
      {request > 0 && (
        <Suspense fallback={null}>
          <ConnectModal request={request} />
        </Suspense>
      )}
    </ConnectContext>
  );
}
