import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSshKeyPair } from '../../scripts/lib/openssh.ts';
import { checkout } from '../../scripts/lib/paths.ts';
import { makeProgram } from '../../scripts/lib/program.ts';
import { fakeStack } from './fake-pulumi.ts';

let place: Awaited<ReturnType<typeof fakeStack>>;
beforeAll(async () => {
  place = await fakeStack();
  writeFileSync(join(place.root, 'ana.pub'), `${makeSshKeyPair('ana@laptop').publicKey}\n`);
});
afterAll(() => place.remove());

const coop = (args: string[], more: NodeJS.ProcessEnv = {}) =>
  spawnSync(join(checkout, 'scripts', 'coop'), args, {
    encoding: 'utf8',
    cwd: place.projectDir,
    timeout: 30_000,
    env: { ...place.env, PULUMI_CONFIG_PASSPHRASE_FILE: place.passphraseFile, ...more },
  });

const usual: Record<string, string> = { stack: 'staging', stacks: 'staging', name: 'ana' };

/** A command line that a verb accepts, made from its own declaration; what the verb then does may fail. */
function wordsFor(command: Command): string[] {
  const options = command.options
    .filter((option) => option.mandatory)
    .flatMap(({ long }) => [long as string, join(place.root, long === '--key' ? 'ana.pub' : 'out')]);
  const words = command.registeredArguments
    .filter((argument) => argument.required)
    .map((argument) => usual[argument.name()] ?? argument.argChoices?.[0] ?? 'x');
  return [...options, ...words];
}

const program = makeProgram();
const leaves = (command: Command, path: string[]): [string, Command][] =>
  command.commands.length === 0
    ? [[path.join(' '), command]]
    : command.commands.flatMap((child) => leaves(child, [...path, child.name()]));
// `coop lab …` is started by no unit test: there is one lab per machine.
const verbs = leaves(program, []).filter(([path]) => !path.startsWith('lab '));

describe('the first line of every verb', () => {
  it.each(verbs)(
    '%s: LAB or REAL, accounts and state, on stderr and never among the data',
    (path, command) => {
      const said = coop([...path.split(' '), '--json', ...wordsFor(command)]);
      const [first] = said.stderr.split('\n');
      expect(first).toMatch(/^REAL( · stack staging)? · accounts .* · state file:\/\//);
      expect(first).not.toContain('dop_v1_must_not_travel');
      expect(said.stdout).not.toContain('REAL ·');
      if (said.stdout.startsWith('{')) JSON.parse(said.stdout);
    },
  );

  it('says LAB in the verbs of the lab itself', () => {
    const said = coop(['lab', 'shell', '--', 'true'], { COOP_LAB_DIR: join(place.root, 'no-lab') });
    expect(said.stderr).toMatch(/^LAB · accounts the lab's own · state file:.*no-lab\/state\n/);
    expect(said.stderr).toContain('the lab is not up');
    expect(said.stdout).toBe('');
  });

  it.each(verbs)('%s: a mixture of lab and real is refused before anything else', (path, command) => {
    const said = coop([...path.split(' '), ...wordsFor(command)], { LAB_CLOUD: '/somewhere/cloud.sock' });
    expect(said).toMatchObject({ status: 1, stdout: '' });
    expect(said.stderr).toMatch(/^lab and real are mixed — .*LAB_CLOUD.* — enter it with: coop lab shell\n$/);
  });
});
