import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloud } from '../../lab/cloud/client.ts';
import { ensureCloud } from '../../lab/cloud/ensure-cloud.ts';
import { down } from '../../lab/down.ts';
import { docker } from '../../lab/machines/exec.ts';
import { paths } from '../../lab/paths.ts';
import { command } from '../../lab/providers/command/command.ts';
import { digitalocean } from '../../lab/providers/digitalocean.ts';
import { plain, secret } from '../../lab/providers/lib/wire.ts';
import { alivePid } from '../../lab/services/process.ts';
import { hostKey, inside, login, prepare, reach, spec, until } from './machines/support.ts';

const log = () => {};
const subject = (type: string, name = 'it') => ({ type, name, urn: `urn:pulumi:s::p::${type}::${name}` });
const droplet = (name: string) => subject('digitalocean:index/droplet:Droplet', name);
const inputs = (keys: unknown[]) => ({
  name: 'primary',
  image: 'debian-13-x64',
  size: 's-2vcpu-4gb',
  region: 'fra1',
  ipv6: true,
  sshKeys: keys,
  userData: secret(spec('x', 1).userData),
});
const containers = async () =>
  (await docker(['ps', '--all', '--filter', 'label=coop.lab=1', '--format', '{{.Names}}']))
    .split('\n')
    .filter(Boolean);

/** Kills the daemon as soon as its state says so, and starts it again. */
async function killWhen(phase: 'creating' | 'deleting'): Promise<void> {
  await until(async () => (await cloud.everything()).some((object) => object.phase === phase), 10, phase);
  process.kill(alivePid('cloud') ?? 0, 'SIGKILL');
  await sleep(100);
  await ensureCloud();
}

let key = '';
let ours = false;
beforeAll(async () => {
  await prepare();
  ours = true;
  await ensureCloud();
  await cloud.putAccount({ provider: 'digitalocean', name: 'test', token: 'token' });
  process.env.LAB_CLOUD = paths.cloudSocket;
  process.env.DIGITALOCEAN_TOKEN = 'token';
  key = (
    await digitalocean.create(
      subject('digitalocean:index/sshKey:SshKey'),
      { name: 'k', publicKey: login.publicKey },
      log,
    )
  ).id;
});
afterAll(async () => {
  // Somebody's lab that was up before is not ours to take down.
  if (ours) await down(() => {});
});

describe('a machine of the cloud', () => {
  let id = '';
  let address = '';
  const connection = (extra = {}) =>
    secret({
      host: address,
      privateKey: login.privateKey,
      hostKey: hostKey.publicKey,
      dialErrorLimit: 60,
      ...extra,
    });
  const run = (create: string, extra = {}) =>
    command.create(subject('command:remote:Command'), { connection: connection(), create, ...extra }, log);

  it('that is being made when the daemon is killed is made once', async () => {
    const [made] = await Promise.all([
      digitalocean.create(droplet('primary'), inputs([key]), log),
      killWhen('creating'),
    ]);
    id = made.id;
    address = String(made.outputs.ipv4Address);
    expect(await cloud.list('digitalocean', 'Droplet')).toMatchObject([{ id, phase: 'ready' }]);
    expect(await containers()).toEqual([`coop-lab-do-${id}`]);
  });

  it('is reached by remote.Command, which waits for its first boot and knows its host key', async () => {
    const { outputs } = await run('hostname; cat', { stdin: secret('over standard input') });
    expect(plain(outputs.stdout)).toBe('primary\nover standard input');
    const stranger = { connection: connection({ hostKey: login.publicKey, dialErrorLimit: 1 }) };
    await expect(run('true', stranger)).rejects.toThrow(
      /after 2 failed attempts: .*(Host key verification failed|changed)/s,
    );
  });

  it('has what its size says, also after another size', async () => {
    const memory = async () =>
      Number(await docker(['inspect', '-f', '{{.HostConfig.Memory}}', `coop-lab-do-${id}`]));
    expect(await memory()).toBe(4096 * 1024 ** 2);
    const news = { ...inputs([key]), size: 's-2vcpu-2gb', resizeDisk: false };
    await digitalocean.update(droplet('primary'), id, {}, news, log, ['size']);
    expect(await memory()).toBe(2048 * 1024 ** 2);
    expect(plain((await run('hostname')).outputs.stdout)).toBe('primary');
  });

  it('is closed by a firewall, and answers on its reserved address', async () => {
    const rule = { protocol: 'tcp', portRange: '22', sourceAddresses: ['198.18.0.1/32'] };
    const firewall = subject('digitalocean:index/firewall:Firewall');
    await digitalocean.create(firewall, { name: 'f', dropletIds: [Number(id)], inboundRules: [rule] }, log);
    await inside(`do-${id}`, 'systemd-run -q --unit web python3 -m http.server 8080 --bind ::');
    expect(await reach(address, 22)).toBe('open');
    expect(await reach(address, 8080)).toBe('silent');
    const reserved = await digitalocean.create(
      subject('digitalocean:index/reservedIp:ReservedIp'),
      { region: 'fra1' },
      log,
    );
    const ip = String(reserved.outputs.ipAddress);
    expect(await reach(ip, 22)).not.toBe('open');
    const assignment = subject('digitalocean:index/reservedIpAssignment:ReservedIpAssignment');
    await digitalocean.create(assignment, { ipAddress: ip, dropletId: Number(id) }, log);
    expect(await reach(ip, 22)).toBe('open');
  });

  it('that somebody removed by hand is seen to be gone, and its place is free', async () => {
    await docker(['rm', '--force', '--volumes', `coop-lab-do-${id}`]);
    expect(await digitalocean.read(droplet('primary'), id, {}, {})).toBeUndefined();
    const again = await digitalocean.create(droplet('primary'), inputs([key]), log);
    expect(again.outputs.ipv4Address).toBe(address);
    id = again.id;
  });

  it('that is being removed when the daemon is killed is removed', async () => {
    await Promise.all([digitalocean.remove(droplet('primary'), id, {}, log), killWhen('deleting')]);
    await until(async () => (await containers()).length === 0, 30, 'removal');
    expect(await cloud.list('digitalocean', 'Droplet')).toEqual([]);
  });
});
