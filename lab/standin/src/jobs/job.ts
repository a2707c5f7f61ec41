import { randomBytes } from 'node:crypto';

export type QueueName = 'default' | 'push' | 'ingress' | 'mailers' | 'pull' | 'scheduler' | 'fasp';

export const QUEUES: QueueName[] = ['default', 'push', 'ingress', 'mailers', 'pull', 'scheduler', 'fasp'];

/** A job as Sidekiq keeps it: one JSON object in a Redis list or sorted set. Times are in milliseconds. */
export interface Job {
  retry: boolean | number;
  queue: QueueName;
  class: string;
  args: unknown[];
  jid: string;
  created_at: number;
  enqueued_at?: number;
  retry_count?: number;
  error_message?: string;
  error_class?: string;
  failed_at?: number;
  retried_at?: number;
  /** Request that led to this job, for the logs. */
  tag?: string;
}

export function newJob(
  queue: QueueName,
  name: string,
  args: unknown[],
  retry: boolean | number,
  tag?: string,
): Job {
  const job: Job = {
    retry,
    queue,
    class: name,
    args,
    jid: randomBytes(12).toString('hex'),
    created_at: Date.now(),
  };
  return tag ? { ...job, tag } : job;
}

export const encodeJob = (job: Job): string => JSON.stringify(job);

/** Reads a job back; undefined for what no Sidekiq could run. */
export function decodeJob(text: string): Job | undefined {
  try {
    const job = JSON.parse(text) as Job;
    return typeof job.class === 'string' && Array.isArray(job.args) && typeof job.jid === 'string'
      ? job
      : undefined;
  } catch {
    return undefined;
  }
}

const DEFAULT_RETRIES = 25;

/** How often a job may be tried again after its first failure. */
export const retriesOf = (job: Job): number =>
  job.retry === true ? DEFAULT_RETRIES : job.retry === false ? 0 : job.retry;

/** Seconds before the next try, as Sidekiq counts them: 15 s at first, days at the end. */
export const retryDelay = (count: number, random: number = Math.random()): number =>
  count ** 4 + 15 + Math.floor(random * 10) * (count + 1);
