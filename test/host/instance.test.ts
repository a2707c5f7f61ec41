import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apps, parseVersion, type Version } from '../../components/apps/index.ts';
import { checkout } from '../../scripts/lib/paths.ts';

const libexec = join(checkout, 'host/opt/social.coop/libexec');
const verbs = readdirSync(join(libexec, 'instance.d'));

/** The program of the machine itself, on its tree in the checkout. */
const instance = (...words: string[]) =>
  spawnSync('bash', [join(checkout, 'host/usr/local/bin/instance'), ...words], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, INSTANCE_VERBS: join(libexec, 'instance.d') },
  });

describe('instance', () => {
  it('lists every verb with what it does, 80 columns wide, status first', () => {
    const { status, stdout } = instance('help');
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
    const listed = lines.slice(2).map((line) => line.trim().split(/\s+/)[0]);
    expect(listed[0]).toBe('status');
    expect([...listed].sort()).toEqual([...verbs].sort());
    for (const line of lines.slice(2)) expect(line, line).toMatch(/^ {2}[a-z]+ +[A-Z].{10,}[.]$/);
  });

  it.each(verbs)('%s --help says how it is used', (verb) => {
    const { status, stdout } = instance(verb, '--help');
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^ +(?:sudo )?instance ${verb}`, 'm'));
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
  });

  it('says what to do about a verb that is none', () => {
    for (const verb of ['stauts', '../apply', 'a b'])
      expect(instance(verb)).toMatchObject({ status: 2, stderr: expect.stringContaining('instance help') });
  });
});

it.each(Object.entries(apps))('%s cannot be told to delete itself by a variable either', (_, app) => {
  // What newer versions want in .env.production before Sidekiq does it.
  for (const version of ['4.4.0', '4.5.20', '4.7.4'])
    expect(app.environment(parseVersion(version) as Version).has('SELF_DESTRUCT')).toBe(false);
});

describe('tootctl on the machine', () => {
  const shell = (line: string, words: string[]) =>
    spawnSync(
      'bash',
      [
        '-c',
        `set -euo pipefail; . ${libexec}/lib/common.sh; . ${libexec}/lib/tootctl.sh; ${line}`,
        'bash',
        ...words,
      ],
      { encoding: 'utf8' },
    );
  const refused = (...words: string[]) => shell('refuse_self_destruct "$@"', words).status !== 0;
  const deletes = (...words: string[]) => {
    const { status, stdout } = shell('destroys "$@"', words);
    return status === 0 ? stdout.trim() : undefined;
  };

  it.each([
    [['self-destruct']],
    [['self_destruct']],
    [['SELF-DESTRUCT']],
    [['sel']],
    [['Self_d']],
    [['se']],
    [['--verbose', 'self-destruct']],
    [['--path', 'x', 'self-destruct']],
    [['help', 'self-destruct']],
    [['sh', '-c', 'bin/tootctl self-destruct']],
    [['sh', '-c', 'bin/tootctl self_DESTRUCT --yes']],
  ])('%j is refused', (words) => {
    expect(refused(...words)).toBe(true);
  });

  it.each([
    [['settings', 'registrations', 'close']],
    [['search', 'deploy']],
    [['accounts', 'create', 'self', '--email', 'self@example.org']],
    [['accounts', 'modify', 'selfie']],
    [['--version']],
    [[]],
  ])('%j is not', (words) => {
    expect(refused(...words)).toBe(false);
  });

  it.each([
    [['accounts', 'delete', 'ana'], 'accounts delete'],
    [['acc', 'del', 'ana'], 'accounts delete'],
    [['Accounts', 'DELETE', 'ana'], 'accounts delete'],
    [['media', 'remove_orphans'], 'media remove-orphans'],
    [['media', 'remove-o'], 'media remove-orphans'],
    [['statuses', 'remove', '--days', '30'], 'statuses remove'],
    [['--concurrency=2', 'domains', 'purge', 'example.org'], 'domains purge'],
    [['maintenance', 'fix-duplicates'], 'maintenance fix-duplicates'],
    [['accounts', 'delete', 'ana', '--dry-run'], undefined],
    [['accounts', 'modify', 'ana'], undefined],
    [['media', 'usage'], undefined],
    [['accounts'], undefined],
  ])('%j asks first: %s', (words, command) => {
    expect(deletes(...words)).toBe(command);
  });
});
