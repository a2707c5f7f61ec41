import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { cloud } from '../../lab/cloud/client.ts';
import { checkout, paths } from '../../lab/paths.ts';
import { callCloud } from '../../lab/providers/lib/cloud.ts';
import type { Tokens } from '../../lab/services/tokens.ts';
import { type Stack, stacks } from './stacks.ts';
import { coopPath, inLab, run } from './support.ts';

interface Found {
  check: string;
  level: string;
  text: string;
  remedy?: string;
}

// STACKS may leave it out.
const found = stacks.find(({ name }) => name === 'staging');
const staging = found as Stack;
const elsewhere = mkdtempSync(join(tmpdir(), 'coop-doctor-'));
let tokens: Tokens;
beforeAll(async () => {
  process.env.LAB_CLOUD = paths.cloudSocket;
  tokens = JSON.parse(readFileSync(paths.tokens, 'utf8'));
  const spaces = { accessKey: tokens.spacesKey, secretKey: tokens.spacesSecret };
  const own = { name: 'lab', provider: 'digitalocean', token: tokens.digitalocean, spaces };
  await cloud.putAccount({ ...own, readToken: 'dop_v1_may_only_look' });
  // Other customers of the same providers.
  await cloud.putAccount({ provider: 'digitalocean', name: 'other', token: 'dop_v1_of_another' });
  await cloud.putAccount({ provider: 'cloudflare', name: 'other', token: 'cf-of-another', zones: [] });
});
afterAll(() => rmSync(elsewhere, { recursive: true }));

/** What `coop doctor staging` finds with another environment. */
async function doctor(env: string[] = [], ...args: string[]): Promise<{ code: number; checks: Found[] }> {
  const said = await run(inLab('env', ...env, coopPath, 'doctor', staging.name, '--json', ...args));
  return { code: said.code, checks: JSON.parse(said.stdout).checks };
}
const failures = (checks: Found[]) => checks.filter(({ level }) => level === 'failure');

/** The project with an edited stack file, in a directory of its own; runs a command there. */
async function edited(change: (text: string) => string, ...command: string[]) {
  for (const file of ['Pulumi.yaml', 'index.ts', 'package.json', `Pulumi.${staging.name}.yaml`])
    cpSync(join(paths.project, file), join(elsewhere, file));
  rmSync(join(elsewhere, 'node_modules'), { force: true });
  symlinkSync(join(checkout, 'node_modules'), join(elsewhere, 'node_modules'));
  const file = join(elsewhere, `Pulumi.${staging.name}.yaml`);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  return run(inLab('sh', '-c', `cd ${elsewhere} && exec ${command.join(' ')}`));
}

describe.each(stacks)('coop doctor $name', (stack) => {
  it('finds nothing to mend, within seconds', async () => {
    const said = await run(stack.coopCommand('doctor', '--json'));
    const { ok, checks } = JSON.parse(said.stdout) as { ok: boolean; checks: Found[] };
    expect(failures(checks)).toEqual([]);
    expect(ok).toBe(true);
    expect(said.code).toBe(0);
    // Five seconds, or on a busy machine five times what it takes to ask Pulumi for one address.
    const { seconds } = await run(stack.coopCommand('ssh', '--json'));
    expect(said.seconds).toBeLessThan(Math.max(5, 5 * seconds));
    const well = checks.filter(({ level }) => level === 'ok').map(({ check }) => check);
    for (const name of ['versions', 'state', 'passphrase', 'config', 'servers', 'names', 'machine', 'costs'])
      expect(well, name).toContain(name);
  });
});

describe.runIf(found)('coop doctor', () => {
  it('tells a token that may only read', async () => {
    const { code, checks } = await doctor(['DIGITALOCEAN_TOKEN=dop_v1_may_only_look']);
    expect(code).toBe(1);
    expect(failures(checks)).toEqual([
      expect.objectContaining({
        check: 'digitalocean',
        text: 'DIGITALOCEAN_TOKEN (account lab) may only read',
      }),
    ]);
  });

  it('tells a token of another project by the server it does not see', async () => {
    const { checks } = await doctor(['DIGITALOCEAN_TOKEN=dop_v1_of_another']);
    expect(failures(checks)).toEqual([
      expect.objectContaining({
        check: 'servers',
        text: expect.stringMatching(/server \d+ cannot be seen with this DIGITALOCEAN_TOKEN/),
      }),
    ]);
  });

  it('tells a zone of another account', async () => {
    const { checks } = await doctor(['CLOUDFLARE_API_TOKEN=cf-of-another']);
    expect(failures(checks)).toEqual([
      expect.objectContaining({ check: 'names', text: expect.stringContaining("another account's") }),
    ]);
  });

  it('is not asked with a token of no account: lab and real would be mixed', async () => {
    const said = await run(inLab('env', 'HCLOUD_TOKEN=real', coopPath, 'doctor', staging.name));
    expect(said).toMatchObject({ code: 1, stdout: '' });
    expect(said.stderr).toMatch(/lab and real are mixed — .*HCLOUD_TOKEN is of no account in the lab/);
  });

  it('finds a record that is not ours, and not those that are', async () => {
    const zoneId = tokens.zones['social.coop'];
    const record = { zoneId, name: staging.domain, type: 'A', content: '198.18.99.9', ttl: 300 };
    const { body } = await callCloud('POST', '/v1/cloudflare/DnsRecord', tokens.cloudflare, record);
    const { checks } = await doctor();
    await cloud.remove('cloudflare', 'DnsRecord', String(body.id));
    expect(failures(checks)).toEqual([
      expect.objectContaining({
        check: 'names',
        text: expect.stringContaining(`${staging.domain} A 198.18.99.9 is not ours`),
      }),
    ]);
  });

  it('says who holds the state', async () => {
    const lock = join(paths.state, '.pulumi/locks/organization/instance', staging.name, 'test.json');
    mkdirSync(dirname(lock), { recursive: true });
    const holder = { pid: 4711, username: 'ana', hostname: 'laptop', timestamp: '2026-11-22T10:00:00.5Z' };
    writeFileSync(lock, JSON.stringify(holder));
    const { checks } = await doctor();
    rmSync(lock);
    expect(checks.map(({ text }) => text).join('\n')).toMatch(/locked by ana on laptop \(process 4711\)/);
  });

  it('tells a wrong passphrase, and looks at what it can all the same', async () => {
    const wrong = join(elsewhere, 'passphrase');
    writeFileSync(wrong, 'not this one, not this one');
    const { code, checks } = await doctor([], '--passphrase-file', wrong);
    expect(code).toBe(1);
    expect(failures(checks)).toEqual([
      expect.objectContaining({ check: 'passphrase', text: expect.stringContaining('the wrong one') }),
    ]);
    expect(checks.find(({ check }) => check === 'config')?.level).toBe('ok');
  });
});

describe.runIf(found)('before anything changes, doctor, preview and init say the same of', () => {
  const inClouds = async () => (await cloud.everything()).map(({ id }) => id).sort();

  it('a secret that is missing after git clone', async () => {
    const there = await inClouds();
    const lose = (text: string) => text.replace(/\n( +)redisPassword:\n.*/, '');
    const doctor = await edited(lose, coopPath, 'doctor', staging.name);
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toMatch(/lacks a secret: redisPassword, and the stack is running/);
    const preview = await edited(lose, 'pulumi', 'preview', '--stack', staging.name);
    expect(preview.code).not.toBe(0);
    expect(preview.output).toMatch(/is missing — instance:secrets\.redisPassword/);
    const init = await edited(lose, coopPath, 'init', staging.name, '--yes', '--no-images');
    expect(init.code).toBe(1);
    expect(init.stderr).toMatch(/is running, and its file lacks redisPassword/);
    expect(await inClouds()).toEqual(there);
  });

  it.each([
    [
      'a wrong token',
      ['DIGITALOCEAN_TOKEN=dop_v1_wrong'],
      [/DIGITALOCEAN_TOKEN is not accepted: Unable to authenti/],
    ],
    [
      'a token that may only read, and a zone of another account',
      ['DIGITALOCEAN_TOKEN=dop_v1_may_only_look', 'CLOUDFLARE_API_TOKEN=cf-of-another'],
      [/DIGITALOCEAN_TOKEN \(account lab\) may only read/, /CLOUDFLARE_API_TOKEN .*does not cover/],
    ],
  ])('%s', async (_, tokens, words) => {
    const there = await inClouds();
    for (const command of [['preview'], ['up', '--yes', '--skip-preview']]) {
      const said = await run(inLab('env', ...tokens, 'pulumi', ...command, '--stack', staging.name));
      expect(said.code).not.toBe(0);
      expect(said.output).toMatch(/accounts do not fit stack staging/);
      for (const each of words) expect(said.output).toMatch(each);
      expect(said.output).toMatch(/Nothing was changed\. coop doctor staging says more/);
    }
    expect(await inClouds()).toEqual(there);
  });

  it('an admin key that does not parse', async () => {
    const there = await inClouds();
    const admin = { zoe: ['ssh-ed25519 AAAAnonsense zoe'] };
    // People may be there already.
    const spoil = (text: string) => {
      const document = parseDocument(text);
      document.setIn(['config', 'instance:admins'], admin);
      return document.toString({ lineWidth: 0 });
    };
    const both = [
      await edited(spoil, coopPath, 'doctor', staging.name),
      await edited(spoil, 'pulumi', 'preview', '--stack', staging.name),
    ];
    for (const { code, output } of both) {
      expect(code).not.toBe(0);
      expect(output).toContain('is not an OpenSSH public key');
      expect(output).toContain('admins.zoe[0]');
    }
    expect(await inClouds()).toEqual(there);
  });
});
