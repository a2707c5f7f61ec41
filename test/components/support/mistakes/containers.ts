import type { Mistake } from './mistake.ts';

/** Images, processes, and what must fit together. */
export const containers: Mistake[] = [
  ['an image without a digest', { 'images.redis': 'docker.io/library/redis:8' }, 'images.redis', /digest/],
  [
    'an image without a host',
    { 'images.redis': `redis:8@sha256:${'a'.repeat(64)}` },
    'images.redis',
    /digest/,
  ],
  ['an image with half a digest', { 'images.redis': 'docker.io/redis@sha256:abc' }, 'images.redis', /digest/],
  ['an app that the machine would have to build', { 'images.web': 'build' }, 'images.web', /full image/],
  ['a database image by tag', { 'images.postgres': 'postgres:17' }, 'images.postgres', /nor `build`/],
  ['an image that is missing', { 'images.redis': undefined }, 'images.redis', /is missing/],
  [
    'a queue not worked',
    { 'processes.sidekiq-push-q.replicas': 0 },
    'processes.sidekiq-push-q.replicas',
    /queue 'push'/,
  ],
  [
    'two schedulers',
    { 'processes.sidekiq-scheduler.replicas': 2 },
    'processes.sidekiq-scheduler.replicas',
    /exactly one/,
  ],
  ['a process the app has not', { 'processes.sidekiq-pusch': {} }, 'processes.sidekiq-pusch', /no process/],
  ['pools over max_connections', { 'database.maxConnections': 50 }, 'database.maxConnections', /connections/],
  [
    'a cache over half the disk',
    { 'mediaCache.gigabytes': 81 },
    'mediaCache.gigabytes',
    /half of the machine's disk/,
  ],
];
