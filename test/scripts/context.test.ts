import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VisibleError } from '../../components/errors.ts';
import { apiVariables } from '../../lab/cloud/api/variables.ts';
import { fingerprint, rememberAccount } from '../../scripts/lib/accounts.ts';
import { announce, describeContext, findContext } from '../../scripts/lib/context.ts';
import { checkout } from '../../scripts/lib/paths.ts';

let root: string;
let lab: string;
let project: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'coop-test-')));
  [lab, project] = [join(root, '.lab'), join(root, 'project')];
  for (const directory of [join(project, 'deep', 'down'), join(lab, 'project'), join(lab, 'state')])
    mkdirSync(directory, { recursive: true });
  for (const directory of [project, join(lab, 'project')])
    writeFileSync(join(directory, 'Pulumi.yaml'), 'name: instance\n');
});
afterEach(() => rmSync(root, { recursive: true }));

const find = (cwd: string, env: NodeJS.ProcessEnv) => findContext(cwd, { HOME: root, ...env }, lab);
const labEnv = () => ({
  COOP_LAB: '1',
  LAB_CLOUD: `${lab}/run/cloud.sock`,
  PULUMI_BACKEND_URL: `file://${lab}/state`,
  PULUMI_HOME: `${lab}/home`,
  ...apiVariables(),
});
const write = (directory: string, stack: string, config: object) =>
  writeFileSync(join(directory, `Pulumi.${stack}.yaml`), JSON.stringify({ config }));
const labStack = { 'instance:acmeDirectory': 'https://acme.lab.test/dir' };
/** As `coop lab up` leaves them; nothing is added to the environment. */
const handOut = () => {
  writeFileSync(
    join(lab, 'tokens.json'),
    JSON.stringify({ hetzner: 'lab-hetzner', digitalocean: 'lab-do', spacesSecret: 'lab-secret', zones: {} }),
  );
  return {};
};
const realStack = { 'instance:domain': 'staging.social.coop' };

describe('where a verb acts', () => {
  it('is the project above the directory, else the checkout', () => {
    expect(find(join(project, 'deep', 'down'), {}).projectDir).toBe(project);
    expect(find(root, {}).projectDir).toBe(checkout);
    writeFileSync(join(root, 'Pulumi.yaml'), 'name: something-else\n');
    expect(find(root, {}).projectDir).toBe(checkout);
  });

  it("is the lab's project in the lab", () => {
    expect(find(root, labEnv())).toMatchObject({ kind: 'LAB', projectDir: join(lab, 'project') });
    expect(find(join(lab, 'project'), labEnv()).kind).toBe('LAB');
  });

  it('finds the state as Pulumi does: environment, project, login', () => {
    expect(find(project, {}).backend).toBeUndefined();
    mkdirSync(join(root, '.pulumi'));
    writeFileSync(join(root, '.pulumi', 'credentials.json'), '{"current":"s3://logged-in"}');
    expect(find(project, {}).backend).toBe('s3://logged-in');
    writeFileSync(join(project, 'Pulumi.yaml'), 'name: instance\nbackend:\n  url: s3://project\n');
    expect(find(project, {}).backend).toBe('s3://project');
    expect(find(project, { PULUMI_BACKEND_URL: 's3://env' }).backend).toBe('s3://env');
  });

  it('is said in one line, without anything secret', () => {
    const env = {
      PULUMI_BACKEND_URL: 's3://key:pass@bucket/x?region=fra1',
      DIGITALOCEAN_TOKEN: 'dop_v1_secret',
    };
    const line = describeContext(find(project, env), 'staging');
    expect(line).toMatch(
      /^REAL · stack staging · accounts digitalocean [0-9a-f]{8} · state s3:\/\/bucket\/x$/,
    );
  });

  it('names the accounts a stack needs, and those whose token is missing', () => {
    write(project, 'prod', {
      'instance:primary': { provider: 'hetzner', region: 'fsn1', size: 'cpx42' },
      'instance:dns': { provider: 'cloudflare', zone: 'social.coop' },
    });
    const env = { PULUMI_BACKEND_URL: 's3://b', CLOUDFLARE_API_TOKEN: 'c', DIGITALOCEAN_TOKEN: 'd' };
    expect(describeContext(find(project, env), 'prod')).toBe(
      `REAL · stack prod · accounts hetzner (no HCLOUD_TOKEN), digitalocean ${fingerprint('d')}, spaces (no SPACES_ACCESS_KEY_ID), cloudflare ${fingerprint('c')} · state s3://b`,
    );
  });

  it('shows the name of an account that coop doctor learned, without asking anybody', () => {
    const env = { HOME: root, PULUMI_BACKEND_URL: 's3://b', DIGITALOCEAN_TOKEN: 'dop_v1_secret' };
    rememberAccount(env, 'dop_v1_secret', 'tech@social.coop');
    expect(describeContext(find(project, env))).toContain(
      `digitalocean tech@social.coop (${fingerprint('dop_v1_secret')})`,
    );
    const cache = join(root, '.cache', 'social-coop', 'accounts.json');
    expect(readFileSync(cache, 'utf8')).not.toContain('dop_v1_secret');
  });
});

describe('lab and real', () => {
  it.each<[string, () => NodeJS.ProcessEnv, () => string]>([
    ['the lab with real state', () => ({ ...labEnv(), PULUMI_BACKEND_URL: 's3://prod' }), () => project],
    ['the lab with the state of a login', () => ({ COOP_LAB: '1' }), () => project],
    [
      'a state beside the lab',
      () => ({ ...labEnv(), PULUMI_BACKEND_URL: `file://${lab}-other/state` }),
      () => project,
    ],
    ["the lab's state outside of it", () => ({ PULUMI_BACKEND_URL: `file://${lab}/state` }), () => project],
    ["the lab's project outside of it", () => ({}), () => join(lab, 'project')],
    ["the lab's home outside of it", () => ({ PULUMI_HOME: `${lab}/home` }), () => project],
    ["the lab's cloud outside of it", () => ({ LAB_CLOUD: `${lab}/run/cloud.sock` }), () => project],
    [
      "the lab's token outside of it",
      () => ({ ...handOut(), PULUMI_BACKEND_URL: 's3://prod', HCLOUD_TOKEN: 'lab-hetzner' }),
      () => project,
    ],
    [
      'a real token in the lab',
      () => ({ ...handOut(), ...labEnv(), DIGITALOCEAN_TOKEN: 'dop_v1_real' }),
      () => project,
    ],
    [
      'a real key to Spaces in the lab',
      () => ({ ...handOut(), ...labEnv(), SPACES_SECRET_ACCESS_KEY: 'real' }),
      () => project,
    ],
    ['the lab without its plugins', () => ({ ...labEnv(), PULUMI_HOME: `${root}/.pulumi` }), () => project],
    ['the lab without a home of its own', () => ({ ...labEnv(), PULUMI_HOME: undefined }), () => project],
    [
      'the lab with the API of the real clouds',
      () => ({ ...labEnv(), CLOUDFLARE_BASE_URL: undefined }),
      () => project,
    ],
    ["the API of the lab's clouds outside of it", () => apiVariables(), () => project],
    ['the lab without its cloud', () => ({ ...labEnv(), LAB_CLOUD: undefined }), () => project],
    [
      'the lab with the cloud of another',
      () => ({ ...labEnv(), LAB_CLOUD: '/tmp/cloud.sock' }),
      () => project,
    ],
  ])('are not mixed: %s is refused', (_, env, cwd) => {
    expect(() => find(cwd(), env())).toThrow(/lab and real are mixed/);
    expect(() => find(cwd(), env())).toThrow(VisibleError);
  });

  it("take the lab's own tokens in the lab, and those of an account that was added there", () => {
    handOut();
    const second = { accounts: [{ token: 'second', spaces: { accessKey: 'a', secretKey: 's' } }] };
    mkdirSync(join(lab, 'cloud'));
    writeFileSync(join(lab, 'cloud', 'state.json'), JSON.stringify(second));
    const own = { HCLOUD_TOKEN: 'lab-hetzner', SPACES_SECRET_ACCESS_KEY: 'lab-secret' };
    expect(find(project, { ...labEnv(), ...own }).kind).toBe('LAB');
    const other = { DIGITALOCEAN_TOKEN: 'second', SPACES_ACCESS_KEY_ID: 'a', SPACES_SECRET_ACCESS_KEY: 's' };
    expect(find(project, { ...labEnv(), ...other }).kind).toBe('LAB');
  });

  it("never name a token in a refusal's words", () => {
    handOut();
    const env = { ...labEnv(), CLOUDFLARE_API_TOKEN: 'very-secret' };
    expect(() => find(project, env)).toThrow(/CLOUDFLARE_API_TOKEN is of no account in the lab/);
    expect(() => find(project, env)).not.toThrow(/very-secret/);
  });

  it("are not mixed through a stack file: the lab's with real clouds, a real one in the lab", () => {
    const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    write(project, 'copied', labStack);
    expect(() => announce(find(project, {}), 'copied')).toThrow(
      /lab and real are mixed — .*Pulumi\.copied\.yaml names acme\.lab\.test.* — .*coop lab shell/,
    );
    expect(() => announce(find(project, labEnv()), 'copied')).not.toThrow();
    write(project, 'real', realStack);
    expect(() => announce(find(project, labEnv()), 'real')).toThrow(
      /Pulumi\.real\.yaml is a stack of the real clouds — go to the lab's project: cd /,
    );
    expect(() => announce(find(project, {}), 'real')).not.toThrow();
    // The lab's project may hold a file that nothing of the lab was written to yet.
    write(join(lab, 'project'), 'new', realStack);
    expect(() => announce(find(root, labEnv()), 'new')).not.toThrow();
    quiet.mockRestore();
  });

  it('are told apart through symlinks', () => {
    symlinkSync(join(lab, 'state'), join(root, 'link'));
    expect(() => find(project, { PULUMI_BACKEND_URL: `file://${root}/link` })).toThrow(/mixed/);
    expect(find(project, { ...labEnv(), PULUMI_BACKEND_URL: `file://${root}/link` }).kind).toBe('LAB');
  });
});
