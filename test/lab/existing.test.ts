import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { labFetch } from '../../lab/client.ts';
import { cloud } from '../../lab/cloud/client.ts';
import { createMachine, removeMachine } from '../../lab/machines/index.ts';
import { paths } from '../../lab/paths.ts';
import { openSshPair } from '../fixtures/facts.ts';
import { coopPath, eventually, inLab, must, reach, run } from '../stacks/support.ts';

// Two hosts that no cloud of the stack made: one serves, the other stands by. The second lets only a user with sudo in.
const domain = 'box.social.coop';
const hosts = {
  serves: { host: '198.18.1.201', mac: '02:c0:0b:00:00:c9', key: openSshPair('serves'), user: 'root' },
  idle: { host: '198.18.1.202', mac: '02:c0:0b:00:00:ca', key: openSshPair('idle'), user: 'debian' },
};
type Name = keyof typeof hosts;
const names = Object.keys(hosts) as Name[];
const login = openSshPair('somebody at home');

let scratch: string;

async function boot(name: Name): Promise<void> {
  const { host, mac, key, user } = hosts[name];
  const people = { name: 'debian', sudo: 'ALL=(ALL) NOPASSWD:ALL', ssh_authorized_keys: [login.publicKey] };
  const userData = {
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: key.privateKey, ed25519_public: key.publicKey },
    ...(user === 'root' ? {} : { users: [{ ...people, shell: '/bin/bash' }] }),
  };
  await createMachine({
    id: `box-${name}`,
    name,
    mac,
    ip4: host,
    memoryMb: 8192,
    vcpus: 2,
    userData: `#cloud-config\n${JSON.stringify(userData)}\n`,
    sshKeys: user === 'root' ? [login.publicKey] : [],
  });
  await eventually(() => on(name, 'true'), 60);
}

/** Runs a line of shell on a host, as root by whatever way is open. */
async function on(name: Name, line: string): Promise<string> {
  const { host, user } = hosts[name];
  const options = ['BatchMode=yes', 'ConnectTimeout=3', 'LogLevel=ERROR', 'StrictHostKeyChecking=no'];
  const known = `UserKnownHostsFile=${join(scratch, 'known')}`;
  const argv = [...options, known].flatMap((option) => ['-o', option]);
  const shell = user === 'root' ? ['sh'] : ['sudo', '-n', 'sh'];
  const ssh = ['ssh', '-F', 'none', '-i', join(scratch, 'key'), ...argv, `${user}@${host}`, ...shell];
  return (await must(ssh, { input: line })).stdout;
}

/** What a host says is broken; that a job's first time is still to come is nothing. */
async function broken(name: Name): Promise<object[]> {
  const { problems } = JSON.parse(await on(name, 'instance status --json')) as {
    problems: { level: string }[];
  };
  return problems.filter(({ level }) => level === 'red');
}

/** The lab's staging, on these hosts and under a name of its own. */
function writeStack(): void {
  const document = parseDocument(readFileSync(join(paths.project, 'Pulumi.staging.yaml'), 'utf8'));
  const set = (key: string, value: unknown) => document.setIn(['config', `instance:${key}`], value);
  set('domain', domain);
  set('primary', { provider: 'existing', host: hosts.serves.host });
  set('secondary', { provider: 'existing', host: hosts.idle.host, user: hosts.idle.user });
  set('hostPublicKey', hosts.serves.key.publicKey);
  set('secondaryHostPublicKey', hosts.idle.key.publicKey);
  set('deployPublicKey', login.publicKey);
  for (const name of ['hostKey', 'deployKey']) document.deleteIn(['config', 'instance:secrets', name]);
  writeFileSync(join(paths.project, 'Pulumi.box.yaml'), document.toString({ lineWidth: 0 }));
}

const pulumi = (...args: string[]) => run(inLab('pulumi', ...args, '--stack', 'box'));
const up = () => pulumi('up', '--yes', '--skip-preview');

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'coop-box-'));
  writeFileSync(join(scratch, 'key'), login.privateKey, { mode: 0o600 });
  await must([coopPath, 'lab', 'up', '--stack', 'staging'], { seconds: 600 });
  await Promise.all(names.map(boot));
  writeStack();
  await must(inLab('pulumi', 'stack', 'init', 'box', '--no-select'));
  await must(inLab('pulumi', 'config', 'set', '--secret', '--path', 'secrets.deployKey', '--stack', 'box'), {
    input: login.privateKey,
  });
});
afterAll(async () => {
  await Promise.all(names.map((name) => removeMachine(`box-${name}`)));
  await run([coopPath, 'lab', 'down', '--yes']);
  rmSync(scratch, { recursive: true, force: true });
});

describe('a host that was there before', () => {
  it('is refused, and left as it was, when something else serves the web or it runs another system', async () => {
    const caddy = `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 443, Listen => 1) or die; sleep 999'`;
    await on('serves', `systemd-run --quiet --expand-environment=no --unit=caddy ${caddy}`);
    await on('idle', 'sed -i.was s/VERSION_ID=.*/VERSION_ID=12/ /etc/os-release');
    await eventually(() => on('serves', 'ss -ltn | grep :443'));
    const before = await Promise.all(names.map((name) => on(name, 'ls /opt /etc /var/lib /root')));
    // One at a time, because the first that fails may keep the other from being asked.
    const web = await pulumi('up', '--yes', '--skip-preview', '--continue-on-error');
    expect(web.code).not.toBe(0);
    expect(web.output).toContain('something else serves the web here already: perl on 0.0.0.0:443');
    expect(web.output).toContain('this host runs debian 12, not Debian 13');
    expect(await Promise.all(names.map((name) => on(name, 'ls /opt /etc /var/lib /root')))).toEqual(before);
    await on('serves', 'systemctl stop caddy');
    await on('idle', 'mv /etc/os-release.was /etc/os-release');
  });

  it('serves under its name after `pulumi up`, and no cloud made a machine for it', async () => {
    const { code, output } = await up();
    expect(code, output).toBe(0);
    const health = await labFetch(`https://${domain}/health`);
    expect(health.status).toBe(200);
    expect(await broken('serves')).toEqual([]);
    for (const type of ['Droplet', 'Firewall', 'SshKey', 'ReservedIp'])
      expect(await cloud.list('digitalocean', type), type).toEqual([]);
    const { machines } = JSON.parse((await pulumi('stack', 'output', '--json')).stdout);
    expect(machines).toMatchObject({
      primary: { provider: 'existing', address: hosts.serves.host, user: 'root' },
      secondary: { provider: 'existing', address: hosts.idle.host, user: 'debian' },
    });
  });

  it('stands by, idle, where it is the secondary: the tree lies there and nothing runs', async () => {
    const status = JSON.parse(await on('idle', 'instance status --json'));
    expect(status.role).toBe('secondary');
    expect(await broken('idle')).toEqual([]);
    expect(await on('idle', 'instance status')).toContain('stands by');
    expect(await on('idle', 'docker ps --quiet; systemctl is-active nginx || true')).toBe('inactive\n');
    expect(await on('idle', 'ls /opt/social.coop/compose.yaml /etc/social.coop/stack.env')).toContain(
      'compose',
    );
    expect(
      await on('idle', 'ls -A /var/lib/social.coop/postgres /etc/letsencrypt/live 2>/dev/null || true'),
    ).not.toMatch(/17|box/);
    for (const port of [80, 443, 5432]) expect(await reach(hosts.idle.host, port)).toBe('closed');
    await expect(on('idle', 'instance backup 2>&1')).rejects.toThrow(/stands by/);
  });

  it('has nothing to do the second time, and is let go untouched in the end', async () => {
    expect((await up()).output).toMatch(/\d+ unchanged/);
    const { code, output } = await pulumi('destroy', '--yes', '--skip-preview');
    expect(code, output).toBe(0);
    expect(await cloud.list('digitalocean', 'SpacesBucket')).toEqual([]);
    expect(await on('serves', 'docker ps --quiet | wc -l')).toMatch(/^[1-9]/);
  });
});
