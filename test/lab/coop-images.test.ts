import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ensureDocker } from '../../lab/machines/index.ts';
import { buildAndPush, ownImages } from '../../scripts/lib/image-build.ts';
import { checkout } from '../../scripts/lib/paths.ts';

/** Docker takes a registry on loopback without TLS. */
const address = '127.0.0.1:5977';
const registry = `${address}/coop-test`;
let root: string;
let server: ChildProcess;

beforeAll(async () => {
  await ensureDocker();
  root = mkdtempSync(join(tmpdir(), 'coop-test-'));
  mkdirSync(join(root, 'images', 'postgres'), { recursive: true });
  writeFileSync(join(root, 'images', 'postgres', 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
  const config = `version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: ${root}/registry\nhttp:\n  addr: ${address}\n`;
  writeFileSync(join(root, 'config.yml'), config);
  server = spawn('docker-registry', ['serve', join(root, 'config.yml')], {
    stdio: 'ignore',
    env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
  });
  await listening(5977);
});
afterAll(() => {
  server.kill();
  const tags = ownImages(join(root, 'images')).map(({ name, tag }) => `${registry}/${name}:${tag}`);
  spawnSync('docker', ['image', 'rm', '--force', ...tags]);
  rmSync(root, { recursive: true });
});

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

/** The digest the registry itself gives a tag. */
async function served(reference: string): Promise<string | null> {
  const [, name, tag] = /^[^/]+\/(.+):(\w+)$/.exec(reference) as unknown as [string, string, string];
  const response = await fetch(`http://${address}/v2/${name}/manifests/${tag}`, {
    headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
  });
  return response.headers.get('docker-content-digest');
}

describe('our own images', () => {
  it('are pushed, and pinned by the digest under which the registry serves them', async () => {
    const [image] = ownImages(join(root, 'images'));
    if (!image) throw new Error('no image');
    const reference = await buildAndPush(image, registry, false);
    const [tag, digest] = reference.split('@');
    expect(tag).toBe(`${registry}/postgres:${image.tag}`);
    expect(digest).toBe(await served(tag as string));
    expect(await buildAndPush(image, registry, false)).toBe(reference);
  });

  it('that do not build say what docker said, and leave the stack file alone', () => {
    for (const file of ['Pulumi.yaml', 'Pulumi.staging.yaml']) cpSync(join(checkout, file), join(root, file));
    const before = readFileSync(join(root, 'Pulumi.staging.yaml'), 'utf8');
    const said = spawnSync(
      join(checkout, 'scripts', 'coop'),
      ['images', 'staging', '--no-pull', '--registry', '127.0.0.1:1/x'],
      {
        encoding: 'utf8',
        cwd: root,
        env: { ...process.env, DOCKER_HOST: 'unix:///nowhere.sock' },
      },
    );
    expect(said.status).toBe(1);
    expect(said.stderr).toMatch(/docker build failed/);
    expect(parse(readFileSync(join(root, 'Pulumi.staging.yaml'), 'utf8'))).toEqual(parse(before));
  });
});
