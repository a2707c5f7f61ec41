import { z } from 'zod';
import { domainName, text } from './fields.ts';
import { backup, isTime } from './restore-point.ts';

const isStackName = (value: string) => /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/.test(value);

const hasControl = (value: string) => [...value].some((each) => each < ' ' || each === '\x7f');

const dump = z.strictObject({
  endpoint: domainName.meta({ description: 'host of the S3 endpoint the dumps are at, on port 443' }),
  region: text(
    (value) => /^[A-Za-z0-9-]{1,63}$/.test(value),
    'is not a region',
    'write it as the endpoint wants it, like us-east-1',
  ).meta({ description: 'its region' }),
  bucket: text(
    (value) => /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(value),
    'is not a bucket name',
    'write it as its provider shows it',
  ).meta({ description: 'bucket of the dumps; it is only read' }),
  keys: z
    .array(
      text(
        (value) => value !== '' && !hasControl(value),
        'is not the key of an object',
        'write it as the bucket lists it; a directory ends with /',
      ),
    )
    .min(1)
    .meta({
      description: 'dumps to try, the best first: the first whole one is restored; a directory ends with /',
    }),
  secrets: z.boolean().default(false).meta({
    description: "whether `secrets` holds the old server's own: only then what it encrypted can be read",
  }),
});

/** https://pgbackrest.org/command.html#command-restore */
export const restore = z.strictObject({
  from: text(isStackName, 'is not the name of a stack', 'write it as `pulumi stack ls` shows it, like prod')
    .optional()
    .meta({
      description: 'stack whose backups are restored, in the same project and state',
    }),
  dump: dump.optional().meta({
    description:
      'instead of a stack: plain dumps of pg_dump or pg_dumpall in a bucket; `coop rehearse --from-dump` writes it',
  }),
  at: text(isTime, 'is not a time in UTC', "write it in quotes, like '2026-11-23T04:15:00Z'")
    .optional()
    .meta({
      description: 'moment the database is brought back to, in UTC (default: the last one that was archived)',
    }),
  backup,
  media: z.enum(['read-only', 'empty', 'copy']).default('read-only').meta({
    description:
      "read-only: the source's media bucket by a key that cannot write; copy: a bucket of its own, filled from the source's; empty: no media at all",
  }),
  fenced: z.literal(true).default(true).meta({
    description: 'the copy reaches its backups and nothing else, and only the ranges of sshFrom reach it',
  }),
  hours: z
    .int()
    .min(1)
    .max(168)
    .default(6)
    .meta({ description: 'hours after which the machine switches itself off' }),
});
