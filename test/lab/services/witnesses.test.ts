import './scratch.ts';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import { beforeAll, expect, test } from 'vitest';
import { labFetch, labLookup } from '../../../lab/client.ts';
import { down } from '../../../lab/down.ts';
import { ensureNetwork } from '../../../lab/machines/index.ts';
import { labDir, paths } from '../../../lab/paths.ts';
import { services } from '../../../lab/services/addresses.ts';
import { ensureCa } from '../../../lab/services/ca.ts';
import { ensureDns, writeRecords } from '../../../lab/services/dns.ts';
import { mails } from '../../../lab/services/mail-client.ts';
import { fetchSigned, peerCounts, peerRequests, resetPeer } from '../../../lab/services/peer-client.ts';
import { startTime } from '../../../lab/services/proc.ts';
import { alivePid } from '../../../lab/services/process.ts';
import { ensureMail, ensurePeer } from '../../../lab/services/witnesses.ts';
import { status } from '../../../lab/status.ts';

beforeAll(async () => {
  await ensureNetwork();
  await ensureCa();
  await ensureDns();
  await Promise.all([ensurePeer(), ensureMail()]);
});

test('a record of the cloud is answered at once, and gone at once', async () => {
  await writeRecords([{ name: 'a.social.coop', type: 'A', content: '198.18.2.9' }]);
  expect(await labLookup('a.social.coop')).toBe('198.18.2.9');
  await writeRecords([]);
  await expect(labLookup('a.social.coop')).rejects.toThrow('no address of a.social.coop');
});

test('the peer answers under its name on both families, and remembers who asked for what', async () => {
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

test('a body larger than the peer keeps is read to its end all the same', async () => {
  const body = Readable.from(Array.from({ length: 12 }, () => Buffer.alloc(1 << 20, 65)));
  expect((await labFetch('https://peer.lab.test/inbox', { method: 'POST', body })).status).toBe(400);
});

test.each([25, 587])('mail to port %i is kept', async (port) => {
  const tls = { ca: readFileSync(paths.trust), servername: services.mail.host };
  const mail = { from: 'a@social.coop', to: 'b@lab.test', subject: `to port ${port}`, text: 'hello' };
  await createTransport({ host: services.mail.v4, port, tls }).sendMail(mail);
  expect(mails().filter(({ subject }) => subject === mail.subject)).toMatchObject([
    { port, secure: true, to: ['b@lab.test'] },
  ]);
});

test('status tells each part’s process, memory and address, and which one died', async () => {
  const state = async () => Object.fromEntries((await status()).parts.map((part) => [part.part, part.state]));
  expect(await state()).toEqual({ dns: 'up', mail: 'up', peer: 'up' });
  const { parts } = await status();
  expect(parts.find(({ part }) => part === 'dns')?.address).toBe('198.18.0.1:53');
  for (const { memory, part } of parts) expect(memory, part).toBeGreaterThan(1e6);
  process.kill(alivePid('mail') as number, 'SIGKILL');
  await expect.poll(state).toEqual({ dns: 'up', mail: 'down', peer: 'up' });
});

test('down takes everything away, what has no record any more as well, and finds nothing the second time', async () => {
  await ensureMail();
  const [dns, peer] = [alivePid('dns') as number, alivePid('peer') as number];
  execFileSync('rm', [paths.pidFile('peer')]);
  const { removed } = await down(() => {});
  expect(removed).toContain(`process peer (pid ${peer}), without a record`);
  expect([dns, peer].map(startTime)).toEqual([undefined, undefined]);
  expect(existsSync(labDir)).toBe(false);
  expect(existsSync('/sys/class/net/coop0')).toBe(false);
  expect((await down(() => {})).removed).toEqual([]);
});
