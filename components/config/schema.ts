import { z } from 'zod';
import { type AppName, apps, parseVersion } from '../apps/index.ts';
import { alerts } from './alerts.ts';
import { mail, retention, search, translation } from './app-sections.ts';
import { databaseClients } from './database-clients.ts';
import * as field from './fields.ts';
import { machine } from './machines.ts';
import { recover } from './recover.ts';
import { recovery } from './recovery.ts';
import { restore } from './restore.ts';
import { secrets } from './secrets.ts';
import { database, dns, images, mediaCache, processes, repo2, storage } from './sections.ts';

const INIT = 'run `coop init` for this stack: it asks for it, or makes it';

/** Every key of a stack file. Pulumi.yaml repeats descriptions and defaults; a test holds the two together. */
export const keys = {
  domain: field.domainName.meta({
    description: 'LOCAL_DOMAIN of the instance; can never change: an edit is refused',
    missing: INIT,
  }),
  contact: field.mailAddress.meta({
    description: 'mail address for the certificate authority, and shown as contact of the instance',
    missing: INIT,
  }),
  app: z
    .enum(Object.keys(apps) as [AppName, ...AppName[]])
    .default('mastodon')
    .meta({ description: `software on top: ${Object.keys(apps).join(', ')}` }),
  appVersion: field
    .text(
      (value) => !value.startsWith('v') && parseVersion(value) !== undefined,
      'is not a version',
      'write three numbers, like 4.5.20, and what a fork adds to them',
    )
    .default('4.5.20')
    .meta({ description: 'its version, as the app itself reports it: 4.5.20, or 4.5.11+hometown-1.2.1' }),
  images: images.meta({
    description: 'container images by digest: web, streaming, redis; postgres may be build',
    missing: INIT,
  }),
  federation: z
    .enum(['open', 'off'])
    .default('off')
    .meta({ description: 'open, or off: no activity leaves or enters, enforced by the network' }),
  primary: machine
    .prefault({ provider: 'digitalocean' })
    .meta({ description: 'the machine that serves: provider, region, size' }),
  secondary: machine.optional().meta({
    description: 'a machine that stands by, laid out and idle: provider, region, size (default none)',
  }),
  storage: storage
    .prefault({})
    .meta({ description: 'object storage: provider, region, names of the buckets' }),
  dns: dns.meta({
    description: 'names: provider cloudflare with zone and zoneId, or provider none',
    missing: 'set dns.provider to cloudflare (with zone and zoneId) or to none',
  }),
  repo2: repo2.optional().meta({
    description:
      'a second repository of the backups at any S3 endpoint: endpoint, region, bucket (default none)',
  }),
  recovery: recovery.optional().meta({
    description:
      'whom the recovery kit in the bucket of backups is encrypted to: recipient, identity; `coop init` makes them',
  }),
  recover: recover.optional().meta({
    description:
      'brings a stack back whose server is lost: restores its database from its buckets, which it takes over where the state is lost too; `coop recover` sets and removes it (default none)',
  }),
  restore: restore.optional().meta({
    description:
      'makes this stack a fenced copy of another, from its backups: from, at, backup, media, fenced, hours; what the copy is comes from there (default none)',
  }),
  sshFrom: z
    .array(field.addressRange)
    .min(1)
    .meta({ description: 'ranges (CIDR) SSH is reachable from; never the whole world', missing: INIT }),
  admins: z
    .record(field.personName, z.array(field.publicKeyLine).min(1))
    .default({})
    .meta({ description: 'people with accounts on the machine: name and list of SSH public keys' }),
  acmeDirectory: field.httpsUrl
    .default('https://acme-v02.api.letsencrypt.org/directory')
    .meta({ description: 'ACME directory certificates come from' }),
  caCertificates: field.certificates
    .default('')
    .meta({ description: 'further certificate authorities (PEM) the machine and the containers trust' }),
  mail: mail.meta({
    description: 'mail relay: host, port, encryption, auth, user, from, replyTo',
    missing: INIT,
  }),
  alerts: alerts.prefault({}).meta({
    description:
      'who is told when something breaks: mail, againHours; a webhook and a dead man’s switch are secrets.alertWebhook and secrets.deadMansSwitch',
  }),
  translation: translation.optional().meta({
    description:
      'translation of posts: provider deepl with plan, or libretranslate with endpoint; its key is secrets.translationKey',
  }),
  registrations: z.enum(['open', 'approved', 'closed']).optional().meta({
    description:
      'who may join: open, approved, closed; set in the app when this value changes, so a later choice in its own settings stays',
  }),
  rpo: z
    .int()
    .min(10)
    .max(3600)
    .default(60)
    .meta({ description: 'seconds after which a WAL segment is archived even when not full (10 to 3600)' }),
  backupDays: z
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .meta({ description: 'days backups and old versions of objects are kept' }),
  processes: processes
    .default({})
    .meta({ description: "overrides of the app's processes by name: replicas, concurrency, memoryMb" }),
  database: database.prefault({}).meta({ description: 'PostgreSQL: maxConnections, sharedBuffersMb' }),
  databaseClients: databaseClients.default({}).meta({
    description:
      'other programs on the machine that use the database, by role: port (on loopback), read, write (tables), connections; its password is secrets.databaseClients.ROLE',
  }),
  search: search.prefault({}).meta({ description: 'full-text search with Elasticsearch: enabled, memoryMb' }),
  uploadMb: z.int().min(1).max(10_240).default(99).meta({ description: 'largest upload, in megabytes' }),
  mediaCache: mediaCache.prefault({}).meta({ description: "nginx's cache of media: hours, gigabytes" }),
  retention: retention.prefault({}).meta({
    description:
      'days the app keeps what came from other servers: mediaDays, profileDays, previewCardDays, statusDays (0: for ever)',
  }),
  logDays: z.int().min(1).max(3650).default(14).meta({ description: 'days the journal is kept' }),
  containerRange: field.addressRange
    .default('198.19.0.0/16')
    .meta({ description: 'range Docker takes its IPv4 networks from' }),
  containerRange6: field.addressRange
    .default('fd00:5c::/48')
    .meta({ description: 'range Docker takes its IPv6 networks from' }),
  environment: z
    .record(z.string(), field.plain)
    .default({})
    .meta({ description: 'further environment variables of the app, by the names this version reads' }),
  protect: z
    .boolean()
    .default(false)
    .meta({ description: 'refuses to delete machine and buckets, and their contents' }),
  expires: field.day
    .optional()
    .meta({ description: 'day (YYYY-MM-DD) after which `coop` offers to take the stack down' }),
  hostPublicKey: field.publicKeyLine.meta({
    description:
      "public half of the machine's SSH host key; an edit is ignored on an existing machine and reported",
    missing: INIT,
  }),
  secondaryHostPublicKey: field.publicKeyLine.optional().meta({
    description: 'the same of the secondary; an edit is ignored on an existing machine and reported',
  }),
  deployPublicKey: field.publicKeyLine.meta({
    description:
      'public half of the key `pulumi up` uses; an edit is ignored on an existing machine and reported',
    missing: INIT,
  }),
  rotated: z
    .strictObject({
      hostPublicKey: field.publicKeyLine.optional().meta({ description: 'host key of the primary' }),
      secondaryHostPublicKey: field.publicKeyLine
        .optional()
        .meta({ description: 'host key of the secondary' }),
      deployPublicKey: field.publicKeyLine.optional().meta({ description: 'key that reaches them' }),
    })
    .prefault({})
    .meta({ description: 'SSH keys of machines that booted with others; written by `coop rotate`' }),
  secrets: secrets.meta({ description: "the stack's secrets, each encrypted by Pulumi", missing: INIT }),
} as const;

export type Key = keyof typeof keys;
export type Parsed = { [K in Key]: z.output<(typeof keys)[K]> };
