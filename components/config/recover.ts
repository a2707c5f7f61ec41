import { z } from 'zod';
import { text } from './fields.ts';

/** A moment in UTC, to the microsecond at most. */
export const isTime = (value: string) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(value) && !Number.isNaN(Date.parse(value));

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
});
