import { backingMemory } from '../apps/check.ts';
import { type ComposeService, common, networkNames } from './compose-common.ts';
import { digestOf } from './digest.ts';
import { networks } from './networks.ts';
import { onHost, users } from './paths.ts';
import { configName } from './pgbackrest.ts';
import { redisConfig } from './redis.ts';
import type { HostFacts } from './types.ts';

const bundle = `${onHost.bundle}:${onHost.bundle}:ro`;

/** The database has no way out: its backups go through a socket of the host on the internal bridge. */
export function databaseService(facts: HostFacts, image: string): ComposeService {
  const { config } = facts;
  return {
    ...common(image, backingMemory(config.database).db, config.caCertificates),
    user: `${users.postgres}:${users.postgres}`,
    command: ['serve'],
    networks: { [networkNames.internal]: { ipv4_address: networks(config).database } },
    extra_hosts: repositories(facts).map((endpoint) => `${endpoint}:${networks(config).internal.gateway}`),
    environment: { PGBACKREST_CONFIG: `${onHost.postgres}/${configName(config)}` },
    volumes: [
      `${onHost.data}/postgres:/var/lib/postgresql`,
      `${onHost.data}/pgbackrest-spool:/var/spool/pgbackrest`,
      `${onHost.postgres}:${onHost.postgres}:ro`,
      bundle,
    ],
    tmpfs: ['/tmp', '/run/postgresql:uid=5432,gid=5432,mode=0755'],
    read_only: true,
    // The app's images bring an init of their own.
    init: true,
    shm_size: '256m',
    stop_grace_period: '2m',
    healthcheck: {
      test: ['CMD', 'pg_isready', '-q', '-U', 'postgres'],
      interval: '10s',
      timeout: '5s',
      retries: 3,
      start_period: '10m',
      start_interval: '500ms',
    },
  };
}

/** Endpoints of the backup repositories, each once. */
function repositories({ config, backups }: HostFacts): string[] {
  return [...new Set([backups.endpoint, ...(config.repo2 ? [config.repo2.endpoint] : [])])];
}

export function redisService(facts: HostFacts): ComposeService {
  const { config } = facts;
  const service = common(config.images.redis, backingMemory(config.database).redis, config.caCertificates);
  return {
    ...service,
    // A new password reaches Redis while it runs.
    labels: { 'coop.files': digestOf(redisConfig(facts).replace(/^requirepass .*$/m, '')) },
    user: `${users.redis}:${users.redis}`,
    entrypoint: ['redis-server'],
    command: ['/etc/redis/redis.conf'],
    networks: [networkNames.internal],
    volumes: [`${onHost.redis}:/etc/redis:ro`, `${onHost.data}/redis:/data`],
    read_only: true,
    init: true,
    stop_grace_period: '1m',
    healthcheck: {
      // The password goes through the environment of this one process: neither argv nor the container's configuration.
      test: [
        'CMD-SHELL',
        `REDISCLI_AUTH=$$(sed -n 's/^requirepass "\\(.*\\)"$$/\\1/p' /etc/redis/redis.conf) redis-cli ping | grep -q PONG`,
      ],
      interval: '10s',
      timeout: '5s',
      retries: 3,
      start_period: '5m',
      start_interval: '500ms',
    },
  };
}

/**
 * Elasticsearch as Mastodon's own docker-compose.yml runs it, with half of its memory as heap:
 * https://www.elastic.co/guide/en/elasticsearch/reference/7.17/docker.html. Its indices can be built anew from the
 * database, so nothing of it is backed up.
 */
export function searchService({ config }: HostFacts): ComposeService {
  const { memoryMb } = config.search;
  const heap = `${Math.floor(memoryMb / 2)}m`;
  return {
    ...common(config.images.search ?? '', memoryMb, config.caCertificates),
    profiles: ['search'],
    user: '1000:0',
    networks: [networkNames.internal],
    environment: {
      ES_JAVA_OPTS: `-Xms${heap} -Xmx${heap} -Des.enforce.bootstrap.checks=true`,
      'cluster.name': 'es-mastodon',
      'discovery.type': 'single-node',
      'thread_pool.write.queue_size': '1000',
      'xpack.license.self_generated.type': 'basic',
      // Nobody but the app and the database is on its network, and it is published nowhere.
      'xpack.security.enabled': 'false',
      'xpack.watcher.enabled': 'false',
      'xpack.graph.enabled': 'false',
      'xpack.ml.enabled': 'false',
      // It has no way out.
      'ingest.geoip.downloader.enabled': 'false',
    },
    volumes: ['search:/usr/share/elasticsearch/data'],
    // No lock on memory: the limit in common() leaves no swap to go to.
    ulimits: { nofile: { soft: 65_536, hard: 65_536 } },
    // It starts many threads.
    pids_limit: 4096,
    stop_grace_period: '1m',
    healthcheck: {
      test: [
        'CMD-SHELL',
        'curl --silent --fail --max-time 4 http://localhost:9200/_cluster/health >/dev/null',
      ],
      interval: '15s',
      timeout: '5s',
      retries: 3,
      start_period: '5m',
      start_interval: '2s',
    },
  };
}
