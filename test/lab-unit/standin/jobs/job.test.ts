import { expect, test } from 'vitest';
import { WORKERS } from '../../../../lab/standin/src/jobs/enqueue.ts';
import {
  decodeJob,
  encodeJob,
  newJob,
  QUEUES,
  retriesOf,
  retryDelay,
} from '../../../../lab/standin/src/jobs/job.ts';

test('a job reads as one of Sidekiq, and back', () => {
  const job = newJob('push', 'ActivityPub::DeliveryWorker', ['{"a":1}', '42', 'https://peer/inbox'], 16);
  const json = JSON.parse(encodeJob(job)) as object;
  expect(json).toMatchObject({
    retry: 16,
    queue: 'push',
    class: 'ActivityPub::DeliveryWorker',
    args: ['{"a":1}', '42', 'https://peer/inbox'],
  });
  expect(job.jid).toMatch(/^[0-9a-f]{24}$/);
  expect(decodeJob(encodeJob(job))).toEqual(job);
});

test.each(['', 'null', '{}', '{"class":"X"}', '{"class":"X","args":{},"jid":"a"}', 'not json'])(
  '%j is no job',
  (text) => {
    expect(decodeJob(text) ?? undefined).toBeUndefined();
  },
);

test('the first retry comes within half a minute, the last after weeks', () => {
  expect(retryDelay(0, 0)).toBe(15);
  expect(retryDelay(0, 0.99)).toBe(24);
  const days =
    Array.from({ length: 25 }, (_, i) => retryDelay(i, 0.5)).reduce((sum, seconds) => sum + seconds, 0) /
    86_400;
  expect(days).toBeGreaterThan(19);
  expect(days).toBeLessThan(22);
});

test('retries follow from the job: true means 25', () => {
  const of = (retry: boolean | number) => retriesOf(newJob('default', 'X', [], retry));
  expect([of(true), of(false), of(5)]).toEqual([25, 0, 5]);
});

test('every queue has a worker, so that a queue nobody works shows', () => {
  const worked = new Set(Object.values(WORKERS).map((worker) => worker.queue as string));
  expect([...worked].sort()).toEqual([...QUEUES].sort());
});
