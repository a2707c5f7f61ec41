import { z } from 'zod';
import { spacesRegions } from '../storage/spaces-regions.ts';
import { bucketName, domainName, imageReference, isMailAddress, oneOf, plain, text } from './fields.ts';

const image = (what: string) =>
  imageReference.meta({
    description: `image of ${what}, with its digest`,
    missing: 'run `coop init`, and `coop images` for what nobody publishes: they write it',
  });

export const images = z.strictObject({
  web: image('the app (web and Sidekiq)'),
  streaming: image('the streaming server'),
  postgres: image('PostgreSQL with pgBackRest'),
  redis: image('Redis'),
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

/** https://developers.cloudflare.com/dns/manage-dns-records/ */
export const dns = z.discriminatedUnion('provider', [
  z.strictObject({
    provider: z.literal('cloudflare').meta({ description: 'who serves the names: cloudflare or none' }),
    zone: domainName.meta({ description: 'zone the names are in' }),
    zoneId: text(
      (value) => /^[0-9a-f]{32}$/.test(value),
      'is not the ID of a zone',
      "copy it from the zone's overview page at Cloudflare: 32 hexadecimal digits",
    ).meta({ description: "the zone's ID at Cloudflare" }),
  }),
  z.strictObject({ provider: z.literal('none') }),
]);

export const mail = z.strictObject({
  host: domainName.meta({ description: 'mail relay' }),
  port: z
    .int()
    .min(1)
    .max(65535)
    .default(587)
    .meta({ description: 'its port (TLS on 465, STARTTLS elsewhere)' }),
  user: plain
    .min(1)
    .max(256)
    .optional()
    .meta({ description: 'user at the relay, with secrets.smtpPassword' }),
  from: text(
    (value) => isMailAddress(/^[^<>'"\n\r]* <([^<>]+)>$/.exec(value)?.[1] ?? value),
    'is not a sender',
    'write notifications@social.coop or Social.coop <notifications@social.coop>',
  ).meta({ description: 'sender of all mail' }),
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

/** Days after which what other servers can give again is removed; 0 keeps it. https://docs.joinmastodon.org/admin/tootctl/ */
const days = (what: string) =>
  z
    .int()
    .min(0)
    .max(3650)
    .meta({ description: `days ${what} (0: for ever)` });

export const retention = z.strictObject({
  mediaDays: days(
    'copies of attachments from other servers are kept; fetched again when somebody looks',
  ).default(7),
  profileDays: days(
    'copies of pictures of profiles on other servers that nobody here follows are kept',
  ).default(0),
  previewCardDays: z
    .int()
    .max(3650)
    .refine((value) => value === 0 || value >= 14, {
      error: 'removes cards too soon',
      params: {
        remedy: 'at least 14, because Mastodon fetches a card again only two weeks later; 0 for never',
      },
    })
    .default(180)
    .meta({ description: 'days pictures of link previews are kept (0: for ever, otherwise at least 14)' }),
  statusDays: days('posts of other servers that nobody here has anything to do with are kept').default(0),
});
