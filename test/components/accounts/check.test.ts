import { beforeEach, describe, expect, it } from 'vitest';
import { type Asking, checkAccounts } from '../../../components/accounts/check.ts';
import { readSettings } from '../../../components/accounts/settings.ts';
import { type Clouds, type Identity, Refusal, Silence } from '../../../components/accounts/types.ts';
import { parseConfig } from '../../../components/config.ts';
import type { LastOutputs } from '../../../components/last.ts';
import { copyOf } from '../restore/support.ts';
import { completed, configOf } from '../support/config.ts';
import { set } from '../support/edits.ts';

// What each provider answers is played here; how it is asked for has tests beside this one, and the lab's in test/lab.

const good: Identity = { account: 'coop', access: 'read-write' };
const tokens = {
  HCLOUD_TOKEN: 'h',
  DIGITALOCEAN_TOKEN: 'd',
  SPACES_ACCESS_KEY_ID: 's',
  SPACES_SECRET_ACCESS_KEY: 'never shown',
  CLOUDFLARE_API_TOKEN: 'c',
};
const silent = (host: string) => () => Promise.reject(new Silence(`${host} does not answer (ENOTFOUND)`));
const refused = (message: string) => () => Promise.reject(new Refusal(401, '', message));

let clouds: Clouds;
let asked: string[];
let warnings: string[];
let insisted: boolean;
let last: LastOutputs;
let held: (machine: string) => boolean;
beforeEach(() => {
  insisted = false;
  last = {};
  held = () => true;
  [asked, warnings] = [[], []];
  const note = <T>(what: string, answer: T) => {
    asked.push(what);
    return Promise.resolve(answer);
  };
  clouds = {
    hetzner: {
      whoami: () => note('hetzner', good),
      sees: async () => true,
      holds: async (machine) => held(machine),
      quotas: () => note('hetzner limits', []),
    },
    digitalocean: {
      whoami: (makes) => note(`digitalocean ${makes}`, good),
      sees: async () => true,
      holds: async (machine) => held(machine),
      quotas: (machines) => note(`limits for ${machines}`, []),
    },
    spaces: { whoami: () => note('spaces', good) },
    cloudflare: {
      whoami: (zoneId) => note(`cloudflare ${zoneId}`, good),
      zone: (zoneId) => note(`zone ${zoneId}`, { name: 'social.coop' }),
      records: async () => [],
    },
  };
});

const zoneId = '0123456789abcdef0123456789abcdef';
const dns = { provider: 'cloudflare', zone: 'social.coop', zoneId };
const config = (stack: string, changes = {}) => configOf(set(completed(stack), { dns, ...changes }));
function check(stack = 'prod', env: NodeJS.ProcessEnv = tokens, changes = {}): Promise<void> {
  const warn = (words: string) => warnings.push(words);
  const asking: Asking = { clouds, settings: readSettings(env), last, warn, insisted };
  return checkAccounts(config(stack, changes), stack, asking);
}
const problems = async (...args: Parameters<typeof check>) => {
  const error = (await check(...args).then(
    () => undefined,
    (reason: unknown) => reason,
  )) as Error | undefined;
  return (
    error?.message
      .split('\n')
      .slice(1, -1)
      .map((line) => line.trim()) ?? []
  );
};

describe('the accounts of a stack', () => {
  it('are asked what it needs of each, all at once', async () => {
    const work = check();
    // Nobody has answered yet.
    expect(asked).toEqual([
      'hetzner',
      'digitalocean machines',
      'limits for secondary.social.coop',
      'spaces',
      `cloudflare ${zoneId}`,
      `zone ${zoneId}`,
    ]);
    await work;
    expect(warnings).toEqual([]);
  });

  it('are not asked for what the stack does not make there', async () => {
    await check('alpha');
    expect(asked).toContain('digitalocean buckets');
    expect(asked.join()).not.toMatch(/limits for/);
    asked.length = 0;
    await check('staging');
    expect(asked).not.toContain('hetzner');
  });

  it('of a copy are not those of its source: a machine of its own name, and no bucket', async () => {
    const options = { project: 'instance', stack: 'rehearsal-1', now: new Date('2026-11-22T12:00:00Z') };
    const asking = { clouds, settings: readSettings(tokens), last, warn: () => {}, insisted };
    await checkAccounts(parseConfig(copyOf().raw, options), 'rehearsal-1', asking);
    expect(asked).toEqual(['digitalocean machines', 'limits for copy-rehearsal-1']);
  });

  it('are only those of the buckets where host and names are one’s own', async () => {
    await check('staging', tokens, {
      primary: { provider: 'existing', host: '192.0.2.7' },
      dns: { provider: 'none' },
    });
    expect(asked).toEqual(['digitalocean buckets', 'spaces']);
  });

  it('that do not fit are all told at once, each with variable, cause and remedy', async () => {
    clouds.hetzner.whoami = async () => ({ access: 'read' });
    clouds.digitalocean.whoami = async () => ({ ...good, missing: ['firewall:create'] });
    clouds.digitalocean.quotas = async () => [
      { what: 'Droplets', limit: 3, used: 3, wanted: 1 },
      { what: 'reserved addresses', limit: 3, used: 2, wanted: 1 },
    ];
    clouds.spaces.whoami = async () => ({ access: 'unknown', missing: ['full access to every bucket'] });
    clouds.cloudflare.zone = async () => ({ name: 'other.coop' });
    const error = (await check().catch((reason) => reason)) as Error;
    expect(error.name).toBe('VisibleError');
    const lines = error.message.split('\n');
    expect(lines[0]).toBe('accounts do not fit stack prod:');
    expect(lines.at(-1)).toBe('Nothing was changed. coop doctor prod says more.');
    expect(lines.slice(1, -1)).toEqual([
      expect.stringMatching(
        /^ {2}HCLOUD_TOKEN may only read — make one with Read & Write at console\.hetzner/,
      ),
      expect.stringMatching(
        /^ {2}DIGITALOCEAN_TOKEN \(account coop\) lacks firewall:create — make one with full/,
      ),
      expect.stringMatching(
        /^ {2}DIGITALOCEAN_TOKEN: the account has 3 of 3 Droplets, and 1 more would be made — ask/,
      ),
      expect.stringMatching(
        /^ {2}SPACES_ACCESS_KEY_ID lacks full access to every bucket — make one with full/,
      ),
      expect.stringMatching(
        /^ {2}dns\.zoneId is that of other\.coop, and dns\.zone says social\.coop — copy the ID/,
      ),
    ]);
    expect(error.message).not.toContain('never shown');
  });

  it.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['not set', { HCLOUD_TOKEN: '' }, /^HCLOUD_TOKEN is not set — get one \(Read & Write\)/],
    [
      'half set',
      { SPACES_SECRET_ACCESS_KEY: undefined },
      /^SPACES_SECRET_ACCESS_KEY is not set — .*export SPACES_SECRET_ACCESS_KEY=…$/,
    ],
    ['padded', { CLOUDFLARE_API_TOKEN: 'c\n' }, /^CLOUDFLARE_API_TOKEN has spaces around it — set it again/],
  ])('whose token is %s are told, and the others are asked', async (_, env, words) => {
    clouds.digitalocean.whoami = refused('Unable to authenticate you');
    const found = await problems('prod', { ...tokens, ...env });
    expect(found).toHaveLength(2);
    expect(found.find((line) => words.test(line))).toBeDefined();
  });

  it('that refuse a token are quoted', async () => {
    clouds.hetzner.whoami = refused('unable to authenticate');
    clouds.spaces.whoami = refused('InvalidAccessKeyId');
    clouds.cloudflare.whoami = refused('Invalid API Token');
    // A token that nobody knows sees no zone either: that is one problem, not two.
    clouds.cloudflare.zone = async () => undefined;
    expect(await problems()).toEqual([
      expect.stringMatching(/^HCLOUD_TOKEN is not accepted: unable to authenticate \(401\) — wrong, expired/),
      expect.stringMatching(
        /^SPACES_ACCESS_KEY_ID with SPACES_SECRET_ACCESS_KEY is not accepted: InvalidAccessKeyId/,
      ),
      expect.stringMatching(/^CLOUDFLARE_API_TOKEN is not accepted: Invalid API Token \(401\)/),
    ]);
  });

  it('that are locked are told so, and not that the token may only read', async () => {
    clouds.digitalocean.whoami = async () => ({
      ...good,
      access: 'read',
      locked: 'the account is locked: bill',
    });
    clouds.digitalocean.quotas = async () => [{ what: 'Droplets', limit: 0, used: 0, wanted: 1 }];
    expect(await problems()).toEqual([
      'DIGITALOCEAN_TOKEN (account coop): the account is locked: bill — see why at cloud.digitalocean.com',
    ]);
  });

  it('a zone of another account is one problem', async () => {
    clouds.cloudflare.whoami = async () => ({ access: 'unknown' });
    clouds.cloudflare.zone = async () => undefined;
    expect(await problems()).toEqual([
      expect.stringMatching(
        /^CLOUDFLARE_API_TOKEN sees no zone 0123.*another account's.* — take a token that/,
      ),
    ]);
  });

  it('hold the machines that the stack has there already', async () => {
    held = () => false;
    // Nothing was made yet.
    expect(await problems()).toEqual([]);
    last = { machines: { primary: { provider: 'hetzner' }, secondary: { provider: 'digitalocean' } } };
    expect(await problems()).toEqual([
      expect.stringMatching(
        /^HCLOUD_TOKEN sees neither primary\.social\.coop nor its SSH key: .*another project/,
      ),
      expect.stringMatching(/^DIGITALOCEAN_TOKEN sees neither secondary\.social\.coop nor its SSH key/),
    ]);
    // One that comes anew need not be there.
    last = { machines: { primary: { provider: 'hetzner' } } };
    expect(await problems()).toHaveLength(1);
    held = (machine) => machine === 'primary.social.coop';
    expect(await problems()).toEqual([]);
  });

  it('are a warning to somebody who knows better', async () => {
    insisted = true;
    clouds.hetzner.whoami = async () => ({ access: 'read' });
    await check();
    expect(warnings).toEqual([
      expect.stringMatching(
        /do not fit stack prod:\n {2}HCLOUD_TOKEN may only read.*\n.*going on all the same/,
      ),
    ]);
  });

  it('of which it cannot be told whether the token may write are let through', async () => {
    clouds.hetzner.whoami = async () => ({ access: 'unknown' });
    await check();
  });

  it('that have what is wanted need no room: a stack that was half made can be ended', async () => {
    clouds.digitalocean.quotas = async () => [{ what: 'Droplets', limit: 3, used: 3, wanted: 0 }];
    await check();
  });
});

describe('a provider that does not answer', () => {
  it('is a warning, and stops nobody', async () => {
    clouds.hetzner.whoami = silent('api.hetzner.cloud');
    clouds.cloudflare.zone = silent('api.cloudflare.com');
    await check();
    expect(warnings).toEqual([
      'api.hetzner.cloud does not answer (ENOTFOUND): HCLOUD_TOKEN was not checked',
      'api.cloudflare.com does not answer (ENOTFOUND): CLOUDFLARE_API_TOKEN was not checked',
    ]);
  });

  it('hides no problem elsewhere', async () => {
    clouds.hetzner.whoami = silent('api.hetzner.cloud');
    clouds.digitalocean.quotas = silent('api.digitalocean.com');
    clouds.digitalocean.whoami = async () => ({ ...good, access: 'read' });
    expect(await problems()).toEqual([expect.stringMatching(/^DIGITALOCEAN_TOKEN .*may only read/)]);
    expect(warnings[1]).toMatch(/api\.digitalocean\.com does not answer.*: its limits were not checked/);
  });

  it('is not what a bug looks like', async () => {
    clouds.hetzner.whoami = () => Promise.reject(new TypeError('x is not a function'));
    await expect(check()).rejects.toThrow(TypeError);
  });
});
