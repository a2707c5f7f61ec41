import type { HostFacts } from './types.ts';

// Redis reads a double-quoted word with escapes.
const quoted = (value: string) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** https://redis.io/docs/latest/operate/oss_and_stack/management/config/ — queues and feeds live here, so it is a durable store. */
export function redisConfig({ config }: HostFacts): string {
  return [
    'bind 0.0.0.0',
    'port 6379',
    'protected-mode yes',
    `requirepass ${quoted(config.secrets.redisPassword)}`,
    'dir /data',
    'appendonly yes',
    'appendfsync everysec',
    'save 900 1',
    'aof-use-rdb-preamble yes',
    // Losing a queue is worse than refusing to write to it.
    'maxmemory-policy noeviction',
    'logfile ""',
    'daemonize no',
    '',
  ].join('\n');
}
