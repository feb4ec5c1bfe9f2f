// Days as the reader has them, by the chain's clock.
export const HOUR = 3600;
export const DAY = 86_400;

/** When the reader's day began, and when a later one does: days that change the clocks have 23 or 25 hours. */
export function startOfDay(now: number, daysLater = 0): number {
  const date = new Date(now * 1000);
  date.setHours(0, 0, 0, 0);
  date.setDate(date.getDate() + daysLater);
  return Math.floor(date.getTime() / 1000);
}

/** When the UTC day of a moment began. */
export const startOfUtcDay = (now: number): number => Math.floor(now / DAY) * DAY;
