import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { labFetch } from '../../lab/client.ts';
import { Member } from '../../lab/member.ts';
import { picture } from '../../lab/picture.ts';
import { gateway } from '../../lab/services/addresses.ts';
import { confirmationLink } from '../../lab/services/mail-client.ts';
import { deliveries, follow, peerFollows, peerRequests, publish } from '../../lab/services/peer-client.ts';
import { patiently, QUEUES, StandinBed } from './support/standin-bed.ts';

/** Timers and waits run this much faster. */
const FAST = { MASTODON_STANDIN_SPEED: '100' };

let bed: StandinBed;
let member: Member;

beforeAll(async () => {
  bed = await StandinBed.start();
  member = await Member.register(bed.site, labFetch, confirmationLink);
});

afterEach(({ task }) => bed.explain(task.result?.state));

afterAll(() => bed?.close());

describe('federation', () => {
  test('a member follows somebody elsewhere, and reads them at home', async () => {
    const found = await member.get('/api/v2/search?resolve=true&q=@alice@peer.lab.test');
    await member.post(`/api/v1/accounts/${found.accounts[0].id}/follow`);
    await patiently(
      async () =>
        (await member.get(`/api/v1/accounts/relationships?id[]=${found.accounts[0].id}`))[0].following,
    ).toBe(true);
    // named, because the peer still knows followers of earlier runs
    await publish('hello from the peer', [`${member.name}@${bed.domain}`]);
    await patiently(async () => JSON.stringify(await member.get('/api/v1/timelines/home'))).toContain(
      'hello from the peer',
    );
  });

  test('a follower elsewhere gets every post and every deletion, signed', async () => {
    await follow(`${member.name}@${bed.domain}`);
    await patiently(async () =>
      (await peerFollows()).following.some(
        (one) => one.actor.endsWith(`/users/${member.name}`) && one.accepted,
      ),
    ).toBe(true);
    const [last] = (await peerRequests()).slice(-1);
    const posted = await member.publish('to the world');
    const arrived = async (type: string) =>
      (await deliveries(last?.id)).filter(
        (one) => one.verified && one.activity?.type === type && one.body.includes(posted.id),
      ).length;
    await patiently(() => arrived('Create')).toBe(1);
    await labFetch(`${bed.site}/api/v1/statuses/${posted.id}`, {
      method: 'DELETE',
      headers: await bed.headers(),
    });
    await patiently(() => arrived('Delete')).toBe(1);
    expect(await bed.count('statuses WHERE id = $1', [posted.id])).toBe(0);
  });

  test('an unsigned activity is refused', async () => {
    const answer = await labFetch(`${bed.site}/inbox`, { method: 'POST', body: '{"type":"Delete"}' });
    expect(answer.status).toBe(401);
  });

  test('a delivery that fails is tried again later', async () => {
    await bed.enqueue('push', 'ActivityPub::DeliveryWorker', ['{}', '-99', 'https://nobody.lab.test/inbox']);
    await patiently(async () => (await bed.redis.zrange('retry', '0', '-1')).join()).toContain(
      'ENOTFOUND nobody.lab.test',
    );
  });
});

test('a live stream carries a new post', async () => {
  const response = await labFetch(`${bed.site}/api/v1/streaming/user`, { headers: await bed.headers() });
  const reader = response.body?.getReader();
  const posted = await member.publish('live');
  let text = '';
  await patiently(async () => {
    text += new TextDecoder().decode((await reader?.read())?.value);
    return text.includes('event: update') && text.includes(posted.id);
  }).toBe(true);
  await reader?.cancel();
});

describe('the scheduler', () => {
  test('publishes a scheduled status when it is due, and deletes media nobody used', async () => {
    await bed.web(FAST);
    const unused = await member.upload(picture(), 'unused.png', 'image/png');
    expect((await labFetch(unused.url)).status).toBe(200);
    await member.publish('from the schedule', { scheduled_at: new Date(Date.now() + 5000).toISOString() });
    await bed.db.query(`UPDATE media_attachments SET created_at = now() - interval '2 days' WHERE id = $1`, [
      unused.id,
    ]);
    expect(await bed.count('scheduled_statuses')).toBe(1);
    await bed.sidekiq('scheduler', ['scheduler', 'default'], FAST);
    await patiently(() => bed.count(`statuses WHERE text = 'from the schedule'`)).toBe(1);
    await bed.enqueue('scheduler', 'Scheduler::VacuumScheduler', []);
    await patiently(() => bed.count('media_attachments WHERE id = $1', [unused.id])).toBe(0);
    // without the right to list a bucket, what is not there is forbidden
    expect((await labFetch(unused.url)).status).toBe(403);
    await bed.stop('scheduler');
  });
});

test('a worker puts a job it cannot finish back on its queue when it is stopped', async () => {
  await bed.stop('workers');
  await bed.sidekiq('workers', ['pull']);
  // a server that takes connections and never says a word
  const silent = createServer().listen(0, gateway.v4);
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const text = await bed.enqueue('pull', 'ResolveAccountWorker', [`x@${gateway.v4}:${port}`]);
  await patiently(() => bed.redis.llen('queue:pull')).toBe(0);
  expect((await bed.stop('workers')).seconds).toBeLessThan(16);
  expect(await bed.redis.lrange('queue:pull', 0, -1)).toEqual([text]);
  expect(await bed.redis.smembers('processes')).toEqual([]);
  silent.close();
});

describe('secrets', () => {
  test('of another instance do not read its columns: nobody can log in', async () => {
    const email = 'owner@lab.test';
    const options = ['--email', email, '--confirmed', '--role', 'Owner'];
    const created = await bed.once(['bin/tootctl', 'accounts', 'create', 'owner', ...options]);
    const password = /New password: (\w+)/.exec(created.stdout)?.[1] as string;
    const { uid, secret } = (await bed.db.query('SELECT uid, secret FROM oauth_applications')).rows[0];
    const form = { grant_type: 'password', client_id: uid, client_secret: secret, username: email, password };
    const logIn = async () => {
      const body = new URLSearchParams(form);
      return (await labFetch(`${bed.site}/oauth/token`, { method: 'POST', body })).status;
    };
    await bed.web();
    expect(await logIn()).toBe(200);
    await bed.web({ ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY: 'f'.repeat(64) });
    expect(await logIn()).toBe(500);
    expect(await bed.logs('web')).toContain('ActiveRecord::Encryption::Errors::Decryption');
  });

  test('that are missing are named, and nothing starts', async () => {
    const ran = await bed.once(['bundle', 'exec', 'puma'], { SECRET_KEY_BASE: '', VAPID_PRIVATE_KEY: '' });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/SECRET_KEY_BASE is missing; VAPID_PRIVATE_KEY is missing/);
  });
});

test('tootctl tells its version, and refuses to destroy an instance', async () => {
  expect((await bed.once(['bin/tootctl', '--version'])).stdout.trim()).toBe('4.5.20');
  const refused = await bed.once(['bin/tootctl', 'self-destruct']);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('self-destruct is refused')]);
});

test('as Hometown it keeps a local-only post from every other server and every visitor', async () => {
  const hometown = { MASTODON_STANDIN_VERSION: '4.5.20+hometown-1.2.1' };
  expect((await bed.once(['bundle', 'exec', 'rails', 'db:migrate'], hometown)).code).toBe(0);
  await bed.web(hometown);
  await bed.sidekiq('workers', QUEUES, hometown);
  expect((await member.get('/api/v1/instance')).version).toBe(hometown.MASTODON_STANDIN_VERSION);
  const [last] = (await peerRequests()).slice(-1);
  const here = await member.publish('for us alone', { local_only: true });
  const posted = await member.publish('for everybody');
  const arrived = async () => (await deliveries(last?.id)).map((one) => one.body).join();
  await patiently(arrived).toContain(posted.id);
  expect(await arrived()).not.toContain(here.id);
  expect((await member.get(`/api/v1/statuses/${here.id}`)).local_only).toBe(true);
  for (const path of [`/api/v1/statuses/${here.id}`, `/users/${member.name}/statuses/${here.id}`])
    expect((await labFetch(`${bed.site}${path}`)).status, path).toBe(404);
  for (const path of [
    '/api/v1/timelines/public',
    `/users/${member.name}/outbox?page=true`,
    `/@${member.name}`,
  ])
    expect(await (await labFetch(`${bed.site}${path}`)).text(), path).not.toContain('for us alone');
});
