import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keys } from '../../components/config.ts';
import {
  buildCommand,
  digestCommand,
  type OwnImage,
  ownImages,
  pushCommand,
} from '../../scripts/lib/image-build.ts';
import { checkout } from '../../scripts/lib/paths.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'coop-test-'));
  for (const name of ['postgres', 'empty']) mkdirSync(join(directory, name));
  writeFileSync(join(directory, 'postgres', 'Dockerfile'), 'FROM scratch\n');
  writeFileSync(join(directory, 'README.md'), 'x');
});
afterEach(() => rmSync(directory, { recursive: true }));

const tag = () => ownImages(directory)[0]?.tag;

describe('our own images', () => {
  it('are the folders with a Dockerfile', () => {
    expect(ownImages(directory).map(({ name }) => name)).toEqual(['postgres']);
  });

  it('are told of proxies by name alone: their passwords are in no command line', () => {
    const [image] = ownImages(directory);
    vi.stubEnv('https_proxy', 'http://user:password@proxy.example.org');
    const command = buildCommand(image as OwnImage, 'ghcr.io/coop/postgres:1');
    vi.unstubAllEnvs();
    expect(command).toContain('https_proxy');
    expect(command.join(' ')).not.toContain('password');
  });

  it('in this checkout are named as the config names them', () => {
    const known = Object.keys(keys.images.shape);
    for (const { name } of ownImages(join(checkout, 'images'))) expect(known).toContain(name);
  });

  it('have a tag that changes with a name, a content or an executable bit, and with nothing else', () => {
    const seen = new Set([tag()]);
    const file = join(directory, 'postgres', 'start');
    writeFileSync(file, 'a');
    seen.add(tag());
    writeFileSync(file, 'b');
    seen.add(tag());
    chmodSync(file, 0o755);
    seen.add(tag());
    expect(seen.size).toBe(4);
    writeFileSync(file, 'b');
    expect(seen).toContain(tag());
  });

  it('are built, pushed and asked for by these commands', () => {
    const [image] = ownImages(directory);
    if (!image) throw new Error('no image');
    const reference = 'ghcr.io/coop/postgres:1';
    expect(
      buildCommand(image, reference)
        .filter((word) => !word.endsWith('_proxy') && word !== '--build-arg')
        .join(' '),
    ).toBe(`docker build --pull --network host --tag ${reference} ${directory}/postgres`);
    const release = { ...image, dockerfile: 'streaming/Dockerfile' };
    expect(
      buildCommand(release, reference, { pull: false, platform: 'linux/arm64' }).slice(0, 6).join(' '),
    ).toBe(`docker build --platform linux/arm64 --file ${directory}/postgres/streaming/Dockerfile`);
    expect(pushCommand(reference).join(' ')).toBe(`docker push ${reference}`);
    expect(digestCommand(reference).slice(0, 4).join(' ')).toBe('docker image inspect --format');
  });
});
