import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, stacks } from './stacks.ts';
import { labDir, must } from './support.ts';

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

/** Every secret of a stack's configuration, and every key its clouds made. */
async function learn(stack: Stack): Promise<void> {
  const config = JSON.parse((await stack.pulumi('config', '--show-secrets', '--json')).stdout);
  const { value, objectValue } = config['instance:secrets'];
  for (const [name, secret] of Object.entries((objectValue ?? JSON.parse(value)) as Record<string, string>))
    if (name !== 'vapidPublicKey') needles.set(`${stack.name} ${name}`, needle(secret));
  const exported = JSON.parse((await stack.pulumi('stack', 'export', '--show-secrets')).stdout);
  for (const resource of exported.deployment.resources)
    if (resource.type === 'digitalocean:index/spacesKey:SpacesKey') {
      const plain = JSON.stringify(resource.outputs.secretKey);
      const match = /([A-Za-z0-9+/_-]{20,})"?\}?$/.exec(plain.replaceAll('\\"', ''));
      if (match) needles.set(`${resource.urn.split('::').at(-1)} secretKey`, match[1] as string);
    }
}

beforeAll(async () => {
  for (const stack of stacks) await learn(stack);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('no secret can be read', () => {
  it('because the search knows all of them and finds one where it is', () => {
    expect(needles.size).toBeGreaterThanOrEqual(13 * stacks.length);
    const name = `${stacks[0]?.name} redisPassword`;
    expect(found(`x ${needles.get(name)} y`)).toEqual([name]);
  });

  it.each(['state', 'log', 'project'])('in the files of .lab/%s', (directory) => {
    const holding = filesUnder(join(labDir, directory))
      .filter((file) => statSync(file).size < 50_000_000)
      .flatMap((file) => found(readFileSync(file, 'latin1')).map((name) => `${file}: ${name}`));
    expect(holding).toEqual([]);
  });

  it('in the process list of this machine, and in what its Docker shows', async () => {
    expect(found((await must(['ps', '-eo', 'args', 'ww'])).stdout)).toEqual([]);
    expect(found((await must(['sh', '-c', 'docker inspect $(docker ps -aq)'])).stdout)).toEqual([]);
  });
});

describe.each(stacks)('no secret of any stack can be read at $name', (stack) => {
  const { onMachine, pulumi, set } = stack;

  it('in the plan, with all its details', async () => {
    await set('logDays', '16');
    const plan = await pulumi('preview', '--diff', '--show-sames', '--json');
    await set('logDays', '15');
    expect(plan.output.length).toBeGreaterThan(1000);
    expect(found(plan.output)).toEqual([]);
  });

  it('in the stack’s outputs', async () => {
    expect(found((await pulumi('stack', 'output', '--json')).output)).toEqual([]);
  });

  it('in the process list of the server', async () => {
    expect(found((await onMachine('ps', '-eo', 'args', 'ww')).stdout)).toEqual([]);
  });

  it('in what Docker shows of the containers', async () => {
    const shown = (await onMachine('docker inspect $(docker ps -aq)')).stdout;
    expect(shown.length).toBeGreaterThan(10_000);
    expect(found(shown)).toEqual([]);
  });

  it('in the server’s journal', async () => {
    const journal = (await onMachine('journalctl', '--no-pager', '-o', 'cat')).stdout;
    expect(journal.length).toBeGreaterThan(10_000);
    expect(found(journal)).toEqual([]);
  });

  it('in the tree that `coop render` writes', async () => {
    const out = join(scratch, stack.name);
    await stack.coop('render', '--out', out);
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
