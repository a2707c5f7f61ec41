import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { ensureDocker } from '../../lab/machines/index.ts';
import { checkout } from '../../scripts/lib/paths.ts';

/** Docker takes a registry on loopback without TLS. */
const address = '127.0.0.1:5977';
const registry = `${address}/coop-test`;
const version = '4.5.11+hometown-1.2.1';
let root: string;
let server: ChildProcess;
const pushed: string[] = [];

/** A project with small images in the place of ours, and a repository in the place of Hometown's. */
beforeAll(async () => {
  await ensureDocker();
  root = mkdtempSync(join(tmpdir(), 'coop-test-'));
  cpSync(join(checkout, 'Pulumi.yaml'), join(root, 'Pulumi.yaml'));
  write('images/postgres/Dockerfile', 'FROM scratch\nCOPY Dockerfile /\n');
  cpSync(join(checkout, 'images', 'hometown'), join(root, 'images', 'hometown'), { recursive: true });
  write('source/Dockerfile', 'FROM scratch\nCOPY lib /opt/mastodon/lib\n');
  write('source/streaming/Dockerfile', 'FROM scratch\nCOPY streaming /opt/mastodon/streaming\n');
  write('source/lib/version.rb', `# ${version}\n`);
  release();
  write(
    'config.yml',
    `version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: ${root}/registry\nhttp:\n  addr: ${address}\n`,
  );
  server = spawn('docker-registry', ['serve', join(root, 'config.yml')], {
    stdio: 'ignore',
    env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
  });
  await listening(5977);
});
afterAll(() => {
  server.kill();
  spawnSync('docker', ['image', 'rm', '--force', ...new Set(pushed)]);
  rmSync(root, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Commits what is in source/ and puts the release's tag on it, wherever it was before. */
function release(): string {
  const git = (...argv: string[]) =>
    spawnSync(
      'git',
      ['-C', join(root, 'source'), '-c', 'user.name=x', '-c', 'user.email=x@example.org', ...argv],
      {
        encoding: 'utf8',
      },
    ).stdout.trim();
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'x');
  git('tag', '--annotate', '--force', '--message', 'x', `v${version}`);
  return git('rev-parse', 'HEAD');
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the registry does not listen');
}

function stack(name: string, config: Record<string, unknown>): void {
  const keyed = Object.entries(config).map(([key, value]) => [`instance:${key}`, value]);
  write(`Pulumi.${name}.yaml`, `# kept\n${stringify({ config: Object.fromEntries(keyed) })}`);
}

function coop(argv: string[], env: Record<string, string> = {}) {
  const said = spawnSync(join(checkout, 'scripts', 'coop'), ['images', ...argv, '--no-pull'], {
    encoding: 'utf8',
    cwd: root,
    env: { ...process.env, ...env },
  });
  const images: Record<string, string> = argv[0] === undefined ? {} : imagesOf(argv[0]);
  pushed.push(...Object.values(images).map((reference) => reference.split('@')[0] as string));
  return { ...said, images };
}

const text = (name: string) => readFileSync(join(root, `Pulumi.${name}.yaml`), 'utf8');
const imagesOf = (name: string) => parse(text(name)).config['instance:images'] ?? {};

/** The digest the registry itself gives a tag. */
async function served(reference: string): Promise<string | null> {
  const [, name, tag] = /^[^/]+\/(.+):(.+)$/.exec(reference) as unknown as [string, string, string];
  const response = await fetch(`http://${address}/v2/${name}/manifests/${tag}`, {
    headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
  });
  return response.headers.get('docker-content-digest');
}

describe('coop images', () => {
  it("builds and pushes the database's image, and pins the digest under which the registry serves it", async () => {
    stack('staging', { app: 'mastodon', appVersion: '4.5.20' });
    const first = coop(['staging', '--registry', registry]);
    expect(first.stderr).toContain('REAL · stack staging');
    expect(first.status, first.stderr).toBe(0);
    const [tag, digest] = (first.images.postgres as string).split('@');
    expect(tag).toMatch(new RegExp(`^${registry}/postgres:[0-9a-f]{12}$`));
    expect(digest).toBe(await served(tag as string));
    expect(text('staging')).toMatch(/^# kept\n/);
    const before = text('staging');
    // The registry is remembered, and nothing else changed.
    expect(coop(['staging']).status).toBe(0);
    expect(text('staging')).toBe(before);
  });

  it('builds both images of a release from its own Dockerfiles, with the commit in a tag without a plus', async () => {
    stack('alpha', { app: 'hometown', appVersion: version, images: { postgres: `${registry}/postgres:1` } });
    const commit = release();
    const { status, stderr, images } = coop(['alpha', '--source', join(root, 'source')]);
    expect(status, stderr).toBe(0);
    for (const [key, name] of [
      ['web', 'hometown'],
      ['streaming', 'hometown-streaming'],
    ] as const) {
      const [tag, digest] = (images[key] as string).split('@');
      expect(tag).toBe(`${registry}/${name}:v4.5.11-hometown-1.2.1-${commit.slice(0, 12)}`);
      expect(digest).toBe(await served(tag as string));
    }
    const tar = spawnSync('sh', [
      '-c',
      `docker create ${images.web} x | xargs -I{} sh -c 'docker cp {}:/opt/mastodon/lib - ; docker rm {} >/dev/null'`,
    ]);
    expect(tar.stdout.toString()).toContain(version);
  });

  it('refuses a release whose tag was moved, until its commit is given', () => {
    const before = text('alpha');
    write('source/lib/version.rb', '# somebody else\n');
    const moved = release();
    const refused = coop(['alpha', '--source', join(root, 'source')]);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain(`the release is not the one expected — v${version}`);
    expect(text('alpha')).toBe(before);
    expect(coop(['alpha', '--source', join(root, 'source'), '--commit', moved]).status).toBe(0);
    expect(text('alpha')).toContain(moved.slice(0, 12));
  });

  it.each([
    [
      'a version that was never released',
      { appVersion: '4.5.99+hometown-9.9.9' },
      /git fetch failed.*v4\.5\.99/s,
    ],
    [
      'a version of another app',
      { appVersion: '4.5.20' },
      /is a version of mastodon, and the app is hometown/,
    ],
    ['no registry', { images: {} }, /no registry for hometown — Pulumi\.alpha\.yaml names none/],
  ])('refuses %s, and leaves the stack file alone', (_what, change, reason) => {
    const images = { postgres: `${registry}/postgres:1` };
    stack('alpha', { app: 'hometown', appVersion: version, images, ...change });
    const before = text('alpha');
    const said = coop(['alpha', '--source', join(root, 'source')]);
    expect(said.status).toBe(1);
    expect(said.stderr).toMatch(reason);
    expect(text('alpha')).toBe(before);
  });

  it('says what docker said when an image cannot be built', () => {
    stack('staging', { app: 'mastodon' });
    const before = text('staging');
    const said = coop(['staging', '--registry', '127.0.0.1:1/x'], { DOCKER_HOST: 'unix:///nowhere.sock' });
    expect(said.status).toBe(1);
    expect(said.stderr).toMatch(/docker build failed/);
    expect(text('staging')).toBe(before);
  });
});
