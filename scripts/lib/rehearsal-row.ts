import type { InstanceStatus, Rehearsal } from './instance-status.ts';
import { day, secondsSince, span } from './spans.ts';
import { type Row, row } from './status-row.ts';

/** A month is the rhythm, with some days for whoever was away. */
const STALE = 35 * day;

/** Whether somebody showed lately that the backups restore: never is not well, and is broken once there was a month to do it. */
export function rehearsalRows({ rehearsal, stack = 'STACK' }: InstanceStatus, now: Date): Row[] {
  const command = `coop rehearse ${stack}`;
  if (!rehearsal) return [row('rehearsal', 'yellow', 'last', `not known: pulumi up -s ${stack}`)];
  const { last, passed, since } = rehearsal;
  const ago = (each: Rehearsal) => `${span(secondsSince(each.ended, now))} ago`;
  if (!last) {
    const late = since !== undefined && secondsSince(since, now) > STALE;
    return [row('rehearsal', late ? 'red' : 'yellow', 'last', `never: ${command}`)];
  }
  const figures = ({ rpoSeconds, ttrSeconds }: Rehearsal) =>
    [
      rpoSeconds === undefined ? 'RPO not known' : `RPO ${span(rpoSeconds)}`,
      ttrSeconds === undefined ? 'TTR not known' : `TTR ${span(ttrSeconds)}`,
    ].join(', ');
  if (last.result !== 'passed') {
    const before = passed ? `; passed ${ago(passed)}, ${figures(passed)}` : '; never passed';
    return [row('rehearsal', 'red', 'last', `failed ${ago(last)}${before}; when mended: ${command}`)];
  }
  const stale = secondsSince(last.ended, now) > STALE;
  const text = `passed ${ago(last)}, ${figures(last)}${stale ? `: ${command}` : ''}`;
  return [row('rehearsal', stale ? 'red' : 'green', 'last', text)];
}
