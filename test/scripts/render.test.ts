import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { renderHost } from '../../components/host/render.ts';
import { checkout } from '../../scripts/lib/paths.ts';
import { renderFacts } from '../../scripts/lib/render-facts.ts';
import { stackFile as fixture } from '../fixtures/stack.ts';

let project: string;
const cipher = 'v1:abcdefghijklmnop:CIPHERTEXTCIPHERTEXT';
const { hostPublicKey } = fixture();

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'coop-test-'));
  cpSync(join(checkout, 'Pulumi.yaml'), join(project, 'Pulumi.yaml'));
  const said = fixture({
    hostPublicKey,
    mail: { host: 'smtp.example.org', user: 'u', from: 'n@example.org' },
  });
  const secrets = Object.fromEntries(
    Object.keys(said.secrets as object).map((name) => [name, { secure: cipher }]),
  );
  const config = Object.fromEntries(
    Object.entries({ ...said, secrets }).map(([key, value]) => [`instance:${key}`, value]),
  );
  writeFileSync(join(project, 'Pulumi.made.yaml'), stringify({ encryptionsalt: cipher, config }));
  writeFileSync(
    join(project, 'Pulumi.bare.yaml'),
    'config:\n  instance:domain: bare.example.org\n  instance:dns:\n    provider: none\n',
  );
});
afterAll(() => rmSync(project, { recursive: true }));

/** Runs the real command with nothing on PATH but a shell's own tools: no engine, no ssh, no docker. */
function coop(...args: string[]) {
  const tools = dirname(spawnSync('which', ['bash'], { encoding: 'utf8' }).stdout.trim());
  const started = performance.now();
  const said = spawnSync(join(checkout, 'scripts', 'coop'), args, {
    encoding: 'utf8',
    cwd: project,
    env: { HOME: project, PATH: tools },
  });
  return { ...said, seconds: (performance.now() - started) / 1000 };
}

const filesIn = (root: string) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(root, name)).isFile(),
  );

describe('coop render', () => {
  it('writes what the program lays on the machine: same paths, modes and contents', () => {
    const out = join(project, 'out-made');
    const said = coop('render', 'made', '--out', out);
    expect(said).toMatchObject({ status: 0 });
    const { facts } = renderFacts(project, 'made');
    const expected = renderHost(facts);
    expect(expected.length).toBeGreaterThan(50);
    expect(filesIn(out).sort()).toEqual(
      ['.coop-render.json', ...expected.map(({ path }) => path.slice(1))].sort(),
    );
    for (const { path, mode, content } of expected) {
      expect(readFileSync(join(out, path), 'utf8'), path).toBe(content);
      expect(statSync(join(out, path)).mode & 0o7777, path).toBe(mode);
    }
    expect(said.stdout).toContain(`${expected.length} files`);
  });

  it('masks every secret, leaves what is plain, and lets no ciphertext through', () => {
    const { facts } = renderFacts(project, 'made');
    expect(facts.config.hostPublicKey).toBe(hostPublicKey);
    expect(facts.config.secrets.smtpPassword).toContain('MASKED');
    const all = renderHost(facts)
      .map(({ content }) => content)
      .join('\n');
    expect(all).toContain('MASKED-databasePassword');
    expect(all).not.toContain('CIPHERTEXT');
  });

  it('renders a file that coop init has not completed, and names every placeholder', () => {
    const said = coop('render', 'bare', '--out', join(project, 'out-bare'), '--json');
    expect(said.status).toBe(0);
    const result = JSON.parse(said.stdout);
    expect(result.placeholders).toEqual(
      expect.arrayContaining(['contact', 'sshFrom', 'mail', 'hostPublicKey', 'digest of images.redis']),
    );
    expect(result.files).toContainEqual({
      path: '/opt/social.coop/.env.production',
      mode: '0600',
      owner: 'root',
      group: 'root',
    });
  });

  it('renders a copy as what its source’s file says, fenced', () => {
    writeFileSync(
      join(project, 'Pulumi.copied.yaml'),
      stringify({
        config: {
          'instance:restore': { from: 'made', media: 'copy' },
          'instance:primary': { provider: 'digitalocean', region: 'fra1', size: 's-4vcpu-8gb' },
        },
      }),
    );
    const { facts, placeholders } = renderFacts(project, 'copied');
    expect(facts).toMatchObject({
      kit: undefined,
      media: { bucket: 'staging-social-coop-media-copied' },
      mediaSource: { bucket: 'staging-social-coop-media' },
      config: { domain: 'staging.social.coop', mail: { host: 'nowhere.invalid' } },
    });
    expect(placeholders).toContain('what it takes from made: its file, not its state');
    expect(renderHost(facts).map(({ path }) => path)).toContain('/etc/social.coop/fence/fence.nft');
  });

  it('takes a second at most, or five times what saying the version takes on a busy machine', () => {
    const fastest = (...args: string[]) => Math.min(...[1, 2, 3].map(() => coop(...args).seconds));
    const bar = Math.max(1, 5 * fastest('--version'));
    expect(fastest('render', 'made', '--out', join(project, 'out-made'))).toBeLessThan(bar);
  });

  it('refuses a directory that is not its own, and a config that is wrong', () => {
    expect(coop('render', 'made', '--out', project)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('not an empty directory'),
    });
    writeFileSync(join(project, 'Pulumi.wrong.yaml'), 'config:\n  instance:rpo: 1\n');
    const said = coop('render', 'wrong', '--out', join(project, 'out-wrong'));
    expect(said.status).toBe(1);
    expect(said.stderr).toMatch(/instance:rpo = 1/);
    expect(said.stderr).toMatch(/instance:domain/);
    expect(said.stderr).not.toMatch(/\n +at /);
  });
});
