import type { Check, Report } from './schema.ts';

interface RpoFacts {
  checks: readonly Check[];
  /** Point in time that was asked for. */
  at?: string | undefined;
  /** When the fetch began, by the restored machine's clock. */
  fetchStart?: string | undefined;
  clocks?: Report['clocks'];
}

interface Rpo {
  rpoSeconds?: number;
  rpoFrom?: NonNullable<Report['rpoFrom']>;
  /** Why the figure cannot be believed, or is missing. */
  problem?: string;
}

/** Two clocks that are kept by NTP, each asked over SSH, agree this well. */
const TOLERANCE = 1;

/**
 * Seconds of writes the copy lacks: from the newest write in it to the moment the fetch began, each on its machine's own
 * clock and both corrected to one. With a point in time that was asked for, up to that: both are on the source's clock.
 */
export function rpoOf({ checks, at, fetchStart, clocks }: RpoFacts): Rpo {
  const found = yardstickIn(checks.find(({ check }) => check === 'heartbeat'));
  if (!found) return { problem: 'no check said how new the restored data is' };
  const target = at ?? fetchStart;
  if (target === undefined) return { problem: 'the machine did not say when the fetch began' };
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

/** The check names the newest heartbeat; where there is none, the newest row the app wrote. One that failed still says so. */
function yardstickIn(
  check: Check | undefined,
): { newest: number; from: NonNullable<Rpo['rpoFrom']> } | undefined {
  const { newest, from } = check?.values ?? {};
  const time = typeof newest === 'string' ? Date.parse(newest) : Number.NaN;
  return Number.isNaN(time)
    ? undefined
    : { newest: time, from: from === 'newest row' ? 'newest row' : 'heartbeat' };
}
