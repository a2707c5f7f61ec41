import { memoryNeeded } from '../apps/check.ts';
import { apps } from '../apps/index.ts';
import { copiedFrom } from '../restore/copied-from.ts';
import { sshUsers } from './access.ts';
import { addressOf } from './alerts.ts';
import { appContainers } from './compose-app.ts';
import { fenceEndpoints } from './fence.ts';
import { imagesOf } from './images.ts';
import { networks } from './networks.ts';
import { stanza } from './postgres.ts';
import type { HostFacts } from './types.ts';

/** Values that templates and the machine's own programs need, without secrets: lands as /etc/social.coop/stack.env. */
export function stackEnvironment(facts: HostFacts): Record<string, string> {
  const { config, machine, media, mediaSource, backups } = facts;
  const app = apps[config.app];
  const containers = appContainers(facts);
  const names = (wanted: (name: string) => boolean) =>
    containers
      .filter(({ process }) => wanted(process.name))
      .map(({ service }) => service)
      .join(' ');
  const { bridge, out, out6, internal, database } = networks(config);
  return {
    STACK: facts.stack,
    MACHINE: machine.name,
    ROLE: machine.role,
    RECOVER_TO: config.recover?.to ?? '',
    RESTORE_FROM: config.restore ? copiedFrom(config.restore) : '',
    RESTORE_DUMP: config.restore?.dump ? '1' : '',
    RESTORE_SECRETS: !config.restore?.dump || config.restore.dump.secrets ? '1' : '',
    RESTORE_AT: config.restore?.at ?? '',
    RESTORE_BACKUP: config.restore?.backup ?? config.recover?.backup ?? '',
    RESTORE_MEDIA: config.restore?.media ?? '',
    RESTORE_HOURS: config.restore ? String(config.restore.hours) : '',
    FENCED: config.restore?.fenced ? '1' : '',
    FENCE_ENDPOINTS: fenceEndpoints(facts).join(' '),
    ADDRESS: machine.address,
    MEMORY_MB: String(memoryNeeded(config)),
    DOMAIN: config.domain,
    CONTACT: config.contact,
    ALERT_MAIL: config.alerts.mail ?? '',
    ALERT_FROM: addressOf(config.mail.from),
    ALERT_AGAIN_HOURS: String(config.alerts.againHours),
    FEDERATION: config.federation,
    APP: app.name,
    APP_VERSION: config.appVersion,
    APP_HOME: app.home,
    PUBLIC_DIRECTORY: app.publicDirectory,
    HEALTH_PATH: app.paths.health,
    STREAMING_PATH: app.paths.streaming,
    STREAMING_HEALTH_PATH: app.paths.streamingHealth,
    MIGRATIONS: app.migrations.join(' '),
    PREPARE_COMMAND: app.prepare.join(' '),
    MIGRATE_BEFORE: [
      ...Object.entries(app.migrate.before.environment).map(([name, value]) => `${name}=${value}`),
      ...app.migrate.before.command,
    ].join(' '),
    MIGRATE_AFTER: app.migrate.after.command.join(' '),
    VERIFY_COMMAND: app.verify.command.join(' '),
    VERIFY_PROGRAM: app.verify.program,
    VERIFY_QUESTIONS: app.verify.questions.join(' '),
    VERIFY_SCHEMA: app.verify.schema,
    VERIFY_NEWEST_ROW: app.verify.newestRow.map((query) => `(${query})`).join(', '),
    WEB_SERVICES: names((name) => name === 'web'),
    OTHER_SERVICES: `${names((name) => name !== 'web')}${config.search.enabled ? ' es' : ''}`,
    WEB_PORTS: containers
      .filter(({ process }) => process.name === 'web')
      .map(({ port }) => port)
      .join(' '),
    STREAMING_PORT: String(containers.find(({ process }) => process.name === 'streaming')?.port ?? ''),
    QUEUES: containers
      .flatMap(({ process }) => process.queues)
      .filter((queue, index, all) => all.indexOf(queue) === index)
      .join(' '),
    IMAGE_WEB: config.images.web,
    IMAGE_STREAMING: config.images.streaming,
    IMAGE_POSTGRES: imagesOf(config).postgres,
    IMAGE_REDIS: config.images.redis,
    IMAGE_SEARCH: config.images.search ?? '',
    ACME_DIRECTORY: config.acmeDirectory,
    MEDIA_BUCKET: media.bucket,
    MEDIA_ENDPOINT: media.endpoint,
    MEDIA_SOURCE_BUCKET: mediaSource?.bucket ?? '',
    // nginx reads media through loopback; on a copy the app itself, through the bridge.
    MEDIA_LISTEN: config.restore ? `${internal.gateway}:443` : '127.0.0.1:9443',
    BACKUPS_BUCKET: backups.bucket,
    BACKUPS_ENDPOINT: backups.endpoint,
    REPO2_BUCKET: config.repo2?.bucket ?? '',
    REPO2_ENDPOINT: config.repo2?.endpoint ?? '',
    STANZA: stanza,
    REGISTRATIONS: config.registrations ?? '',
    RPO: String(config.rpo),
    BACKUP_DAYS: String(config.backupDays),
    // Room for the form around the file.
    BODY_LIMIT_MB: String(config.uploadMb + 1),
    CACHE_HOURS: String(config.mediaCache.hours),
    CACHE_GIGABYTES: String(config.mediaCache.gigabytes),
    RETENTION_MEDIA_DAYS: String(config.retention.mediaDays),
    RETENTION_PROFILE_DAYS: String(config.retention.profileDays),
    RETENTION_PREVIEW_CARD_DAYS: String(config.retention.previewCardDays),
    RETENTION_STATUS_DAYS: String(config.retention.statusDays),
    LOG_DAYS: String(config.logDays),
    BRIDGE_ADDRESS: `${bridge.gateway}/24`,
    CONTAINER_RANGE: config.containerRange,
    CONTAINER_RANGE6: config.containerRange6,
    OUT_SUBNET: out.subnet,
    OUT_SUBNET6: out6.subnet,
    INTERNAL_SUBNET: internal.subnet,
    INTERNAL_GATEWAY: internal.gateway,
    DATABASE_ADDRESS: database,
    ADMINS: Object.keys(config.admins).sort().join(' '),
    SSH_USERS: sshUsers(facts).join(' '),
  };
}
