import { z } from 'zod';
import { text } from './fields.ts';

const isStackName = (value: string) => /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/.test(value);

const isTime = (value: string) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(value) && !Number.isNaN(Date.parse(value));

/** https://pgbackrest.org/command.html#command-restore */
export const restore = z.strictObject({
  from: text(
    isStackName,
    'is not the name of a stack',
    'write it as `pulumi stack ls` shows it, like prod',
  ).meta({
    description: 'stack whose backups are restored, in the same project and state',
  }),
  at: text(isTime, 'is not a time in UTC', "write it in quotes, like '2026-11-23T04:15:00Z'")
    .optional()
    .meta({
      description: 'moment the database is brought back to, in UTC (default: the last one that was archived)',
    }),
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
