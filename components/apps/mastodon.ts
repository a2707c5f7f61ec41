import { mastodonEnvironment, mastodonSecretEnvironment } from './mastodon-environment.ts';
import { mastodonMedia } from './mastodon-media.ts';
import type { App, AppProcess, AppVerification, Version } from './types.ts';
import { since } from './version.ts';

const readyFile = 'sidekiq_process_has_started_and_will_begin_processing_jobs';

interface SidekiqShape {
  queues: string[];
  concurrency: number;
  memoryMb: number;
}

function sidekiq(name: string, { queues, concurrency, memoryMb }: SidekiqShape): AppProcess {
  return {
    name,
    image: 'web',
    command: [
      'bundle',
      'exec',
      'sidekiq',
      '-c',
      String(concurrency),
      ...queues.flatMap((queue) => ['-q', queue]),
    ],
    queues,
    replicas: 1,
    concurrency,
    workers: 1,
    memoryMb,
    ports: [],
    // Relative to the image's working directory, where Rails' tmp/ lies.
    health: `test -f tmp/${readyFile}`,
    pool: concurrency,
    environment: { DB_POOL: String(concurrency), MASTODON_SIDEKIQ_READY_FILENAME: readyFile },
  };
}

const http = (port: number, path: string) =>
  `curl -sf --noproxy localhost --max-time 5 http://localhost:${port}${path} | grep -q OK`;

const paths = {
  health: '/health',
  streaming: '/api/v1/streaming',
  streamingHealth: '/api/v1/streaming/health',
};

/** Threads per Puma worker; two workers in each of two containers. */
const webThreads = 5;
const webWorkers = 2;
const streamingPool = 10;

const web: AppProcess = {
  name: 'web',
  image: 'web',
  command: ['bundle', 'exec', 'puma', '-C', 'config/puma.rb'],
  queues: [],
  // Two, so that one restarts while the other serves.
  replicas: 2,
  concurrency: webThreads,
  workers: webWorkers,
  memoryMb: 1024,
  ports: [3000, 3001],
  health: http(3000, paths.health),
  pool: webWorkers * webThreads,
  environment: { WEB_CONCURRENCY: String(webWorkers) },
};

const streaming: AppProcess = {
  name: 'streaming',
  image: 'streaming',
  command: ['node', './streaming/index.js'],
  queues: [],
  replicas: 1,
  concurrency: streamingPool,
  workers: 1,
  memoryMb: 256,
  ports: [4000],
  health: http(4000, paths.streamingHealth),
  pool: streamingPool,
  environment: {},
};

function queues(version: Version): string[] {
  const all = ['default', 'push', 'ingress', 'mailers', 'pull', 'scheduler'];
  return since(version, 4, 4) ? [...all, 'fasp'] : all;
}

function processes(version: Version): AppProcess[] {
  const mixed = queues(version).filter((queue) => ['ingress', 'mailers', 'fasp'].includes(queue));
  return [
    web,
    streaming,
    sidekiq('sidekiq-default-q', { queues: ['default'], concurrency: 10, memoryMb: 768 }),
    sidekiq('sidekiq-push-q', { queues: ['push'], concurrency: 10, memoryMb: 512 }),
    sidekiq('sidekiq-pull-q', { queues: ['pull'], concurrency: 10, memoryMb: 512 }),
    sidekiq('sidekiq', { queues: mixed, concurrency: 10, memoryMb: 768 }),
    // More than one process on this queue runs every scheduled job more than once.
    sidekiq('sidekiq-scheduler', { queues: ['scheduler'], concurrency: 5, memoryMb: 512 }),
  ];
}

const verify: AppVerification = {
  // https://guides.rubyonrails.org/command_line.html: `-` reads the program from stdin.
  command: ['bin/rails', 'runner', '-'],
  program: 'mastodon.rb',
  questions: ['encrypted-column', 'key-pair', 'admin', 'insert'],
  schema: 'db/schema.rb',
  // Ids grow with time; a whole table would be read for the same answer. `created_at` may be what another server claims.
  newestRow: [
    'SELECT max(updated_at) FROM (SELECT updated_at FROM statuses ORDER BY id DESC LIMIT 1000) newest',
    'SELECT max(updated_at) FROM (SELECT updated_at FROM media_attachments ORDER BY id DESC LIMIT 1000) newest',
    'SELECT max(updated_at) FROM (SELECT updated_at FROM session_activations ORDER BY id DESC LIMIT 1000) newest',
    'SELECT max(updated_at) FROM users',
  ],
};

/** https://docs.joinmastodon.org/admin/ and the official images (ghcr.io/mastodon/mastodon, …-streaming). */
export const mastodon: App = {
  name: 'mastodon',
  // Release candidates as well; what follows a plus is a fork's.
  versions: { pattern: /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/, example: '4.5.20' },
  officialImages: ({ text }) => ({
    web: `ghcr.io/mastodon/mastodon:v${text}`,
    streaming: `ghcr.io/mastodon/mastodon-streaming:v${text}`,
  }),
  oldest: [4, 4],
  uid: 991,
  home: '/opt/mastodon',
  publicDirectory: '/opt/mastodon/public',
  processes,
  queues,
  environment: mastodonEnvironment,
  secretEnvironment: mastodonSecretEnvironment,
  secrets: {
    secretKeyBase: 'SECRET_KEY_BASE',
    vapidPrivateKey: 'VAPID_PRIVATE_KEY',
    vapidPublicKey: 'VAPID_PUBLIC_KEY',
    activeRecordPrimaryKey: 'ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY',
    activeRecordDeterministicKey: 'ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY',
    activeRecordKeyDerivationSalt: 'ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT',
    databasePassword: 'DB_PASS',
    redisPassword: 'REDIS_PASSWORD',
    smtpPassword: 'SMTP_PASSWORD',
  },
  migrations: ['db/migrate', 'db/post_migrate'],
  prepare: ['bundle', 'exec', 'rails', 'db:prepare'],
  migrate: {
    before: {
      command: ['bundle', 'exec', 'rails', 'db:migrate'],
      environment: { SKIP_POST_DEPLOYMENT_MIGRATIONS: 'true' },
    },
    after: { command: ['bundle', 'exec', 'rails', 'db:migrate'], environment: {} },
  },
  verify,
  media: mastodonMedia,
  paths,
};
