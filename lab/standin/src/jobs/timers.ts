import type { App } from '../core/app.ts';
import { log } from '../core/log.ts';
import { enqueue, type WorkerName } from './enqueue.ts';

const MINUTE = 60_000;

/** Mastodon's sidekiq.yml, as far as the stand-in goes: what the scheduler queue gets, and how often. */
const TIMETABLE: [WorkerName, number][] = [
  ['Scheduler::ScheduledStatusesScheduler', 5 * MINUTE],
  ['Scheduler::AccountsStatusesCleanupScheduler', MINUTE],
  ['Scheduler::SuspendedUserCleanupScheduler', MINUTE],
  ['Scheduler::SoftwareUpdateCheckScheduler', 30 * MINUTE],
  ['Scheduler::VacuumScheduler', 24 * 60 * MINUTE],
];

/** Only a process that works the scheduler queue fills it, so exactly one should: two do everything twice. */
export function startTimers(app: App): () => void {
  const timers = TIMETABLE.map(([name, interval]) =>
    setInterval(() => {
      enqueue(app.redis, name).catch((error: Error) => log.warn(`${name} not enqueued: ${error.message}`));
    }, interval / app.env.speed),
  );
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}
