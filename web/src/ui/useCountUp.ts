import { useEffect, useRef, useState } from "react";

const DURATION_MS = 500;

/** Moves from the figure shown to a new one; at once where motion is not wanted. */
export function useCountUp(target: bigint | undefined): bigint | undefined {
  const [shown, setShown] = useState(target);
  const from = useRef(target);
  useEffect(() => {
    if (target === undefined) return;
    const start = from.current;
    const still = start === undefined || start === target || matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still) {
      from.current = target;
      setShown(target);
      return;
    }
    const began = performance.now();
    let frame = requestAnimationFrame(function step(now: number) {
      const progress = Math.min(1, (now - began) / DURATION_MS);
      const eased = 1 - (1 - progress) ** 3;
      const value = progress === 1 ? target : start + BigInt(Math.round(Number(target - start) * eased));
      from.current = value;
      setShown(value);
      if (progress < 1) frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [target]);
  return target === undefined ? undefined : shown;
}
