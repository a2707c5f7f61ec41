import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cloud as client } from '../../lab/cloud/client.ts';
import { completed } from '../components/support/config.ts';
import { alice, hilde, names } from '../lab-unit/cloud/support.ts';
import { ProgramBed } from './support/program-bed.ts';

// Production needs four accounts. What one of them would refuse half-way is refused before anything is made; one that does
// not answer is in halves.test.ts.

const look = { alice: 'alice-may-only-look', names: 'names-may-only-look' };
let bed: ProgramBed;
let limited: { id: string; secret: string };
beforeAll(async () => {
  bed = await ProgramBed.start(completed('prod'));
  bed.write();
  await accounts();
  const { cloud } = bed.run;
  await cloud.make('SpacesBucket', { name: 'somebody-elses', region: 'fra1' });
  const grants = [{ bucket: 'somebody-elses', permission: 'readwrite' }];
  const { id, outputs } = await cloud.make('SpacesKey', { name: 'limited', grants });
  limited = { id, secret: String(outputs.secretKey) };
}, 600_000);
afterEach(() => client.clearFaults());
afterAll(() => bed?.stop());

/** Every account with a token that may only read beside it, and DigitalOcean's with these limits. */
async function accounts(limits: Record<string, number> = {}): Promise<void> {
  await client.putAccount({ ...alice, readToken: look.alice, limits });
  await client.putAccount({ ...names, readToken: look.names });
}

/** Runs pulumi with other variables than the bed's. */
async function withEnv(env: () => NodeJS.ProcessEnv, ...args: string[]) {
  const before = { ...bed.run.env };
  Object.assign(bed.run.env, env());
  try {
    return await bed.run.pulumi(...args);
  } finally {
    Object.assign(bed.run.env, before);
  }
}

const up = ['up', '--yes', '--skip-preview'];
const ids = async () => (await client.everything()).map(({ id }) => id).sort();

async function refused(env: () => NodeJS.ProcessEnv, args: string[], ...words: RegExp[]): Promise<void> {
  const there = await ids();
  const { code, output } = await withEnv(env, ...args);
  expect(code, output).not.toBe(0);
  expect(output).toContain('accounts do not fit stack test:');
  for (const each of words) expect(output).toMatch(each);
  // Nothing else, and no stack trace.
  expect(output.match(/^ +\S.* — /gm), output).toHaveLength(words.length);
  expect(output).not.toMatch(/at .*\.ts:\d+/);
  expect(await ids()).toEqual(there);
}

const cases: [string, () => NodeJS.ProcessEnv, RegExp][] = [
  [
    'a token of Hetzner that may only read',
    () => ({ HCLOUD_TOKEN: hilde.readToken }),
    /HCLOUD_TOKEN may only read — make one with Read & Write/,
  ],
  [
    'a token of DigitalOcean that may only read',
    () => ({ DIGITALOCEAN_TOKEN: look.alice }),
    /DIGITALOCEAN_TOKEN \(account alice\) may only read — make one with full access/,
  ],
  [
    'a key to Spaces that is limited to a bucket',
    () => ({ SPACES_ACCESS_KEY_ID: limited.id, SPACES_SECRET_ACCESS_KEY: limited.secret }),
    /SPACES_ACCESS_KEY_ID lacks full access to every bucket — make one/,
  ],
  [
    'a token of Cloudflare that may only read',
    () => ({ CLOUDFLARE_API_TOKEN: look.names }),
    /CLOUDFLARE_API_TOKEN may only read — make one with Zone \/ DNS \/ Edit/,
  ],
];

describe('before anything is made', () => {
  it.each(cases)('`pulumi up` refuses %s', (_, env, words) => refused(env, up, words));

  it('`pulumi preview` names all of it at once', () =>
    refused(
      () => Object.assign({}, ...cases.map(([, env]) => env())),
      ['preview'],
      ...cases.map(([, , words]) => words),
    ));

  it('the limits of the account are told', async () => {
    await accounts({ Droplet: 0, ReservedIp: 0 });
    await refused(
      () => ({}),
      up,
      /the account has 0 of 0 Droplets, and 1 more would be made — ask the provider/,
      /the account has 0 of 0 reserved addresses, and 1 more would be made/,
    );
  });
});

describe('a stack that was half made', () => {
  it('is not refused for what it has itself, up to the last address and Droplet', async () => {
    await accounts({ Droplet: 1, ReservedIp: 1 });
    await client.fault({
      provider: 'digitalocean',
      type: 'Droplet',
      op: 'create',
      kind: 'out-of-stock',
      times: 1,
    });
    const first = await bed.up();
    expect(first.code, first.output).not.toBe(0);
    expect(await client.list('digitalocean', 'ReservedIp')).toHaveLength(1);
    expect(await client.list('digitalocean', 'Droplet')).toEqual([]);
    const second = await bed.up();
    expect(second.code, second.output).toBe(0);
    const third = await bed.up();
    expect(third.output).toMatch(/\d+ unchanged/);
    expect(third.output).not.toContain('warning');
  });

  it('is refused with the token of another project, which holds nothing of it', async () => {
    const other = { ...hilde, name: 'somebody else', token: 'o'.repeat(64), readToken: 'p'.repeat(64) };
    await client.putAccount(other);
    await refused(
      () => ({ HCLOUD_TOKEN: other.token }),
      up,
      /HCLOUD_TOKEN sees neither primary\.social\.coop nor its SSH key: it is the token of another project/,
    );
  });
});
