import { currentTag } from '../core/log.ts';
import type { Redis } from '../core/redis.ts';
import { encodeJob, type Job, newJob, type QueueName } from './job.ts';

/** Worker classes under Mastodon's names: their queue, and how often a failed one is tried again. */
export const WORKERS = {
  DistributionWorker: { queue: 'default', retry: true },
  FeedInsertWorker: { queue: 'default', retry: true },
  RemovalWorker: { queue: 'default', retry: true },
  PostProcessMediaWorker: { queue: 'default', retry: 1 },
  PublishScheduledStatusWorker: { queue: 'default', retry: true },
  LocalNotificationWorker: { queue: 'default', retry: true },
  RegenerationWorker: { queue: 'default', retry: true },
  'ActivityPub::DistributionWorker': { queue: 'push', retry: true },
  'ActivityPub::DeliveryWorker': { queue: 'push', retry: 16 },
  'Web::PushNotificationWorker': { queue: 'push', retry: 5 },
  LinkCrawlWorker: { queue: 'pull', retry: 0 },
  ResolveAccountWorker: { queue: 'pull', retry: 5 },
  'ActivityPub::ProcessingWorker': { queue: 'ingress', retry: 8 },
  'ActionMailer::MailDeliveryJob': { queue: 'mailers', retry: true },
  'Fasp::AnnounceContentLifecycleEventWorker': { queue: 'fasp', retry: 5 },
  'Scheduler::ScheduledStatusesScheduler': { queue: 'scheduler', retry: 0 },
  'Scheduler::AccountsStatusesCleanupScheduler': { queue: 'scheduler', retry: 0 },
  'Scheduler::SuspendedUserCleanupScheduler': { queue: 'scheduler', retry: 0 },
  'Scheduler::VacuumScheduler': { queue: 'scheduler', retry: 0 },
  'Scheduler::SoftwareUpdateCheckScheduler': { queue: 'scheduler', retry: 0 },
} as const satisfies Record<string, { queue: QueueName; retry: boolean | number }>;

export type WorkerName = keyof typeof WORKERS;

/** Puts one job on its queue, to run as soon as a process takes it. */
export async function enqueue(redis: Redis, name: WorkerName, ...args: unknown[]): Promise<Job> {
  const job = newJob(WORKERS[name].queue, name, args, WORKERS[name].retry, currentTag());
  await pushJob(redis, job);
  return job;
}

/** Puts one job into the schedule, to run at `at` (milliseconds). */
export async function enqueueAt(
  redis: Redis,
  at: number,
  name: WorkerName,
  ...args: unknown[]
): Promise<void> {
  const job = newJob(WORKERS[name].queue, name, args, WORKERS[name].retry, currentTag());
  await redis.zadd('schedule', at / 1000, encodeJob(job));
}

export async function pushJob(redis: Redis, job: Job): Promise<void> {
  await redis
    .multi()
    .sadd('queues', job.queue)
    .lpush(`queue:${job.queue}`, encodeJob({ ...job, enqueued_at: Date.now() }))
    .exec();
}
