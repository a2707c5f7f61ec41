import { z } from 'zod';
import { spacesRegions } from '../storage/spaces-regions.ts';
import { bucketName, domainName, imageReference, oneOf, ownImageReference, text } from './fields.ts';
import { mailRecords } from './mail-records.ts';

const image = (what: string) =>
  imageReference.meta({
    description: `image of ${what}, with its digest`,
    missing: 'run `coop init`, and `coop images` for what nobody publishes: they write it',
  });

export const images = z.strictObject({
  web: image('the app (web and Sidekiq)'),
  streaming: image('the streaming server'),
  postgres: ownImageReference.default('build').meta({
    description:
      'image of PostgreSQL with pgBackRest, with its digest; or build: the machine builds it from images/postgres',
  }),
  redis: image('Redis'),
  search: image('Elasticsearch, with search.enabled').optional(),
});

/** https://docs.digitalocean.com/products/spaces/ */
export const storage = z.strictObject({
  provider: z.enum(['spaces']).default('spaces').meta({ description: 'who keeps the buckets' }),
  region: oneOf(spacesRegions, 'region of Spaces')
    .default('fra1')
    .meta({ description: 'region; an edit is ignored on existing buckets and reported' }),
  media: bucketName
    .optional()
    .meta({ description: 'bucket of media (default: the domain with dashes, -media); never renamed' }),
  backups: bucketName
    .optional()
    .meta({ description: 'bucket of backups (default: the domain with dashes, -backups); never renamed' }),
});

const NAMES = 'who serves the names: cloudflare or none';
const MAIL = 'mail records of the domain: mx, spf, dkim, dmarc (default none)';

/** https://developers.cloudflare.com/dns/manage-dns-records/ */
export const dns = z.discriminatedUnion('provider', [
  z.strictObject({
    provider: z.literal('cloudflare').meta({ description: NAMES }),
    zone: domainName.meta({ description: 'zone the names are in' }),
    zoneId: text(
      (value) => /^[0-9a-f]{32}$/.test(value),
      'is not the ID of a zone',
      "copy it from the zone's overview page at Cloudflare: 32 hexadecimal digits",
    ).meta({ description: "the zone's ID at Cloudflare" }),
    mail: mailRecords.optional().meta({ description: MAIL }),
  }),
  z.strictObject({
    provider: z.literal('none').meta({ description: NAMES }),
    mail: mailRecords.optional().meta({ description: MAIL }),
  }),
]);

/** https://pgbackrest.org/configuration.html#section-repository */
export const repo2 = z.strictObject({
  endpoint: domainName.meta({ description: 'host of the S3 endpoint, on port 443' }),
  region: text(
    (value) => /^[A-Za-z0-9-]{1,63}$/.test(value),
    'is not a region',
    'write it as the endpoint wants it, like us-east-1',
  ).meta({ description: 'its region' }),
  bucket: bucketName.meta({ description: 'bucket, which is there already' }),
});

const override = z.strictObject({
  replicas: z.int().min(0).max(64).optional().meta({ description: 'containers of the process' }),
  concurrency: z
    .int()
    .min(1)
    .max(256)
    .optional()
    .meta({ description: 'threads in each (each holds a database connection)' }),
  memoryMb: z
    .int()
    .min(64)
    .max(262_144)
    .optional()
    .meta({ description: 'memory limit of each, in megabytes' }),
});

export const processes = z.record(z.string(), override);

export const database = z.strictObject({
  maxConnections: z
    .int()
    .min(20)
    .max(2000)
    .default(200)
    .meta({ description: 'max_connections of PostgreSQL' }),
  sharedBuffersMb: z
    .int()
    .min(64)
    .max(65_536)
    .default(256)
    .meta({ description: 'shared_buffers, in megabytes' }),
});

export const mediaCache = z.strictObject({
  hours: z.int().min(1).max(8760).default(48).meta({ description: 'hours nginx keeps a media file' }),
  gigabytes: z.int().min(1).max(1000).default(5).meta({ description: 'disk the cache may take' }),
});
