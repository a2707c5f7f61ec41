import { vi } from 'vitest';

// Before the lab's paths are read: this test has a lab directory and registry storage of its own.
const scratch = await vi.hoisted(async () => {
  const { mkdtempSync } = await import('node:fs');
  const made = mkdtempSync('/tmp/lab-services-');
  process.env.COOP_LAB_DIR = made;
  return made;
});

import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labFetch, labLookup } from '../../lab/client.ts';
import { down } from '../../lab/down.ts';
import { ensureDocker, ensureNetwork } from '../../lab/machines/index.ts';
import { paths } from '../../lab/paths.ts';
import { ensureAcme } from '../../lab/services/acme.ts';
import { services } from '../../lab/services/addresses.ts';
import { ensureCa } from '../../lab/services/ca.ts';
import { ensureDns, writeRecords } from '../../lab/services/dns.ts';
import { distrustRegistry, trustRegistry } from '../../lab/services/images.ts';
import { mails } from '../../lab/services/mail-client.ts';
import { fetchSigned, peerCounts, peerRequests, resetPeer } from '../../lab/services/peer-client.ts';
import { alivePid, startTime, stopProcess } from '../../lab/services/process.ts';
import { ensureRegistry } from '../../lab/services/registry.ts';
import { digestOf } from '../../lab/services/registry-client.ts';
import * as s3 from '../../lab/services/s3-admin.ts';
import { ensureS3 } from '../../lab/services/s3-service.ts';
import { ensureMail, ensurePeer } from '../../lab/services/witnesses.ts';
import { status } from '../../lab/status.ts';

const region = 'fra1';
const media = { region, name: 'test-media' };
const backups = { region, name: 'test-backups' };
const origin = `https://${region}.digitaloceanspaces.com`;
const key = (name: string) => ({ accessKey: `KEY${name}`, secretKey: `secret of ${name}` });

beforeAll(async () => {
  await ensureDocker();
  await ensureNetwork();
  await ensureCa();
  await Promise.all([
    ensureDns(),
    ensureS3(),
    ensurePeer(),
    ensureMail(),
    ensureRegistry(undefined, undefined, `${scratch}/images`),
  ]);
  await ensureAcme();
});
afterAll(async () => {
  await down(() => {});
  expect(existsSync(scratch)).toBe(false);
});

describe('object storage', async () => {
  const sdk = await import('@aws-sdk/client-s3');
  const client = ({ accessKey, secretKey }: { accessKey: string; secretKey: string }) =>
    new sdk.S3Client({
      region,
      endpoint: origin,
      forcePathStyle: true,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
      maxAttempts: 1,
      requestHandler: {
        httpsAgent: new Agent({
          ca: readFileSync(paths.trust),
          lookup: (_host, _options, done) => done(null, [{ address: services.s3.v4, family: 4 }]),
        }),
      },
    });
  const name = async (work: Promise<unknown>) => work.then(() => 'done').catch((error) => error.name);
  let app: ReturnType<typeof client>;
  let reader: ReturnType<typeof client>;
  const put = (Bucket: string, Key: string, more = {}) =>
    app.send(new sdk.PutObjectCommand({ Bucket, Key, Body: Key, ...more }));

  beforeAll(async () => {
    await s3.createBucket(media);
    await s3.createBucket({ ...backups, versioning: true });
    for (const each of ['app', 'reader', 'nobody']) await s3.createUser(key(each));
    const may = (who: string, permission: s3.Grant['permission']) => ({
      accessKey: key(who).accessKey,
      permission,
    });
    await s3.setGrants(media, [may('app', 'readwrite'), may('reader', 'read')]);
    await s3.setGrants(backups, [may('app', 'readwrite')]);
    app = client(key('app'));
    reader = client(key('reader'));
  });

  test('a key does what its grants say and nothing else', async () => {
    expect(await name(put(media.name, 'granted'))).toBe('done');
    expect(await name(reader.send(new sdk.GetObjectCommand({ Bucket: media.name, Key: 'granted' })))).toBe(
      'done',
    );
    const refused = [
      reader.send(new sdk.PutObjectCommand({ Bucket: media.name, Key: 'no', Body: '' })),
      reader.send(new sdk.DeleteObjectCommand({ Bucket: media.name, Key: 'granted' })),
      reader.send(new sdk.ListObjectsV2Command({ Bucket: backups.name })),
      client(key('nobody')).send(new sdk.ListObjectsV2Command({ Bucket: media.name })),
      app.send(new sdk.DeleteBucketCommand({ Bucket: media.name })),
      app.send(new sdk.DeleteBucketPolicyCommand({ Bucket: media.name })),
    ];
    expect(await Promise.all(refused.map(name))).toEqual(refused.map(() => 'AccessDenied'));
  });

  test('a key stops working at once when it is deleted or no longer granted', async () => {
    await s3.createUser(key('short'));
    await s3.setGrants(backups, [
      { accessKey: key('app').accessKey, permission: 'readwrite' },
      { accessKey: key('short').accessKey, permission: 'read' },
    ]);
    const list = () =>
      name(client(key('short')).send(new sdk.ListObjectsV2Command({ Bucket: backups.name })));
    expect(await list()).toBe('done');
    await s3.setGrants(backups, [{ accessKey: key('app').accessKey, permission: 'readwrite' }]);
    expect(await list()).toBe('AccessDenied');
    await s3.deleteUser(key('short').accessKey);
    expect(await list()).toBe('InvalidAccessKeyId');
  });

  test('what the app puts with public-read is readable by everybody, lists and the rest are not', async () => {
    const path = 'media_attachments/1/ä (1).png';
    await put(media.name, path, { ACL: 'public-read', ContentType: 'image/png' });
    await put(media.name, 'private.png');
    const url = (bucket: string, object: string) =>
      `${origin}/${bucket}/${object.split('/').map(encodeURIComponent).join('/')}`;
    const found = await labFetch(url(media.name, path));
    expect([found.status, await found.text(), found.headers.get('content-type')]).toEqual([
      200,
      path,
      'image/png',
    ]);
    expect((await labFetch(url(media.name, path), { headers: { range: 'bytes=0-3' } })).status).toBe(206);
    expect((await labFetch(url(media.name, path), { family: 6 })).address).toBe(services.s3.v6);
    for (const closed of [
      url(media.name, 'private.png'),
      `${origin}/${media.name}`,
      `${origin}/${media.name}/?list-type=2`,
      `${origin}/`,
    ])
      expect((await labFetch(closed)).status, closed).toBe(403);
    await put(media.name, path);
    expect((await labFetch(url(media.name, path))).status).toBe(403);
  });

  test('the backups are closed to everybody, whatever lies there', async () => {
    await put(backups.name, 'backup/1');
    expect((await labFetch(`${origin}/${backups.name}/backup/1`)).status).toBe(403);
    expect(await name(reader.send(new sdk.GetObjectCommand({ Bucket: backups.name, Key: 'backup/1' })))).toBe(
      'AccessDenied',
    );
  });

  test('a multipart upload of 24 MB arrives whole, and public', async () => {
    const bytes = randomBytes(24 << 20);
    const { UploadId } = await app.send(
      new sdk.CreateMultipartUploadCommand({ Bucket: media.name, Key: 'film', ACL: 'public-read' }),
    );
    const Parts = [];
    for (const n of [1, 2, 3]) {
      const Body = bytes.subarray((n - 1) << 23, n << 23);
      const { ETag } = await app.send(
        new sdk.UploadPartCommand({ Bucket: media.name, Key: 'film', UploadId, PartNumber: n, Body }),
      );
      Parts.push({ PartNumber: n, ETag });
    }
    await app.send(
      new sdk.CompleteMultipartUploadCommand({
        Bucket: media.name,
        Key: 'film',
        UploadId,
        MultipartUpload: { Parts },
      }),
    );
    const got = Buffer.from(await (await labFetch(`${origin}/${media.name}/film`)).arrayBuffer());
    expect(createHash('md5').update(got).digest('hex')).toBe(createHash('md5').update(bytes).digest('hex'));
  });

  test('old versions are kept where versioning is on, and lifecycle removes them when their time has come', async () => {
    const versions = async () =>
      (await app.send(new sdk.ListObjectVersionsCommand({ Bucket: backups.name, Prefix: 'life/' }))).Versions
        ?.length ?? 0;
    for (const Body of ['one', 'two', 'three']) await put(backups.name, 'life/x', { Body });
    await app.send(
      new sdk.CreateMultipartUploadCommand({ Bucket: backups.name, Key: 'life/never-finished' }),
    );
    expect(await versions()).toBe(3);
    await s3.setLifecycle(backups, [
      { enabled: true, prefix: 'life/', noncurrentDays: 30, abortIncompleteMultipartUploadDays: 7 },
    ]);
    const inDays = (days: number) => s3.applyLifecycle(new Date(Date.now() + days * 86_400_000));
    expect(await inDays(29)).toEqual([{ region, bucket: backups.name, removed: 0, aborted: 1 }]);
    expect(await versions()).toBe(3);
    expect(await inDays(31)).toEqual([{ region, bucket: backups.name, removed: 2, aborted: 0 }]);
    const { Body } = await app.send(new sdk.GetObjectCommand({ Bucket: backups.name, Key: 'life/x' }));
    expect(await Body?.transformToString()).toBe('three');
  });

  test('browsers of the origins that CORS names are answered, others are not', async () => {
    await s3.setCors(media, [{ allowedOrigins: ['https://staging.social.coop'], allowedMethods: ['GET'] }]);
    const asked = (from: string) =>
      labFetch(`${origin}/${media.name}/film`, {
        method: 'OPTIONS',
        headers: { origin: from, 'access-control-request-method': 'GET' },
      });
    expect((await asked('https://staging.social.coop')).headers.get('access-control-allow-origin')).toBe(
      'https://staging.social.coop',
    );
    expect((await asked('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a bucket that holds anything, even only old versions, is deleted by force alone', async () => {
    const bucket = { region, name: 'test-full' };
    await s3.createBucket({ ...bucket, versioning: true });
    await expect(s3.createBucket(bucket)).rejects.toMatchObject({ code: 'BucketAlreadyExists' });
    await s3.setGrants(bucket, [{ accessKey: key('app').accessKey, permission: 'readwrite' }]);
    await put(bucket.name, 'x', { ACL: 'public-read' });
    await app.send(new sdk.DeleteObjectCommand({ Bucket: bucket.name, Key: 'x' }));
    await expect(s3.deleteBucket(bucket)).rejects.toMatchObject({ code: 'BucketNotEmpty' });
    await s3.deleteBucket({ ...bucket, force: true });
    expect(await s3.bucketExists(bucket)).toBe(false);
    await s3.createBucket(bucket);
    expect((await labFetch(`${origin}/${bucket.name}/x`)).status).toBe(403);
    await s3.deleteBucket(bucket);
  });

  test('a bucket in another region gets a gateway of its own there', async () => {
    const far = { region: 'ams3', name: 'test-far' };
    expect((await labFetch('https://ams3.digitaloceanspaces.com/test-far/x')).status).toBe(404);
    await s3.createBucket(far);
    expect((await labFetch('https://ams3.digitaloceanspaces.com/test-far/x')).status).toBe(403);
    await s3.deleteBucket(far);
    await stopProcess('s3-ams3');
  });

  test('objects, keys and what is public survive a killed gateway and front', async () => {
    for (const process of ['s3-fra1', 's3-front']) await stopProcess(process, 0);
    await ensureS3();
    expect((await labFetch(`${origin}/${media.name}/film`)).status).toBe(200);
    expect(await name(put(media.name, 'after'))).toBe('done');
  });
});

describe('certificates', () => {
  const certbot = async (dns: string) => {
    const directory = await (await labFetch('https://acme.lab.test/dir')).json();
    return { directory, dns };
  };

  test('the ACME directory is served under its name with the lab’s certificate', async () => {
    const { directory } = await certbot('');
    expect(directory).toMatchObject({ newOrder: expect.stringMatching(/^https:\/\/acme\.lab\.test\//) });
  });

  test('clients trust what it issues: its root is among what the lab trusts', () => {
    const roots = readFileSync(paths.trust, 'utf8').match(/BEGIN CERTIFICATE/g);
    expect(roots).toHaveLength(2);
  });

  test('a start while it runs changes neither process nor root', async () => {
    const [pid, trust] = [alivePid('acme'), readFileSync(paths.trust, 'utf8')];
    await ensureAcme();
    expect([alivePid('acme'), readFileSync(paths.trust, 'utf8')]).toEqual([pid, trust]);
  });

  test('its private keys are to be had on loopback alone', async () => {
    await expect(labFetch('https://acme.lab.test:15000/root-keys/0', { timeoutMs: 2000 })).rejects.toThrow(
      /ECONNREFUSED/,
    );
  });
});

describe('registry', () => {
  test('takes a push of the host’s Docker, keeps it over a restart, and tells its digest', async () => {
    trustRegistry();
    const image = `${services.registry.v4}/test/tiny:1`;
    execFileSync('docker', ['import', '-', image], {
      input: execFileSync('tar', ['-c', '-C', '/etc', 'hostname']),
    });
    try {
      expect(await digestOf('test/tiny', '1')).toBeUndefined();
      execFileSync('docker', ['push', '--quiet', image]);
      const digest = await digestOf('test/tiny', '1');
      expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      await stopProcess('registry');
      await ensureRegistry(undefined, undefined, `${scratch}/images`);
      expect(await digestOf('test/tiny', '1')).toBe(digest);
      const listed = await labFetch('https://registry.lab.test/v2/test/tiny/tags/list');
      expect(await listed.json()).toEqual({ name: 'test/tiny', tags: ['1'] });
    } finally {
      execFileSync('docker', ['rmi', image]);
      expect(distrustRegistry()).toBe(true);
    }
  });
});

describe('names', () => {
  test('a record of the cloud is answered at once, over TCP and UDP, on both families', async () => {
    await writeRecords([{ name: 'a.social.coop', type: 'A', content: '198.18.2.9' }]);
    expect(await labLookup('a.social.coop')).toBe('198.18.2.9');
    expect(await labLookup('a.social.coop', 4, '[fd00:c00b::1]')).toBe('198.18.2.9');
    await writeRecords([]);
    await expect(labLookup('a.social.coop')).rejects.toThrow('no address of a.social.coop');
  });
});

describe('the witnesses', () => {
  test('the peer answers under its name on both families, and remembers from where it was asked', async () => {
    await resetPeer();
    const actor = await fetchSigned('https://peer.lab.test/users/bob', 'alice');
    expect(actor.inbox).toBe('https://peer.lab.test/users/bob/inbox');
    await labFetch('https://peer.lab.test/six', { family: 6 });
    expect((await labFetch('http://peer.lab.test/plain', { redirect: 'manual' })).status).toBe(301);
    const seen = await peerRequests();
    expect(seen.map(({ path, secure }) => [path, secure])).toEqual([
      ['/users/bob', true],
      ['/six', true],
      ['/plain', false],
    ]);
    expect(seen[1]?.source).toMatch(/^fd00:c00b::/);
    expect((await peerCounts()).requests).toBe(3);
  });

  test('a connection that says nothing counts', async () => {
    await resetPeer();
    execFileSync('timeout', ['3', 'bash', '-c', `exec 3<>/dev/tcp/${services.peer.v4}/443`]);
    await expect.poll(async () => (await peerCounts()).connections).toBe(1);
  });

  test.each([25, 587])('mail to port %i is kept', async (port) => {
    const subject = `to port ${port}`;
    await createTransport({
      host: services.mail.v4,
      port,
      tls: { ca: readFileSync(paths.trust), servername: services.mail.host },
    }).sendMail({
      from: 'a@social.coop',
      to: 'b@lab.test',
      subject,
      text: 'hello',
    });
    expect(mails().filter((mail) => mail.subject === subject)).toMatchObject([
      { port, secure: true, to: ['b@lab.test'] },
    ]);
  });

  test('a large body to the peer is taken as it comes', async () => {
    const body = Readable.from(Array.from({ length: 12 }, () => Buffer.alloc(1 << 20, 65)));
    const response = await labFetch('https://peer.lab.test/inbox', { method: 'POST', body });
    expect(response.status).toBe(400);
  });
});

describe('the lab as a whole', () => {
  test('status tells each part’s process, memory and address', async () => {
    const { parts, servicesMemory } = await status();
    expect(parts.map(({ part, state }) => [part, state])).toEqual(
      ['acme', 'dns', 'mail', 'peer', 'registry', 's3-fra1', 's3-front'].map((part) => [part, 'up']),
    );
    for (const { memory, part } of parts) expect(memory, part).toBeGreaterThan(1e6);
    expect(servicesMemory).toBeLessThan(600e6);
  });

  test('a part that died is shown as down', async () => {
    process.kill(alivePid('mail') as number, 'SIGKILL');
    await expect.poll(() => alivePid('mail')).toBeUndefined();
    expect((await status()).parts.find(({ part }) => part === 'mail')?.state).toBe('down');
    await ensureMail();
  });

  test('down takes everything away, also what has no record any more', async () => {
    const pids = ['dns', 'peer', 's3-fra1'].map((name) => alivePid(name) as number);
    execFileSync('rm', [paths.pidFile('peer')]);
    const { removed } = await down(() => {});
    expect(removed).toContain(`process peer (pid ${pids[1]}), without a record`);
    expect(pids.map(startTime)).toEqual([undefined, undefined, undefined]);
    expect(existsSync(scratch)).toBe(false);
    expect(existsSync('/sys/class/net/coop0')).toBe(false);
    expect((await down(() => {})).removed).toEqual([]);
  });
});
