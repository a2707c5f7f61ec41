import { describe, expect, it } from 'vitest';
import { expiryReminder, rotationReminder } from '../../scripts/lib/reminders.ts';

const on = (day: string) => expiryReminder('alpha', { expires: '2026-12-31' }, new Date(`${day}T23:59:00Z`));

describe('a stack with a last day', () => {
  it.each(['2026-12-24', '2026-12-31'])('is mentioned on %s', (day) => {
    expect(on(day)).toMatch(/^alpha expires on 2026-12-31 .*coop destroy alpha/);
  });

  it('is mentioned when it is over', () => {
    expect(on('2027-01-01')).toMatch(/^alpha expired on 2026-12-31 /);
  });

  it('is not mentioned earlier than a week before, nor when there is no such day', () => {
    expect(on('2026-12-23')).toBeUndefined();
    expect(expiryReminder('prod', {})).toBeUndefined();
    expect(expiryReminder('prod', { expires: 'never' })).toBeUndefined();
  });
});

it('a rotation that was begun is mentioned until it is finished', () => {
  expect(rotationReminder('prod', { secret: 'hostKey', values: {} })).toMatch(/coop rotate hostKey prod$/);
  expect(rotationReminder('prod', undefined)).toBeUndefined();
});
