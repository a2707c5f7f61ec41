import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSshKeyPair } from '../../scripts/lib/openssh.ts';
import { type Stack, stacks } from './stacks.ts';
import { coop, coopPath, eventually, inLab, run } from './support.ts';

const place = mkdtempSync(join(tmpdir(), 'coop-people-'));
afterAll(() => rmSync(place, { recursive: true }));
// The same on every stack; one of them is looked at.
const first = stacks[0] as Stack;
const { name: stack, up, onMachine, set } = first;
const { address } = await first.readOutputs();

/** The command line a person logs in with, by their own key alone. */
const login = (name: string, line: string) => [
  'ssh',
  ...[
    '-F',
    'none',
    '-i',
    join(place, name),
    '-o',
    'BatchMode=yes',
    '-o',
    'ConnectTimeout=5',
    '-o',
    'IdentitiesOnly=yes',
  ],
  ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
  `${name}@${address}`,
  line,
];

/** When containers and the machine were started: equal before and after, nothing was restarted or replaced. */
const started = async () =>
  (
    await onMachine(
      'cat /proc/1/stat | cut -d" " -f22; docker inspect -f "{{.Name}} {{.State.StartedAt}}" $(docker ps -q)',
    )
  ).stdout;

const publicKeys: Record<string, string> = {};
beforeAll(() => {
  for (const name of ['bo', 'cy', 'di', 'new']) {
    const { privateKey, publicKey } = makeSshKeyPair(`${name}@laptop`);
    writeFileSync(join(place, name), privateKey, { mode: 0o600 });
    writeFileSync(join(place, `${name}.pub`), `${publicKey}\n`);
    publicKeys[name] = publicKey;
  }
});

describe('coop admin', () => {
  it('lets a person in on the machine with one command, and restarts nothing', async () => {
    const before = await started();
    for (const name of ['cy', 'di']) await set('--path', `admins.${name}[0]`, publicKeys[name] as string);
    const file = join(place, 'bo.pub');
    const added = await coop('admin', 'add', 'bo', stack, '--key', file, '--yes', '--json');
    expect(JSON.parse(added.stdout)).toMatchObject({
      ok: true,
      stacks: [{ machines: { primary: 'changed' } }],
    });
    expect(added.stderr).toMatch(/\+ +bo:/);
    for (const name of ['bo', 'cy'])
      expect(await run(login(name, 'id -un; sudo id -un'))).toMatchObject({
        code: 0,
        stdout: `${name}\nroot\n`,
      });
    expect(await started()).toBe(before);
    const { admins } = JSON.parse((await coop('admin', 'list', stack, '--json')).stdout);
    expect(admins.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['bo', 'cy']));
  });

  it('refuses an account that the machine has and the list of system users lacks, and changes nothing', async () => {
    const words = ['admin', 'add', 'systemd-network', stack, '--key', join(place, 'new.pub'), '--yes'];
    expect(await run(inLab(coopPath, ...words))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/systemd-network is a system account/),
    });
    expect((await coop('admin', 'list', stack)).stdout).not.toContain('systemd-network');
  });

  it('ends everything a person has running when they are removed, also as root, and says what to rotate', async () => {
    const before = await started();
    const session = spawn('ssh', login('bo', 'echo in; sleep 600').slice(1), {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = new Promise((resolve) => session.once('exit', resolve));
    await new Promise((resolve) => session.stdout.once('data', resolve));
    await run(
      login('bo', 'setsid sleep 601 >/dev/null 2>&1 & sudo setsid sleep 602 >/dev/null 2>&1 & sleep 0.5'),
    );
    const running = async () =>
      (await onMachine('ps -eo args | grep -c "^sleep 60[012]" || true')).stdout.trim();
    expect(await running()).toBe('3');
    const removed = await coop('admin', 'remove', 'bo', stack, '--yes', '--json');
    const said = JSON.parse(removed.stdout);
    expect(said).toMatchObject({ ok: true, stacks: [{ machines: { primary: 'locked out' } }] });
    expect(said.leaving[0].sudo.map(({ command }: { command: string }) => command)).toContain(
      `coop rotate databasePassword ${stack}`,
    );
    await ended;
    expect(await running()).toBe('0');
    expect((await run(login('bo', 'true'))).code).toBe(255);
    expect(
      (await onMachine('getent shadow bo | cut -d: -f2,8; id -nG bo; ls /etc/ssh/authorized_keys.d')).stdout,
    ).toMatch(/^!\*:1\n(?!.*coop-admins)/);
    expect(await started()).toBe(before);
  });

  it('locks a person out also where an apply is held up, and says what is left to do', async () => {
    const target = '/etc/nginx/social.coop/proxy.conf';
    await onMachine(`echo '# edited at night' >> ${target}`);
    const removed = await run(inLab(coopPath, 'admin', 'remove', 'cy', stack, '--yes'));
    expect(removed.code).toBe(1);
    expect(removed.stdout).toMatch(/left to do: pulumi up did not come to its end/);
    expect(removed.stderr).toContain(target);
    expect((await run(login('cy', 'true'))).code).toBe(255);
    await onMachine('instance', 'drift', 'revert', target);
    await up();
    await eventually(async () => expect((await run(login('cy', 'true'))).code).toBe(255), 5);
    expect((await onMachine('cat /etc/ssh/sshd_config.d/10-social-coop.conf')).stdout).not.toMatch(/\bcy\b/);
  });
});
