import { Resolver } from 'node:dns/promises';
import { describe, expect, it } from 'vitest';
import { cloud } from '../../lab/cloud/client.ts';
import { eventually, inLab, onMachine, outputs, pulumi, reach, run, stack, up } from './support.ts';

const { address } = await outputs();
const resolver = new Resolver();
resolver.setServers(['198.18.0.1']);

/** The one object of a type that the account has, as the cloud's own control panel would show it. */
async function object(
  provider: string,
  type: string,
  match: (inputs: Record<string, unknown>) => boolean = () => true,
) {
  const objects = (await cloud.list(provider, type)).filter(({ inputs }) => match(inputs));
  expect(objects).toHaveLength(1);
  return objects[0] as (typeof objects)[number];
}

describe('what somebody changed in the cloud by hand', () => {
  it('a firewall opened by hand is seen by refresh and closed again by up', async () => {
    const firewall = await object('digitalocean', 'Firewall');
    await cloud.update('digitalocean', 'Firewall', firewall.id, {
      ...firewall.inputs,
      inboundRules: [{ protocol: 'tcp', portRange: '1-65535', sourceAddresses: ['0.0.0.0/0', '::/0'] }],
    });
    const refreshed = await run(
      inLab('pulumi', 'refresh', '--stack', stack, '--yes', '--skip-preview', '--expect-no-changes'),
    );
    expect(refreshed.code).not.toBe(0);
    await pulumi('refresh', '--yes', '--skip-preview');
    const repaired = await up();
    expect(repaired.output).toMatch(/updated/);
    expect(await object('digitalocean', 'Firewall')).toMatchObject({ inputs: firewall.inputs });
    expect(await reach(address as string, 22)).toBe('open');
    expect(await reach(address as string, 5432)).toBe('closed');
  });

  it('a DNS record deleted by hand comes back', async () => {
    const record = await object(
      'cloudflare',
      'DnsRecord',
      (inputs) => inputs.type === 'A' && inputs.name === 'staging.social.coop',
    );
    await cloud.remove('cloudflare', 'DnsRecord', record.id);
    await eventually(async () => expect(resolver.resolve4('staging.social.coop')).rejects.toThrow());
    await pulumi('refresh', '--yes', '--skip-preview');
    await up();
    await eventually(async () => expect(await resolver.resolve4('staging.social.coop')).toEqual([address]));
  });
});

describe('what somebody changed on the server by hand', () => {
  it('stops the next apply, shows the difference, and is put back by choice', async () => {
    const target = '/etc/nginx/social.coop/proxy.conf';
    await onMachine(`echo '# edited at night' >> ${target}`);
    await pulumi('config', 'set', 'logDays', '17');
    const stopped = await run(
      inLab('pulumi', 'up', '--stack', stack, '--yes', '--skip-preview', '--non-interactive'),
    );
    expect(stopped.code).not.toBe(0);
    expect(stopped.output).toContain(target);
    expect(stopped.output).toContain('+# edited at night');
    await onMachine('instance', 'drift', 'revert', target);
    await up();
    expect((await onMachine('tail', '-n', '1', target)).stdout).not.toContain('edited at night');
  });
});

describe('a server deleted by hand', () => {
  it('is created again by up, which refuses to start an empty database beside its backups', async () => {
    const droplet = await object('digitalocean', 'Droplet');
    await cloud.remove('digitalocean', 'Droplet', droplet.id);
    await pulumi('refresh', '--yes', '--skip-preview');
    const refused = await run(
      inLab('pulumi', 'up', '--stack', stack, '--yes', '--skip-preview', '--non-interactive'),
      { seconds: 300 },
    );
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/coop recover/);
    const fresh = await object('digitalocean', 'Droplet');
    expect(fresh.id).not.toBe(droplet.id);
    expect((await onMachine('ls /var/lib/social.coop/postgres 2>/dev/null | wc -l')).stdout.trim()).toBe('0');
  });
});
