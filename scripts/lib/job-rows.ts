import type { InstanceStatus, JobStatus } from './instance-status.ts';
import { day, hour, secondsSince, span } from './spans.ts';
import { type Level, type Row, row } from './status-row.ts';

/** What timers start, each with its age. A job that never ran is broken, unless its first time is still to come. */
export function jobRows({ timers }: InstanceStatus, now: Date): Row[] {
  if (!timers || timers.length === 0) return [row('jobs', 'red', 'unknown', 'none is known')];
  return timers.map((job) =>
    row('jobs', levelOf(job, now), job.name.replace(/\.timer$/, ''), said(job, now)),
  );
}

/** A timer has no next time while its job runs. */
const isDead = ({ enabled, active, next, running }: JobStatus): boolean =>
  !enabled || !active || !(next || running);
const hasFailed = ({ result }: JobStatus): boolean => result !== undefined && result !== 'success';
const isStale = ({ last, staleAfter }: JobStatus, now: Date): boolean =>
  last !== undefined && staleAfter !== undefined && secondsSince(last, now) > staleAfter;
/** After a day and an hour whatever runs daily has had its time; what runs more often or weekly, when it would be stale. */
const timeToRun = ({ staleAfter = daily }: JobStatus): number =>
  staleAfter < daily || staleAfter > 7 * day ? staleAfter : daily;
const daily = day + hour;
const isLate = (job: JobStatus, now: Date): boolean =>
  job.since !== undefined && secondsSince(job.since, now) > timeToRun(job);

function levelOf(job: JobStatus, now: Date): Level {
  if (isDead(job) || hasFailed(job) || isStale(job, now)) return 'red';
  if (job.last || job.running) return 'green';
  return job.started || isLate(job, now) ? 'red' : 'yellow';
}

function said(job: JobStatus, now: Date): string {
  const { enabled, active, result, last, next, running } = job;
  return [
    ...(isDead(job) ? [!enabled ? 'not enabled' : !active ? 'not active' : 'no next run'] : []),
    ...(hasFailed(job) ? [`last run: ${result}`] : []),
    running
      ? 'runs now'
      : last
        ? `ran ${span(secondsSince(last, now))} ago`
        : job.started
          ? 'was started and did nothing'
          : 'has not run yet',
    ...(next && !isDead(job) ? [`next in ${span(Math.max(0, -secondsSince(next, now)))}`] : []),
    ...(job.said ? [job.said] : []),
  ].join(', ');
}
