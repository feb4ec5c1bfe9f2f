/**
 * The zone itself where its offset is whole hours, else the fixed zone next to it towards UTC: series are kept by UTC hours,
 * and models expect them to begin with a clock's hour. Half an hour more or less is nothing to a household's day.
 */
export function wholeHourZone(timeZone: string, atSeconds: number): string {
  const minutes = offsetMinutes(timeZone, atSeconds);
  if (minutes % 60 === 0) return timeZone;
  const hours = Math.trunc(minutes / 60);
  // The signs of these names are the other way round.
  return hours === 0 ? "UTC" : `Etc/GMT${hours > 0 ? "-" : "+"}${Math.abs(hours)}`;
}

/** Minutes east of UTC. */
function offsetMinutes(timeZone: string, atSeconds: number): number {
  const parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).formatToParts(atSeconds * 1000);
  const text = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  const match = /GMT([+-])(\d\d):(\d\d)/.exec(text);
  if (!match) return 0;
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}
