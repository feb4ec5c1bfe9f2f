// HiGHS (https://highs.dev, MIT), compiled to WebAssembly: 3.5 MB that only an emergency needs, so loaded when first asked for.
import type { Highs } from "highs";

let loading: Promise<Highs> | undefined;

export function loadHighs(): Promise<Highs> {
  loading ??= import("highs").then(({ default: load }) => load());
  // A failure is told to who waits and tried anew by the next.
  loading.catch(() => {
    loading = undefined;
  });
  return loading;
}
