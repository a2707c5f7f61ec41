import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { RestoreConfig } from '../../../components/config/types.ts';
import { type HostFacts, renderHost } from '../../../components/host/render.ts';
import { facts } from '../../fixtures/facts.ts';

const restore = (changes: Partial<RestoreConfig> = {}): RestoreConfig => ({
  from: 'prod',
  media: 'read-only',
  fenced: true,
  hours: 6,
  ...changes,
});
const copy = (changes: Partial<RestoreConfig> = {}, media: Partial<HostFacts['media']> = {}) =>
  facts({ media, config: { restore: restore(changes), databaseClients: {} } });
const tree = (of: HostFacts) => new Map(renderHost(of).map(({ path, content }) => [path, content]));
const at = (of: HostFacts, path: string) => tree(of).get(path) ?? '';
const compose = (of: HostFacts) => parse(at(of, '/opt/social.coop/compose.yaml'));
const environment = (of: HostFacts) => at(of, '/etc/social.coop/stack.env');

describe('a fenced copy', () => {
  it('has one network, without a way out, and publishes no port', () => {
    const { networks, services } = compose(copy());
    expect(Object.keys(networks)).toEqual(['coop-int']);
    expect(networks['coop-int'].internal).toBe(true);
    for (const [name, service] of Object.entries<{ networks: unknown; ports?: unknown }>(services)) {
      const joined = Array.isArray(service.networks)
        ? service.networks
        : Object.keys(service.networks as object);
      expect(joined, name).toEqual(['coop-int']);
      expect(service.ports, name).toBeUndefined();
    }
  });

  it('runs one web, streaming and whoever works `default` alone; nobody works another queue', () => {
    expect(Object.keys(compose(copy()).services)).toEqual([
      ...['db', 'redis', 'web', 'streaming', 'sidekiq-default-q'],
    ]);
    expect(environment(copy())).toMatch(/^QUEUES='?default'?$/m);
    expect(Object.keys(compose(facts()).services).length).toBeGreaterThan(8);
  });

  it('gives each container an address of its own, to which this machine passes its loopback on', () => {
    const { services } = compose(copy());
    const address = (name: string) => services[name].networks['coop-int'].ipv4_address;
    const all = Object.keys(services)
      .filter((name) => name !== 'redis')
      .map(address);
    expect(new Set(all).size).toBe(all.length);
    expect(at(copy(), '/etc/systemd/system/fenced-port-3000.service')).toContain(` ${address('web')}:3000\n`);
    expect(at(copy(), '/etc/systemd/system/fenced-port-3000.socket')).toContain(
      'ListenStream=127.0.0.1:3000\n',
    );
    expect([...tree(copy()).keys()].filter((path) => path.includes('fenced-port-'))).toHaveLength(4);
  });

  it('archives nothing, even when its key could', () => {
    const postgres = '/etc/social.coop/postgres/postgresql.conf';
    expect(at(copy(), postgres)).toMatch(/^archive_mode = 'off'$/m);
    expect(at(copy(), postgres)).not.toMatch(/archive_command/);
    expect(at(facts(), postgres)).toMatch(/^archive_mode = 'on'$/m);
  });

  it('does nothing by the clock but take itself down', () => {
    const timers = (of: HostFacts) => [...tree(of).keys()].filter((path) => path.endsWith('.timer'));
    expect(timers(copy())).toEqual(['/etc/systemd/system/restore-deadline.timer']);
    expect(timers(facts()).length).toBeGreaterThan(5);
  });

  it('reaches the endpoints of its backups, and of the media when it may read them', () => {
    const elsewhere = { endpoint: 'ams3.digitaloceanspaces.com' };
    const endpoints = (of: HostFacts) => /^FENCE_ENDPOINTS='?([^'\n]*)/m.exec(environment(of))?.[1];
    expect(endpoints(copy({}, elsewhere))).toBe('ams3.digitaloceanspaces.com fra1.digitaloceanspaces.com');
    expect(endpoints(copy({ media: 'empty' }, elsewhere))).toBe('fra1.digitaloceanspaces.com');
    expect(endpoints(facts())).toBe('');
  });

  it('with media of its own has a way to them and to the source’s, and a key for each', () => {
    const source = {
      ...facts().media,
      bucket: 'theirs',
      accessKey: 'READS',
      endpoint: 'ams3.digitaloceanspaces.com',
    };
    const own = { ...copy({ media: 'copy' }), mediaSource: source };
    expect(environment(own)).toMatch(/^FENCE_ENDPOINTS='ams3\.digitaloceanspaces\.com fra1\./m);
    expect(environment(own)).toMatch(/^MEDIA_SOURCE_BUCKET='theirs'$/m);
    expect(at(own, '/etc/social.coop/rclone.conf')).toMatch(/\[media-source\][^[]*access_key_id = READS\n/);
    expect(compose(own).services.web.extra_hosts).toHaveLength(1);
    expect([...tree(own).keys()].filter((path) => path.includes('media-storage'))).toHaveLength(2);
  });

  it('without media has neither a way to them nor a key', () => {
    const empty = copy({ media: 'empty' });
    expect([...tree(empty).keys()].filter((path) => path.includes('media-storage'))).toEqual([]);
    expect(compose(empty).services.web.extra_hosts).toBeUndefined();
    expect(at(empty, '/etc/social.coop/rclone.conf')).not.toContain('[media]');
  });

  it('stands behind rules that no other stack has', () => {
    const fence = [...tree(copy()).keys()].filter((path) => /fence\b|20-fence/.test(path));
    expect(fence).toContain('/etc/social.coop/fence/fence.nft');
    for (const path of ['/etc/social.coop/fence/fence.nft', '/etc/systemd/system/social-coop-fence.service'])
      expect(tree(facts()).has(path)).toBe(false);
    const rules = at(copy(), '/etc/social.coop/fence/fence.nft');
    for (const hook of ['input', 'forward', 'output'])
      expect(rules).toMatch(new RegExp(`hook ${hook} priority filter - 10; policy drop;`));
    // An answer is let in by whom it comes from; nothing is let out because something came in, but SSH.
    const blanket = rules
      .split('\n')
      .filter((line) => /established/.test(line) && !/^\s*#/.test(line))
      .filter((line) => !/@ssh|@endpoints|coop-int/.test(line));
    expect(blanket).toEqual([]);
  });
});
