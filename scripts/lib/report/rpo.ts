import type { Check, Report } from './schema.ts';

interface RpoFacts {
  checks: readonly Check[];
  /** Point in time that was asked for. */
  at?: string | undefined;
  /** When the copy stopped following its source, by the restored machine's clock. */
  followedUntil?: string | undefined;
  clocks?: Report['clocks'];
}

interface Rpo {
  rpoSeconds?: number;
  rpoFrom?: NonNullable<Report['rpoFrom']>;
  /** Why the figure cannot be believed, or is missing. */
  problem?: string;
}

/** The checks that name the newest write in the copy, the better yardstick first. */
const yardsticks = [
  ['heartbeat', 'heartbeat'],
  ['newest-row', 'newest row'],
] as const;

/** Two clocks that are kept by NTP, each asked over SSH, agree this well. */
const TOLERANCE = 1;

/**
 * Seconds of writes the copy lacks: from the newest write in it to the end of the replay, for as long it takes in what the
 * source archives; each on its machine's own clock and both corrected to one. With a point in time that was asked for, up to
 * that: both are on the source's clock.
 */
export function rpoOf({ checks, at, followedUntil, clocks }: RpoFacts): Rpo {
  const found = yardsticks
    .map(([name, from]) => ({ from, newest: newestOf(checks.find(({ check }) => check === name)) }))
    .find(({ newest }) => newest !== undefined);
  if (found?.newest === undefined) return { problem: 'no check said how new the restored data is' };
  const target = at ?? followedUntil;
  if (target === undefined) return { problem: 'the machine did not say when the replay ended' };
  const ahead = at ? 0 : (clocks?.machine ?? 0) - (clocks?.source ?? 0);
  const rpo = (Date.parse(target) - found.newest) / 1000 - ahead;
  const rpoSeconds = Math.round(Math.max(0, rpo) * 1000) / 1000;
  if (rpo >= -TOLERANCE) return { rpoSeconds, rpoFrom: found.from };
  return {
    problem: at
      ? `the copy holds writes ${Math.ceil(-rpo)} s newer than the time that was asked for`
      : `the newest write in the copy is ${Math.ceil(-rpo)} s in the future: the clocks of source and copy differ`,
  };
}

/** A check that failed still says what it found. */
function newestOf(check: Check | undefined): number | undefined {
  const newest = check?.values.newest;
  const time = typeof newest === 'string' ? Date.parse(newest) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
