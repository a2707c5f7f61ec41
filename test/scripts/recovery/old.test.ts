import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Kit } from '../../../components/recovery/kit.ts';
import type { Ask } from '../../../scripts/lib/recovery/bucket.ts';
import { agree } from '../../../scripts/lib/recovery/old/agree.ts';
import type { Knock } from '../../../scripts/lib/recovery/old/answers.ts';
import { type Found, findLeft } from '../../../scripts/lib/recovery/old/find.ts';
import { putAway } from '../../../scripts/lib/recovery/old/put-away.ts';
import {
  alice,
  dropletInputs,
  hilde,
  names,
  serverInputs,
  type TestCloud,
  testCloud,
  zone,
} from '../../lab-unit/cloud/support.ts';

// What is left of a lost stack stands in the lab's clouds, and is found and changed through the providers' own HTTP APIs.

const quiet = { note: () => {}, step: <T>(_: string, work: () => Promise<T>) => work() };
const place = (bucket: string) => ({ bucket, region: 'fra1', endpoint: 'fra1.example.org' });
const kitOf = (provider: string, more: Record<string, string> = {}): Kit => ({
  format: 1,
  stack: 'prod',
  config: {
    'instance:domain': 'social.coop',
    'instance:primary': JSON.stringify({ provider }),
    'instance:dns': JSON.stringify({ provider: 'cloudflare', zone: 'social.coop', zoneId: zone.id }),
    ...more,
  },
  buckets: { media: place('m-of-coop'), backups: place('b-of-coop') },
  appVersion: '4.5.20',
  images: {} as Kit['images'],
});

let cloud: TestCloud;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  cloud = await testCloud();
  env = {
    ...{ HCLOUD_TOKEN: hilde.token, DIGITALOCEAN_TOKEN: alice.token, CLOUDFLARE_API_TOKEN: names.token },
    ...cloud.api,
  };
});
afterEach(() => cloud.stop());

const silence: Knock = async () => false;
/** Object storage that says what it says at Spaces, by the keys that are left. */
const bucket: Ask = async (_url, { headers }) => {
  const key = /Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1];
  const code = cloud.seen.users.has(key ?? '') ? 'SignatureDoesNotMatch' : 'InvalidAccessKeyId';
  return new Response(`<Error><Code>${code}</Code></Error>`, { status: 403 });
};
const look = (kit: Kit, ours: string[] = []) => findLeft(kit, env, new Set(ours));
const away = (found: Found, kit: Kit, knock = silence) =>
  putAway(found, kit, quiet, { ask: bucket, knock, seconds: 0 });
const says = ({ steps }: Found) => steps.map((step) => step.says);

const record = (inputs: object) =>
  cloud.make('DnsRecord', { zoneId: zone.id, ttl: 300, comment: 'Pulumi: instance prod', ...inputs }, names);

describe('a lost Droplet', () => {
  const kit = kitOf('digitalocean');
  const open = { protocol: 'tcp', portRange: '22', sourceAddresses: ['0.0.0.0/0'] };
  const lose = async () => {
    for (const name of ['m-of-coop', 'b-of-coop'])
      await cloud.make('SpacesBucket', { name, region: 'fra1', acl: 'private' });
    const keys = await Promise.all(
      ['m-of-coop', 'b-of-coop'].map((name) =>
        cloud.make('SpacesKey', {
          name: `${name}-readwrite`,
          grants: [{ bucket: name, permission: 'readwrite' }],
        }),
      ),
    );
    const droplet = await cloud.make('Droplet', dropletInputs({ name: 'primary.social.coop', ipv6: true }));
    const firewall = await cloud.make('Firewall', {
      ...{ name: 'primary-social-coop', dropletIds: [Number(droplet.id)], inboundRules: [open] },
    });
    const project = await cloud.make('Project', { name: 'social.coop' });
    return { keys, droplet, firewall, project };
  };
  const rulesOf = ({ hidden }: { hidden: Record<string, unknown> }) =>
    cloud.seen.firewalls.get(String(hidden.mac));

  it('is fenced, switched off and out of the way; its keys are revoked, its names gone; the disk is kept', async () => {
    const { keys, droplet, firewall, project } = await lose();
    await record({ type: 'A', name: 'social.coop', content: '198.18.9.9' });
    await record({ type: 'MX', name: 'social.coop', content: 'mx.example.org', priority: 10 });
    await record({ type: 'A', name: 'wiki.social.coop', content: '198.18.9.10', comment: 'the wiki' });
    const reader = await cloud.make('SpacesKey', {
      ...{ name: 'of-a-copy', grants: [{ bucket: 'b-of-coop', permission: 'read' }] },
    });
    const found = await look(kit);
    expect(found.machines).toEqual([
      { name: 'primary.social.coop', addresses: [droplet.outputs.ipv4Address, droplet.outputs.ipv6Address] },
    ]);
    let answered = 2;
    // As it is: it answers until it is fenced.
    const result = await away(found, kit, async (_, port) => port === 22 && answered-- > 0);
    expect(result.done.join('\n')).toContain('answered before, and answers no more');
    expect(result.done).toContain('seen from here: the bucket of backups knows its keys no more');

    const nobody = [{ protocol: 'tcp', ports: '9', addresses: ['192.0.2.1/32'] }];
    expect(rulesOf(droplet)).toEqual({ inbound: nobody, outbound: nobody });
    expect(cloud.seen.machines.get(String(droplet.hidden.machine))?.state).toBe('stopped');
    expect([...cloud.seen.users.keys()].filter((key) => keys.some(({ id }) => id === key))).toEqual([]);
    expect(cloud.seen.users.has(reader.id)).toBe(true);
    expect(droplet.inputs.name).toBe(`lost-${droplet.id}.primary.social.coop`);
    expect(firewall.inputs.name).toBe(`lost-${droplet.id}`);
    expect(project.inputs.name).toMatch(/^social\.coop \(lost \w{8}\)$/);
    const left = cloud.store.state.objects.filter(({ type }) => type === 'DnsRecord');
    expect(left.map(({ inputs }) => inputs.name)).toEqual(['wiki.social.coop']);
    // A second run finds nothing more to do, and a new server of the same names can be made.
    const again = await look(kit);
    expect(says(again)).toEqual([]);
    expect(again.remarks.join()).toContain('was fenced before, and is off');
    await cloud.make('Firewall', { name: 'primary-social-coop', inboundRules: [open] });
  });

  it('leaves alone what the state knows: the new server of a run that was killed', async () => {
    const { keys, droplet, firewall, project } = await lose();
    const ours = [...keys, droplet, firewall, project].map(({ id }) => id);
    expect(says(await look(kit, ours))).toEqual([]);
  });

  it('gets a firewall where it has none, and one that others share is not closed around them', async () => {
    const { droplet, firewall } = await lose();
    const other = await cloud.make('Droplet', dropletInputs({ name: 'wiki.social.coop' }));
    const shared = [droplet, other].map(({ id }) => Number(id));
    firewall.inputs = { ...firewall.inputs, dropletIds: shared };
    const found = await look(kit);
    expect(found.remarks.join('\n')).toContain(
      'firewall primary-social-coop is around primary.social.coop and others',
    );
    await away(found, kit);
    expect(cloud.store.state.objects).toContain(firewall);
    expect(firewall.inputs.dropletIds).toEqual(shared);
    expect(
      cloud.store.state.objects.filter(({ inputs }) => inputs.name === `lost-${droplet.id}`),
    ).toHaveLength(1);
  });

  it('that answers all the same stops everything, before a name is touched', async () => {
    await lose();
    const a = await record({ type: 'A', name: 'social.coop', content: '198.18.9.9' });
    const found = await look(kit);
    await expect(away(found, kit, async () => true)).rejects.toThrow(
      /^the old server still answers, although it is fenced: .* \(SSH, HTTPS\).* no new server was made$/,
    );
    expect(cloud.store.state.objects).toContain(a);
  });

  it('whose keys the bucket still knows stops everything', async () => {
    await lose();
    const found = await look(kit);
    const known: Ask = async () => new Response('<Code>SignatureDoesNotMatch</Code>', { status: 403 });
    await expect(putAway(found, kit, quiet, { ask: known, knock: silence, seconds: 0 })).rejects.toThrow(
      /keys are still known: DO00\w+, DO00\w+ — s3:\/\/b-of-coop/,
    );
  });
});

describe('a lost server at Hetzner', () => {
  const kit = kitOf('hetzner');

  it('is fenced, switched off, and its names and those of its addresses are free', async () => {
    const host = 'primary.social.coop';
    const server = await cloud.make('Server', serverInputs({ name: host }), hilde);
    const open = { direction: 'in', protocol: 'tcp', port: '22', sourceIps: ['0.0.0.0/0'] };
    const firewall = await cloud.make(
      'Firewall',
      { name: 'primary-social-coop', rules: [open], applyTos: [{ server: Number(server.id) }] },
      hilde,
    );
    const ip = await cloud.make(
      'PrimaryIp',
      { name: `${host}-ipv4`, type: 'ipv4', location: 'fsn1', deleteProtection: true },
      hilde,
    );
    await away(await look(kit), kit);
    expect(cloud.seen.firewalls.get(String(server.hidden.mac))).toEqual({
      inbound: [],
      outbound: [{ protocol: 'tcp', ports: '9', addresses: ['192.0.2.1/32'] }],
    });
    expect(cloud.seen.machines.get(String(server.hidden.machine))?.state).toBe('stopped');
    expect([server, firewall, ip].map(({ inputs }) => inputs.name)).toEqual([
      `lost-${server.id}.${host}`,
      `lost-${firewall.id}.primary-social-coop`,
      `lost-${ip.id}.${host}-ipv4`,
    ]);
    expect(says(await look(kit))).toEqual([]);
  });

  it('without a firewall gets one', async () => {
    const server = await cloud.make('Server', serverInputs({ name: 'secondary.social.coop' }), hilde);
    await away(await look(kit), kit);
    expect(cloud.seen.firewalls.get(String(server.hidden.mac))?.inbound).toEqual([]);
  });
});

describe('what cannot be looked for', () => {
  const kit = { ...kitOf('hetzner'), addresses: ['192.0.2.7'] };

  it('is said: a token that is not set, or not taken, or an API that is silent', async () => {
    const found = await findLeft(
      kit,
      { ...env, HCLOUD_TOKEN: '', DIGITALOCEAN_TOKEN: 'x', CLOUDFLARE_BASE_URL: 'http://127.0.0.1:9' },
      new Set(),
    );
    expect(found.unasked).toEqual([
      expect.stringMatching(/^DIGITALOCEAN_TOKEN is refused: .* \(401\)$/),
      'HCLOUD_TOKEN is not set',
      expect.stringMatching(/^127\.0\.0\.1:9 does not answer/),
    ]);
  });

  it('and somebody answers where it was: --yes is not enough', async () => {
    const nothing = { machines: [], steps: [], keys: [], remarks: [], unasked: ['HCLOUD_TOKEN is not set'] };
    const yes = { yes: true, goesOn: false };
    await expect(agree(kit, nothing, yes, async (_, port) => port === 443)).rejects.toThrow(
      /^the old server may still be on: 192\.0\.2\.7 \(HTTPS\) — prod — .*; nothing was written$/,
    );
    await agree(kit, nothing, yes, silence);
    await expect(agree(kit, nothing, { goesOn: false }, silence)).rejects.toThrow(
      /^nobody can be asked — prod — switch the old server off, then say --yes/,
    );
  });
});
