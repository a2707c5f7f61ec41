import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { makeProgram } from '../../scripts/lib/program.ts';
import { all } from '../scripts/parse.ts';
import { problemOf } from './commands.ts';
import { pages, pieces, textOf } from './pages.ts';
import { commandsOf } from './shell-words.ts';

function problems(text: string, whole: boolean): string[] {
  return commandsOf(text).flatMap((words) => {
    const problem = problemOf(words, whole);
    return problem ? [`${words.join(' ')}: ${problem}`] : [];
  });
}

test.each(pages())('%s shows commands that exist, with options that exist', (page) => {
  const found = pieces(textOf(page)).flatMap(({ line, text, whole }) =>
    problems(text, whole).map((problem) => `${page}:${line} ${problem}`),
  );
  expect(found).toEqual([]);
});

test('the pages are read: their commands are many', () => {
  const seen = pages().flatMap((page) => pieces(textOf(page)).flatMap(({ text }) => commandsOf(text)));
  for (const head of ['coop', 'pulumi', './scripts/demo'])
    expect(seen.filter(([first]) => first === head).length, head).toBeGreaterThan(0);
});

const helpOf = (command: Command): string => {
  let help = '';
  command.configureOutput({
    writeOut: (chunk) => {
      help += chunk;
    },
  });
  command.outputHelp();
  return help;
};

test.each(all(makeProgram()).map((command) => [command.name(), command] as const))(
  'the examples in the help of %s are command lines it takes',
  (_, command) => {
    const examples = (helpOf(command).split('Examples:\n')[1] ?? '').split('\n').filter(Boolean);
    expect(examples.length).toBeGreaterThan(0);
    // Two spaces end the command, as they do for the eye.
    const lines = examples.map((line) => line.trim().split(/ {2,}/)[0] ?? '');
    expect(lines.flatMap((line) => problems(line, true))).toEqual([]);
  },
);

test.each([
  ['coop stauts staging', true],
  ['coop status staging --everything', true],
  ['coop status', true],
  ['sudo ./scripts/demo --quick', true],
  ['./scripts/dance', true],
  ['npm run dance', true],
  ['pulumi ups', true],
  ['X=1 pulumi up --stack staging --sure', true],
  ['true && coop lab shell -- coop stauts staging', true],
  ['coop ssh staging -- instance dance | less', true],
  ['node_modules/.bin/node scripts/dance.ts', true],
  ['coop rehearsal', false],
  ['coop admin add staging ana', true],
  ['coop admin remove staging NAME', false],
])('%s is found wrong', (line, whole) => {
  expect(problems(line, whole)).toHaveLength(1);
});

test.each([
  ['coop status', false],
  ['coop init staging --yes …', true],
  ['coop tootctl staging accounts create ana --email a@b', true],
  ["coop init staging --passphrase-command 'pass show coop/staging' # asks", true],
  ['COOP_X=1 sudo ./scripts/demo --yes --keep', true],
  ['export PULUMI_X=… && pulumi up \\\n  --stack staging > out.txt', true],
  ['coop ssh staging -- instance status', true],
  ['git clone https://example.org/x', true],
])('%s is found right', (line, whole) => {
  expect(problems(line, whole)).toEqual([]);
});
