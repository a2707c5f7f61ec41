import { z } from 'zod';
import { text } from './fields.ts';
import { backup, isTime } from './restore-point.ts';

/** https://pgbackrest.org/command.html#command-restore */
export const recover = z.strictObject({
  to: text(
    (value) => value === 'latest' || isTime(value),
    'is neither latest nor a time in UTC',
    'write latest, or a time like 2026-11-23T04:15:00Z',
  ).meta({
    description:
      'moment the database is brought back to: latest (the last that was archived), or a time in UTC',
  }),
  backup,
});
