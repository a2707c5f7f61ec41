import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coop, inLab, labDir, must, onMachine, pulumi } from './support.ts';

/** The part of a secret to look for: its longest line, which also finds it inside a larger text. */
function needle(secret: string): string {
  return secret
    .split('\n')
    .filter((line) => !line.startsWith('-----'))
    .sort((a, b) => b.length - a.length)[0] as string;
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const needles = new Map<string, string>();
const scratch = mkdtempSync(join(tmpdir(), 'coop-secrets-'));

/** Names of the secrets that a text holds. */
function found(text: string): string[] {
  return [...needles].filter(([, value]) => text.includes(value)).map(([name]) => name);
}

beforeAll(async () => {
  const config = JSON.parse((await pulumi('config', '--show-secrets', '--json')).stdout);
  const { value, objectValue } = config['instance:secrets'];
  for (const [name, secret] of Object.entries((objectValue ?? JSON.parse(value)) as Record<string, string>))
    if (name !== 'vapidPublicKey') needles.set(name, needle(secret));
  const exported = JSON.parse((await pulumi('stack', 'export', '--show-secrets')).stdout);
  for (const resource of exported.deployment.resources)
    if (resource.type === 'digitalocean:index/spacesKey:SpacesKey') {
      const plain = JSON.stringify(resource.outputs.secretKey);
      const match = /([A-Za-z0-9+/_-]{20,})"?\}?$/.exec(plain.replaceAll('\\"', ''));
      if (match) needles.set(`${resource.urn.split('::').at(-1)} secretKey`, match[1] as string);
    }
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('no secret can be read', () => {
  it('because the search knows all of them and finds one where it is', () => {
    expect(needles.size).toBeGreaterThanOrEqual(13);
    expect(found(`x ${needles.get('redisPassword')} y`)).toEqual(['redisPassword']);
  });

  it.each(['state', 'log', 'project'])('in the files of .lab/%s', (directory) => {
    const holding = filesUnder(join(labDir, directory))
      .filter((file) => statSync(file).size < 50_000_000)
      .flatMap((file) => found(readFileSync(file, 'latin1')).map((name) => `${file}: ${name}`));
    expect(holding).toEqual([]);
  });

  it('in the plan, with all its details', async () => {
    await pulumi('config', 'set', 'logDays', '16');
    const plan = await must(
      inLab('pulumi', 'preview', '--stack', 'staging', '--diff', '--show-sames', '--json'),
    );
    await pulumi('config', 'set', 'logDays', '15');
    expect(plan.output.length).toBeGreaterThan(1000);
    expect(found(plan.output)).toEqual([]);
  });

  it('in the stack’s outputs', async () => {
    expect(found((await pulumi('stack', 'output', '--json')).output)).toEqual([]);
  });

  it('in the process list of this machine and of the server', async () => {
    expect(found((await must(['ps', '-eo', 'args', 'ww'])).stdout)).toEqual([]);
    expect(found((await onMachine('ps', '-eo', 'args', 'ww')).stdout)).toEqual([]);
  });

  it('in what Docker shows of the containers', async () => {
    const shown = (await onMachine('docker inspect $(docker ps -aq)')).stdout;
    expect(shown.length).toBeGreaterThan(10_000);
    expect(found(shown)).toEqual([]);
    expect(found((await must(['sh', '-c', 'docker inspect $(docker ps -aq)'])).stdout)).toEqual([]);
  });

  it('in the server’s journal', async () => {
    const journal = (await onMachine('journalctl', '--no-pager', '-o', 'cat')).stdout;
    expect(journal.length).toBeGreaterThan(10_000);
    expect(found(journal)).toEqual([]);
  });

  it('in the tree that `coop render` writes', async () => {
    const out = join(scratch, 'tree');
    await coop('render', 'staging', '--out', out);
    const files = filesUnder(out);
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap((file) => found(readFileSync(file, 'latin1')))).toEqual([]);
  });

  it('in files on the server that others than root may read', async () => {
    const listed = (await onMachine('find /etc/social.coop /opt/social.coop -type f -perm /o=r')).stdout;
    const paths = listed.split('\n').filter(Boolean);
    expect(paths.length).toBeGreaterThan(5);
    const contents = (
      await onMachine('find /etc/social.coop /opt/social.coop -type f -perm /o=r -exec cat {} +')
    ).stdout;
    expect(found(contents)).toEqual([]);
  });
});
