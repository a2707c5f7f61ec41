import { expect, test } from 'vitest';
import { policyOf } from '../../../lab/services/s3-policy.ts';

const actions = (permission: 'read' | 'readwrite' | 'fullaccess') =>
  policyOf('b', [{ accessKey: 'k', permission }]).Statement.flatMap(({ Action }) => Action);

test('a reading key may change nothing', () => {
  expect(actions('read').filter((action) => !/^s3:(Get|List)/.test(action))).toEqual([]);
});

test('a writing key may neither delete the bucket nor change who reaches it', () => {
  expect(actions('readwrite')).toContain('s3:PutObject');
  expect(
    actions('readwrite').filter((action) => /Policy|BucketAcl|DeleteBucket|Versioning$/.test(action)),
  ).toEqual(['s3:GetBucketVersioning']);
});

test('each key is named in its own statements, and nobody else is', () => {
  const { Statement } = policyOf('b', [
    { accessKey: 'one', permission: 'read' },
    { accessKey: 'two', permission: 'fullaccess' },
  ]);
  expect(Statement.map(({ Principal }) => Principal.AWS)).toEqual([['one'], ['one'], ['two'], ['two']]);
  expect(JSON.stringify(Statement)).not.toContain('"*"');
});
