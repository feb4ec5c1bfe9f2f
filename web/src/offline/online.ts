// Whether the browser has a network at all. A page on the same machine is reached without one, so this alone says nothing.
import { useSyncExternalStore } from "react";

const subscribe = (listener: () => void) => {
  for (const name of ["online", "offline"]) addEventListener(name, listener);
  return () => {
    for (const name of ["online", "offline"]) removeEventListener(name, listener);
  };
};

export const useIsOnline = (): boolean => useSyncExternalStore(subscribe, () => navigator.onLine);
