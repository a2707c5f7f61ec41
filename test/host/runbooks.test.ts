import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout } from '../../scripts/lib/paths.ts';
import { rowsOf } from '../../scripts/lib/status-rows.ts';
import { problemOf } from '../docs/commands.ts';
import { pieces } from '../docs/pages.ts';
import { commandsOf } from '../docs/shell-words.ts';

const onMachine = join(checkout, 'host/opt/social.coop/runbooks');
const inDocs = join(checkout, 'docs/runbooks');
const libexec = join(checkout, 'host/opt/social.coop/libexec');
const names = readdirSync(onMachine).map((file) => file.replace(/\.txt$/, ''));
const textOf = (name: string) => readFileSync(join(onMachine, `${name}.txt`), 'utf8');
const siteDown = textOf('site-down');

/** The commands that a text shows, as words. */
const commands = (text: string) =>
  pieces(text).flatMap((piece) => commandsOf(piece.text).map((words) => ({ ...piece, words })));

describe('the runbooks', () => {
  it('are the same on the machine and in docs', () => {
    const pages = readdirSync(inDocs).filter((file) => file !== 'README.md');
    expect(pages.sort()).toEqual(names.map((name) => `${name}.md`).sort());
    for (const name of names)
      expect(readFileSync(join(inDocs, `${name}.md`), 'utf8'), `${name}: run scripts/runbooks`).toBe(
        textOf(name),
      );
    const index = readFileSync(join(inDocs, 'README.md'), 'utf8');
    for (const name of names) expect(index).toContain(`](${name}.md)`);
  });

  it.each(names)('%s names only commands, words of them and runbooks that exist', (name) => {
    const text = textOf(name);
    expect(text).toMatch(/^# .{5,70}\n\n/);
    const found = commands(text).flatMap(({ words, whole }) => problemOf(words, whole) ?? []);
    expect(found).toEqual([]);
    for (const { words } of commands(text)) {
      const [head, verb = '', word = ''] = words;
      // What a verb does is told by its own help; a word in small letters is one of those.
      if (
        head === 'instance' &&
        /^[a-z]+$/.test(word) &&
        !['logs', 'restart', 'run', 'runbook', 'tootctl'].includes(verb)
      )
        expect(readFileSync(join(libexec, 'instance.d', verb), 'utf8'), words.join(' ')).toMatch(
          new RegExp(`^# .*instance ${verb}\\b.*\\b${word}\\b`, 'm'),
        );
    }
    for (const [, other] of text.matchAll(/runbook `?([a-z]+(?:-[a-z]+)*)`/g)) expect(names).toContain(other);
  });

  it('show commands at all', () => {
    expect(names.flatMap((name) => commands(textOf(name))).length).toBeGreaterThan(60);
  });
});

describe('the tree of site-down', () => {
  const branches = new Map(
    siteDown
      .slice(siteDown.indexOf('\n## 3.'), siteDown.indexOf('\n## 4.'))
      .split('\n### ')
      .slice(1)
      .flatMap((section) => {
        const [words = '', ...rest] = section.split('\n');
        return words.split(', ').map((word) => [word, rest.join('\n')] as const);
      }),
  );

  it('has a branch for every word that the machine puts before a problem', () => {
    const judged = ['checks.jq', 'status.jq']
      .map((file) => readFileSync(join(libexec, 'lib', file), 'utf8'))
      .join();
    const words = [...judged.matchAll(/(?:red|yellow)\("([a-z]+)"|end; "([a-z]+)";/g)].map(
      ([, a, b]) => a ?? b,
    );
    expect(new Set(words).size).toBeGreaterThan(10);
    for (const word of words) expect([...branches.keys()]).toContain(word);
  });

  it('has a branch for every word that coop status puts before a row that is not well', () => {
    const bad = rowsOf(
      {
        maintenance: { on: true },
        drift: [{ path: '/etc/motd' }],
        failed: ['x.service'],
        reboot: { needed: true },
      },
      new Date(),
    );
    expect(bad.every(({ level }) => level !== 'green')).toBe(true);
    for (const { group } of bad) expect([...branches.keys()]).toContain(group);
  });

  it.each([...branches])('the branch %s ends in a command, or in another runbook', (_, text) => {
    const ends = commands(text).filter(({ words }) =>
      ['instance', 'coop', 'pulumi'].includes(words[0] ?? ''),
    );
    expect(ends.length + (text.match(/runbook `/g)?.length ?? 0)).toBeGreaterThan(0);
  });
});
