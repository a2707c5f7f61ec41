import { Resolver } from 'node:dns/promises';
import { describe, expect, it } from 'vitest';
import { cloud } from '../../lab/cloud/client.ts';
import { onePerProvider, type Stack } from './stacks.ts';
import { eventually, reach, run } from './support.ts';

const resolver = new Resolver();
resolver.setServers(['198.18.0.1']);
const everywhere = ['0.0.0.0/0', '::/0'];

/** A firewall as somebody leaves it who only wanted to try something. */
const opened = {
  digitalocean: {
    inboundRules: [{ protocol: 'tcp', portRange: '1-65535', sourceAddresses: everywhere }],
  },
  hcloud: { rules: [{ direction: 'in', protocol: 'tcp', port: '1-65535', sourceIps: everywhere }] },
} satisfies Record<Stack['provider'], object>;

describe.each(onePerProvider)('$name', (stack) => {
  const { domain, provider, types, pulumi, up, set, onMachine } = stack;
  const refresh = (...more: string[]) => pulumi('refresh', '--yes', '--skip-preview', ...more);

  describe('what somebody changed in the cloud by hand', () => {
    it('a firewall opened by hand is seen by refresh and closed again by up', async () => {
      const firewall = await stack.firewall();
      await cloud.update(provider, types.firewall, firewall.id, { ...firewall.inputs, ...opened[provider] });
      await expect(refresh('--expect-no-changes')).rejects.toThrow(/changes were/);
      await refresh();
      const repaired = await up();
      expect(repaired.output).toMatch(/updated/);
      expect(await stack.firewall()).toMatchObject({ inputs: firewall.inputs });
      const { address = '' } = await stack.readOutputs();
      expect(await reach(address, 22)).toBe('open');
      expect(await reach(address, 5432)).toBe('closed');
    });

    it('a DNS record deleted by hand comes back', async () => {
      const record = await stack.object(
        'cloudflare',
        'DnsRecord',
        ({ type, name }) => type === 'A' && name === domain,
      );
      await cloud.remove('cloudflare', 'DnsRecord', record.id);
      await eventually(async () => expect(resolver.resolve4(domain)).rejects.toThrow());
      await refresh();
      await up();
      await eventually(async () => expect(await resolver.resolve4(domain)).toEqual([stack.outputs.address]));
    });
  });

  describe('what somebody changed on the server by hand', () => {
    it('stops the next apply, shows the difference, and is put back by choice', async () => {
      const target = '/etc/nginx/social.coop/proxy.conf';
      await onMachine(`echo '# edited at night' >> ${target}`);
      await set('logDays', '17');
      const stopped = await run(stack.upCommand());
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
      const lost = await stack.server();
      await cloud.remove(provider, types.server, lost.id);
      await refresh();
      const refused = await run(stack.upCommand(), { seconds: 300 });
      expect(refused.code).not.toBe(0);
      expect(refused.output).toContain(`coop failover ${stack.name}`);
      expect((await stack.server()).id).not.toBe(lost.id);
      expect((await onMachine('ls /var/lib/social.coop/postgres 2>/dev/null | wc -l')).stdout.trim()).toBe(
        '0',
      );
    });
  });
});
