import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paths } from '../../lab/paths.ts';
import {
  createBucket,
  createUser,
  deleteBucket,
  deleteUser,
  setGrants,
} from '../../lab/services/s3-admin.ts';
import { withS3 } from '../../lab/services/s3-sdk.ts';
import { reportSchema } from '../../scripts/lib/report/schema.ts';
import { objectsOf } from './buckets.ts';
import { stacks } from './stacks.ts';
import { coopPath, inLab, run } from './support.ts';

// Somebody who has nothing but dumps in a bucket, and a key that may read them.

const source = stacks.find(({ name }) => name === 'staging');
const bucket = { region: 'fra1', name: 'somebodys-own-dumps' };
const key = { accessKey: 'DUMPREADERDUMPREADER', secretKey: randomBytes(20).toString('hex') };
const scratch = mkdtempSync(join(tmpdir(), 'coop-from-dump-'));
afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
  if (!source) return;
  await deleteBucket({ ...bucket, force: true });
  await deleteUser(key.accessKey);
});

const put = (Key: string, Body: Buffer | string) =>
  withS3(bucket.region, (client, { PutObjectCommand }) =>
    client.send(new PutObjectCommand({ Bucket: bucket.name, Key, Body })),
  );

const words = (...more: string[]) => [
  ...inLab(coopPath, 'rehearse', 'staging', '--from-dump', `s3://${bucket.name}/nightly/`),
  ...['--endpoint', `https://${bucket.region}.digitaloceanspaces.com`, '--storage-region', bucket.region],
  ...['--key-file', join(scratch, 'key'), '--out', scratch, '--yes', '--json', ...more],
];

describe.skipIf(!source)('coop rehearse --from-dump', () => {
  beforeAll(async () => {
    await createBucket(bucket);
    await createUser(key);
    await setGrants(bucket, [{ accessKey: key.accessKey, permission: 'read' }]);
    writeFileSync(
      join(scratch, 'key'),
      `[default]\naws_access_key_id = ${key.accessKey}\naws_secret_access_key = ${key.secretKey}\n`,
      { mode: 0o600 },
    );
    const name = `keeper${Date.now()}`;
    const owner = [name, '--email', `${name}@example.org`, '--confirmed', '--role', 'Owner'];
    await source?.tootctl('accounts', 'create', ...owner);
    const read = async (command: string) => (await source?.onMachine(command))?.stdout ?? '';
    const dump = Buffer.from(
      await read('docker exec instance-db-1 pg_dump -U postgres -Fc mastodon_production | base64 -w0'),
      'base64',
    );
    writeFileSync(join(scratch, 'env'), await read('cat /etc/social.coop/app/secrets.env'), { mode: 0o600 });
    await put('nightly/mastodon-1.dump', dump);
    await put('nightly/README', 'dumps of every night');
    // In the order of S3's clock, which counts whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await put('nightly/mastodon-2.dump', dump.subarray(0, Math.floor(dump.length * 0.8)));
  }, 60_000);

  it('passes over the newer one that is cut off, restores the whole one behind the fence, and leaves the bucket as it was', async () => {
    const [before, projectBefore] = [await objectsOf(bucket), readdirSync(paths.project).sort()];
    const ran = await run(words('--env-file', join(scratch, 'env')), { seconds: 400 });
    const said = ran.stdout.startsWith('{') ? JSON.parse(ran.stdout) : undefined;
    const wrong = said?.checks?.filter((check: { status: string }) => check.status === 'failed');
    expect(
      ran.code,
      said?.checks ? JSON.stringify([said.failure, said.dumps, wrong]) : ran.output.slice(-6000),
    ).toBe(0);
    const { ok, page, uploaded, ...report } = said;
    expect({ ok, uploaded }).toEqual({ ok: true, uploaded: false });
    expect(reportSchema.parse(report)).toMatchObject({
      source: `s3://${bucket.name}/nightly/`,
      result: 'passed',
      rpoFrom: 'newest row',
      dumps: [
        { key: 'nightly/mastodon-2.dump', result: 'truncated', reason: expect.stringMatching(/end of file/) },
        { key: 'nightly/mastodon-1.dump', result: 'restored', format: 'custom', stale: false },
      ],
    });
    expect(report.canaries.passed).toBe(0);
    const status = (name: string) =>
      report.checks.find(({ check }: { check: string }) => check === name)?.status;
    for (const name of ['functions', 'web', 'key-pair', 'admin', 'insert', 'amcheck', 'newest-row'])
      expect(`${name} ${status(name)}`).toBe(`${name} passed`);
    console.log(`from a dump: RPO ${report.rpoSeconds} s, TTR ${report.ttrSeconds} s`);
    expect(await objectsOf(bucket)).toEqual(before);
    expect(readdirSync(paths.project).sort()).toEqual(projectBefore);
    expect(ran.output).not.toContain(key.secretKey);
  }, 420_000);
});
