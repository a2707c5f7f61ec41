import { z } from 'zod';
import { VisibleError } from '../errors.ts';
import type { Kit } from './kit.ts';

const place = z.object({ bucket: z.string().min(1), region: z.string().min(1), endpoint: z.string().min(1) });

const form = z.object({
  format: z.literal(1),
  stack: z.string().min(1),
  config: z.record(z.string(), z.string()),
  buckets: z.object({ media: place, backups: place }),
  appVersion: z.string(),
  images: z.record(z.string(), z.string()),
  addresses: z.array(z.string()).optional(),
});

/** A kit out of its text; `where` says where it came from. What is in it is never part of a message. */
export function readKit(text: string, where: string): Kit {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new VisibleError(`not a recovery kit — ${where} — an older version of the object may be one`);
  }
  const { format } = (value ?? {}) as { format?: unknown };
  if (typeof format === 'number' && format !== 1)
    throw new VisibleError(
      `a recovery kit of form ${format}, which this program does not know — ${where} — use the checkout that the stack was brought up with, or a later one`,
    );
  const found = form.safeParse(value);
  if (found.success) return found.data as unknown as Kit;
  const paths = found.error.issues.map(({ path }) => path.slice(0, 2).join('.')).join(', ');
  throw new VisibleError(
    `the recovery kit is not whole: ${paths} — ${where} — an older version of the object may be`,
  );
}
