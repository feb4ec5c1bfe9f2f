import { afterEach, expect, it, vi } from "vitest";
import { shared } from "../src/api/shared.ts";

afterEach(() => {
  vi.useRealTimers();
});

it("one answer is found for all who ask at once, and for a while after", async () => {
  vi.useFakeTimers();
  let found = 0;
  const ask = shared(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5000));
    found += 1;
    return found;
  }, 1000);
  const first = [ask(), ask()];
  await vi.advanceTimersByTimeAsync(4900);
  first.push(ask());
  await vi.advanceTimersByTimeAsync(1000);
  expect(await Promise.all([...first, ask()])).toEqual([1, 1, 1, 1]);
  await vi.advanceTimersByTimeAsync(200);
  const later = ask();
  await vi.advanceTimersByTimeAsync(5000);
  expect(await later).toBe(2);
});

it("an error is shared for as long, and no longer", async () => {
  vi.useFakeTimers();
  const ask = shared(vi.fn().mockRejectedValueOnce(new Error("no")).mockResolvedValue("yes"), 1000);
  await expect(ask()).rejects.toThrow("no");
  await expect(ask()).rejects.toThrow("no");
  await vi.advanceTimersByTimeAsync(1000);
  expect(await ask()).toBe("yes");
});
