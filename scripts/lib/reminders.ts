import type { Journal } from './rotation-journal.ts';

/** Days before a stack's last day from which it is mentioned. */
const NOTICE = 7;
const DAY = 86_400_000;

/** One line about a stack that is to go soon, or should be gone; undefined when there is nothing to say. */
export function expiryReminder(
  stack: string,
  config: Record<string, unknown>,
  now = new Date(),
): string | undefined {
  const { expires } = config;
  if (typeof expires !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(expires)) return undefined;
  const today = Date.parse(now.toISOString().slice(0, 10));
  const days = Math.round((Date.parse(expires) - today) / DAY);
  if (!(days <= NOTICE)) return undefined;
  const when = days < 0 ? `expired on ${expires}` : `expires on ${expires}`;
  return `${stack} ${when} and costs until it is gone — take it down: coop destroy ${stack}; or keep it: pulumi config set --stack ${stack} expires YYYY-MM-DD`;
}

/** One line about a rotation that was begun and not finished: what it concerns may refuse to work until it is. */
export function rotationReminder(stack: string, journal: Journal | undefined): string | undefined {
  return journal
    ? `a rotation of ${journal.secret} of ${stack} is not finished — go on with it: coop rotate ${journal.secret} ${stack}`
    : undefined;
}
