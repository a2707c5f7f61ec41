/** Seconds in an hour and in a day. */
export const hour = 3600;
export const day = 86_400;

export const secondsSince = (iso: string, now: Date): number => (now.getTime() - Date.parse(iso)) / 1000;

/** `42 s`, `12 min`, `3 h`, `9 days`: the largest unit that says something. */
export function span(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 120) return `${s} s`;
  if (s < 2 * 3600) return `${Math.round(s / 60)} min`;
  if (s < 2 * day) return `${Math.round(s / 3600)} h`;
  return `${Math.round(s / day)} days`;
}

export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return `${(count / 1000 ** power).toFixed(power > 2 ? 1 : 0)} ${units[power]}`;
}
