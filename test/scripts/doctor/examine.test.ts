import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeSshKeyPair } from '../../../scripts/lib/openssh.ts';
import { ana, examined, failures, of, running } from './examined.ts';

const doctor = examined();

describe('a stack in order', () => {
  it('has nothing to mend, and every check says what it saw', async () => {
    const results = await doctor.look();
    expect(failures(results)).toEqual([]);
    const checks = new Set(results.map(({ check }) => check));
    for (const name of [
      'versions',
      'ssh here',
      'state',
      'stack file',
      'passphrase',
      'config',
      'digitalocean',
    ])
      expect([...checks]).toContain(name);
    for (const name of ['spaces', 'cloudflare', 'names', 'costs']) expect([...checks]).toContain(name);
    // It needs no account there.
    expect([...checks]).not.toContain('hetzner');
  });

  it('every failure and warning names a remedy, and none a secret', async () => {
    const results = await doctor.look({ DIGITALOCEAN_TOKEN: '', PULUMI_CONFIG_PASSPHRASE_FILE: '/nowhere' });
    for (const { level, text, remedy } of results)
      if (level === 'failure' || level === 'warning') expect(remedy, text).toBeTruthy();
    expect(JSON.stringify(results)).not.toMatch(/gravel otter|PRIVATE KEY/);
  });

  it('leaves no file behind', async () => {
    const before = readdirSync('/dev/shm').filter((name) => name.includes(`-${process.pid}-`));
    await doctor.look(running([], { address: '203.0.113.10' }));
    expect(readdirSync('/dev/shm').filter((name) => name.includes(`-${process.pid}-`))).toEqual(before);
  });
});

describe('what else', () => {
  it('a pulumi that is too old, and plugins that are not here', async () => {
    const found = of(await doctor.look({ FAKE_VERSION: 'v3.99.0\n' }), 'versions');
    expect(found.map(({ text }) => text).join('\n')).toMatch(/pulumi 3\.99\.0 is older than 3\.220\.0/);
    expect(found.at(-1)?.remedy).toMatch(/pulumi plugin install resource cloudflare v/);
  });

  it('rehearsals: one that a killed run left is named with what takes it down, one that may run elsewhere is not judged', async () => {
    const on = async (day: string) =>
      of(await doctor.look({}, { now: new Date(`${day}T12:00:00Z`) }), 'rehearsals');
    expect(await on('2026-11-23')).toEqual([
      { check: 'rehearsals', level: 'ok', text: 'none was left behind' },
    ]);
    const left = join(doctor.place.root, 'state/rehearsal-20261123-041500');
    writeFileSync(left, '');
    try {
      expect(await on('2026-11-24')).toMatchObject([
        { level: 'skipped', text: expect.stringMatching(/may be running on another computer/) },
      ]);
      expect(await on('2026-12-01')).toMatchObject([
        {
          level: 'warning',
          text: expect.stringMatching(/^left behind: rehearsal-20261123-041500 \(began 2026-11-23 04:15/),
          remedy: 'coop rehearse --cleanup',
        },
      ]);
    } finally {
      rmSync(left);
    }
  });

  it('a day that is over', async () => {
    doctor.edit((text) => text.replace('config:', "config:\n  instance:expires: '2026-11-20'"));
    const on = async (day: string) =>
      of(await doctor.look({}, { now: new Date(`${day}T12:00:00Z`) }), 'expires')[0]?.level;
    expect(await on('2026-10-01')).toBe('ok');
    expect(await on('2026-11-20')).toBe('warning');
    expect(await on('2026-11-21')).toBe('failure');
  });

  it('an own key: whose it is, or that it is nobody’s', async () => {
    expect(of(await doctor.look(), 'ssh here')[1]?.text).toBe('you have no SSH key');
    mkdirSync(join(doctor.place.root, '.ssh'));
    writeFileSync(join(doctor.place.root, '.ssh/id_ed25519.pub'), `${makeSshKeyPair('other').publicKey}\n`);
    expect(of(await doctor.look(), 'ssh here')[1]?.remedy).toContain('coop init staging --admin');
    writeFileSync(join(doctor.place.root, '.ssh/ana.pub'), `${ana.publicKey}\n`);
    expect(of(await doctor.look(), 'ssh here')[1]?.text).toBe('your key is that of admin ana');
  });

  it.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['answers', {}, /203\.0\.113\.10 answers, with the pinned host key/],
    [
      'is another',
      { FAKE_SSH_CODE: '255', FAKE_SSH_STDERR: 'Host key verification failed.' },
      /another host key/,
    ],
    [
      'does not let us in',
      { FAKE_SSH_CODE: '255', FAKE_SSH_STDERR: 'Permission denied (publickey).' },
      /deploy key/,
    ],
    [
      'is silent',
      { FAKE_SSH_CODE: '255', FAKE_SSH_STDERR: 'connect to host: timed out' },
      /cannot be reached/,
    ],
  ])('a machine that %s', async (_, env, text) => {
    const found = of(await doctor.look({ ...running([], { address: '203.0.113.10' }), ...env }), 'machine');
    expect(found.map((one) => one.text).join()).toMatch(text);
  });

  it('a host that was there already is asked where SSH answers, as whom pulumi up logs in', async () => {
    const primary = { address: '203.0.113.10', host: 'box.internal', user: 'debian', hostKey: 'k' };
    const [found] = of(await doctor.look(running([], { machines: { primary } })), 'machine');
    expect(found?.text).toBe('primary box.internal answers, with the pinned host key');
    expect(doctor.place.ssh().argv.slice(-5)).toEqual(['-l', 'debian', '--', 'box.internal', 'true']);
  });
});
