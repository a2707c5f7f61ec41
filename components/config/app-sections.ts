import { z } from 'zod';
import { domainName, httpsUrl, isMailAddress, mailAddress, plain, text } from './fields.ts';

/** https://docs.joinmastodon.org/admin/config/#smtp */
export const mail = z.strictObject({
  host: domainName.meta({ description: 'mail relay' }),
  port: z.int().min(1).max(65535).default(587).meta({ description: 'its port' }),
  user: plain
    .min(1)
    .max(256)
    .optional()
    .meta({ description: 'user at the relay, with secrets.smtpPassword' }),
  encryption: z.enum(['tls', 'starttls', 'opportunistic']).optional().meta({
    description:
      'tls: from the first byte; starttls: refused without it; opportunistic: when the relay offers it (default: by port, 465 tls, 25 opportunistic, others starttls)',
  }),
  auth: z
    .enum(['plain', 'login', 'cram_md5'])
    .optional()
    .meta({ description: 'how mail.user proves itself (default: plain)' }),
  from: text(
    (value) => isMailAddress(/^[^<>'"\n\r]* <([^<>]+)>$/.exec(value)?.[1] ?? value),
    'is not a sender',
    'write notifications@social.coop or Social.coop <notifications@social.coop>',
  ).meta({ description: 'sender of all mail' }),
  replyTo: mailAddress.optional().meta({ description: 'where answers go (default: to the sender)' }),
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
    'copies of pictures of profiles elsewhere are kept that neither follow nor are followed by anybody here',
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

const TRANSLATOR = 'who translates posts: deepl or libretranslate';

/** https://docs.joinmastodon.org/admin/config/#other */
export const translation = z.discriminatedUnion('provider', [
  z.strictObject({
    provider: z.literal('deepl').meta({ description: TRANSLATOR }),
    plan: z
      .enum(['free', 'pro'])
      .default('free')
      .meta({ description: 'plan of the key in secrets.translationKey at DeepL' }),
  }),
  z.strictObject({
    provider: z.literal('libretranslate').meta({ description: TRANSLATOR }),
    endpoint: httpsUrl.meta({ description: 'address of the LibreTranslate server, without /translate' }),
  }),
]);

/** https://docs.joinmastodon.org/admin/elasticsearch/ */
export const search = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .meta({ description: 'runs Elasticsearch for full-text search; needs images.search' }),
  memoryMb: z
    .int()
    .min(1024)
    .max(65_536)
    .default(2048)
    .meta({ description: 'its memory limit, in megabytes; half of it is the heap of its Java' }),
});
