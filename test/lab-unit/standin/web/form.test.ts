import { expect, test } from 'vitest';
import { Form } from '../../../../lab/standin/src/web/form.ts';

test('JSON reads as the form it stands for', () => {
  const form = new Form();
  form.addJson({
    status: 'hi',
    media_ids: [1, 2],
    sensitive: false,
    nothing: null,
    subscription: { keys: { auth: 'x' } },
  });
  expect(form.get('status')).toBe('hi');
  expect(form.all('media_ids')).toEqual(['1', '2']);
  expect(form.flag('sensitive')).toBe(false);
  expect(form.get('nothing')).toBeUndefined();
  expect(form.get('subscription[keys][auth]')).toBe('x');
});

test('a flag that is absent is neither true nor false', () => {
  const form = new Form();
  form.add('agreement', 'true');
  expect([form.flag('agreement'), form.flag('locked')]).toEqual([true, undefined]);
});
