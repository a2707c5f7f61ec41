import { checkVapidPair } from '../crypto/vapid.ts';
import { readS3, type S3Env } from './env-s3.ts';
import { readSmtp, type SmtpEnv } from './env-smtp.ts';
import { Problem } from './problem.ts';
import { parseVersion, type Version } from './version.ts';

export interface Env {
  version: Version;
  localDomain: string;
  webDomain: string;
  alternateDomains: string[];
  secretKeyBase: string;
  vapid: { publicKey: string; privateKey: string };
  encryption: { primaryKey: string; deterministicKey: string; salt: string };
  db: {
    host: string;
    port: number;
    name: string;
    user: string;
    password: string;
    pool?: number;
    ssl: boolean;
  };
  redis: { host: string; port: number; password?: string; db: number };
  s3?: S3Env;
  smtp?: SmtpEnv;
  web: { port: number; bind: string; threads: number; workers: number };
  streaming: { port: number; bind: string };
  trustedProxies: string[];
  readyFile?: string;
  maxSessions: number;
  maxCharacters: number;
  singleUser: boolean;
  /** How many times faster than the real one timers, retries and grace periods run; for tests. */
  speed: number;
  /** Fault baked into the image on purpose: `boot`, `health`, `migrate` or `post-migrate`. */
  fault?: string;
}

type Source = Record<string, string | undefined>;

const REQUIRED = [
  'LOCAL_DOMAIN',
  'SECRET_KEY_BASE',
  'VAPID_PRIVATE_KEY',
  'VAPID_PUBLIC_KEY',
  'ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY',
  'ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY',
  'ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT',
  'DB_HOST',
  'REDIS_HOST',
];
const S3_REQUIRED = ['S3_BUCKET', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];

/** Reads the environment Mastodon reads; throws one Problem that names everything missing or unusable. */
export function readEnv(source: Source): Env {
  const wrong: string[] = [];
  const text = (name: string): string => source[name] ?? '';
  const number = (name: string, fallback: number): number => {
    const raw = source[name];
    if (raw === undefined || raw === '') return fallback;
    const value = Number(raw);
    if (!Number.isFinite(value) || value < 0) wrong.push(`${name} must be a number, not '${raw}'`);
    return value;
  };
  for (const name of [...REQUIRED, ...(source.S3_ENABLED === 'true' ? S3_REQUIRED : [])])
    if (!source[name]) wrong.push(`${name} is missing`);
  if (source.REDIS_NAMESPACE) wrong.push('REDIS_NAMESPACE is no longer supported since 4.4');
  if (source.RAILS_ENV && source.RAILS_ENV !== 'production')
    wrong.push(`RAILS_ENV must be production, not '${source.RAILS_ENV}'`);
  if (source.SECRET_KEY_BASE && source.SECRET_KEY_BASE.length < 30)
    wrong.push('SECRET_KEY_BASE is shorter than 30 characters');
  if (source.VAPID_PRIVATE_KEY && source.VAPID_PUBLIC_KEY) {
    const reason = checkVapidPair(source.VAPID_PUBLIC_KEY, source.VAPID_PRIVATE_KEY);
    if (reason) wrong.push(`VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY: ${reason}`);
  }
  const env: Env = {
    version: parseVersion(source.MASTODON_STANDIN_VERSION || '4.5.20'),
    localDomain: text('LOCAL_DOMAIN').toLowerCase(),
    webDomain: (source.WEB_DOMAIN || text('LOCAL_DOMAIN')).toLowerCase(),
    alternateDomains: list(source.ALTERNATE_DOMAINS),
    secretKeyBase: text('SECRET_KEY_BASE'),
    vapid: { publicKey: text('VAPID_PUBLIC_KEY'), privateKey: text('VAPID_PRIVATE_KEY') },
    encryption: {
      primaryKey: text('ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY'),
      deterministicKey: text('ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY'),
      salt: text('ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT'),
    },
    db: {
      host: text('DB_HOST'),
      port: number('DB_PORT', 5432),
      name: source.DB_NAME || 'mastodon_production',
      user: source.DB_USER || 'mastodon',
      password: text('DB_PASS'),
      pool: source.DB_POOL ? number('DB_POOL', 5) : undefined,
      ssl: ['require', 'verify-ca', 'verify-full'].includes(text('DB_SSLMODE')),
    },
    redis: {
      host: text('REDIS_HOST'),
      port: number('REDIS_PORT', 6379),
      password: source.REDIS_PASSWORD || undefined,
      db: number('REDIS_DB', 0),
    },
    s3: source.S3_ENABLED === 'true' ? readS3(source) : undefined,
    smtp: source.SMTP_SERVER ? readSmtp(source) : undefined,
    web: {
      port: number('PORT', 3000),
      bind: source.BIND || '0.0.0.0',
      threads: number('MAX_THREADS', 5),
      workers: number('WEB_CONCURRENCY', 2),
    },
    streaming: { port: number('PORT', 4000), bind: source.BIND || '0.0.0.0' },
    trustedProxies: list(source.TRUSTED_PROXY_IP),
    readyFile: readyFile(source.MASTODON_SIDEKIQ_READY_FILENAME),
    maxSessions: number('MAX_SESSION_ACTIVATIONS', 10),
    maxCharacters: number('MAX_TOOT_CHARS', 500),
    singleUser: source.SINGLE_USER_MODE === 'true',
    speed: number('MASTODON_STANDIN_SPEED', 1) || 1,
    fault: source.MASTODON_STANDIN_FAULT || undefined,
  };
  if (wrong.length > 0)
    throw new Problem(`${wrong.join('; ')} — environment — set them in .env.production and start again`);
  return env;
}

const list = (raw: string | undefined): string[] =>
  (raw ?? '')
    .split(/[,\s]+/)
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** Mastodon takes a bare file name, and puts it into tmp/ of its own directory. */
function readyFile(name: string | undefined): string | undefined {
  if (!name) return undefined;
  return name.includes('/') ? name : `tmp/${name}`;
}
