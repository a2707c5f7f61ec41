import { expect, test } from 'vitest';
import { channelsOf } from '../../../../lab/standin/src/streaming/channels.ts';

const reader = { accountId: '7', scopes: ['read'] };
const none = new URLSearchParams();

test('a member reads their own streams and the public ones', () => {
  expect(channelsOf('user', reader, none)).toEqual(['timeline:7', 'timeline:7:notifications']);
  expect(channelsOf('public', reader, none)).toEqual(['timeline:public']);
  expect(channelsOf('public', reader, new URLSearchParams('local=true'))).toEqual(['timeline:public:local']);
});

test('without the scope, or without an account, there is no private stream', () => {
  expect(channelsOf('user', { accountId: '7', scopes: ['write'] }, none)).toBeUndefined();
  expect(
    channelsOf('user:notification', { accountId: '7', scopes: ['read:statuses'] }, none),
  ).toBeUndefined();
  expect(channelsOf('user', undefined, none)).toBeUndefined();
  expect(channelsOf('nonsense', reader, none)).toBeUndefined();
});
