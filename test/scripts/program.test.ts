import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { VisibleError } from '../../components/errors.ts';
import { ExitCode } from '../../scripts/lib/exit-code.ts';
import { checkout } from '../../scripts/lib/paths.ts';
import { makeProgram } from '../../scripts/lib/program.ts';
import { reference } from '../../scripts/lib/reference.ts';
import { reportFailure } from '../../scripts/lib/report-failure.ts';
import { all, parse } from './parse.ts';

const verbs = all(makeProgram());

/** What a command prints as its help. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (chunk) => {
      text += chunk;
    },
  });
  command.outputHelp();
  return text;
}

describe('every verb', () => {
  it('of the design is there', () => {
    expect(verbs.map((verb) => verb.name()).sort()).toEqual(
      [
        ...['init', 'doctor'],
        ...['costs', 'images', 'render', 'status', 'logs', 'ssh', 'tootctl', 'maintenance', 'drift'],
        ...['admin', 'add', 'remove', 'list', 'rotate', 'failover', 'recover', 'rehearse', 'destroy'],
        ...['lab', 'up', 'down', 'status', 'shell'],
      ].sort(),
    );
  });

  it.each(verbs.map((verb) => [verb.name(), verb] as const))(
    '%s has help with examples, and --json',
    (name, verb) => {
      const help = helpOf(verb);
      expect(help).toMatch(/^Usage: /);
      const examples = help.split('Examples:\n')[1] ?? '';
      expect(examples).toMatch(new RegExp(`coop (lab |admin )?${name}\\b`));
      expect(help).toContain('--json');
      expect(verb.summary()).not.toBe('');
      for (const option of verb.options) expect(option.description, option.flags).not.toBe('');
      for (const argument of verb.registeredArguments)
        expect(argument.description, argument.name()).not.toBe('');
    },
  );

  it('is on the reference page as it is', () => {
    const page = readFileSync(join(checkout, 'docs', 'reference', 'coop.md'), 'utf8');
    expect(page, 'run: node_modules/.bin/node scripts/reference.ts').toBe(reference());
  });
});

describe('the command line', () => {
  it.each([
    [['stats', 'x'], 'Did you mean status?'],
    [['lab', 'dwon'], 'Did you mean down?'],
    [['logs', 'x', '--folow'], 'Did you mean --follow?'],
  ])('%j: %s', (argv, suggestion) => {
    expect(parse(...argv).said).toContain(suggestion);
  });

  it('hands everything after the stack to tootctl and ssh', () => {
    expect(
      parse('tootctl', 'staging', 'accounts', 'create', 'ana', '--email', 'a@b', '--json'),
    ).toMatchObject({ said: '', code: '' });
    expect(parse('ssh', 'staging', '--', 'ls', '--as')).toMatchObject({ said: '', code: '' });
    expect(parse('lab', 'shell', '--', 'pulumi', 'up', '-s', 'staging')).toMatchObject({
      said: '',
      code: '',
    });
  });

  it.each([[['init']], [['maintenance', 'maybe', 'x']], [['drift', 'x', 'adopt']], [['render', 'x']]])(
    '%j is refused by name',
    (argv) => {
      expect(parse(...argv).code).toMatch(/^commander\./);
    },
  );
});

describe('a failure', () => {
  const report = (error: unknown, argv: string[] = []) => {
    const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const code = reportFailure(error, argv);
    const said = [out, err].map((spy) => spy.mock.calls.map(([text]) => text).join(''));
    vi.restoreAllMocks();
    return { code, stdout: said[0] as string, stderr: said[1] as string };
  };

  it("of the user's making is one line without a stack", () => {
    expect(report(new VisibleError('problem — where — what to do'))).toEqual({
      code: 1,
      stdout: '',
      stderr: 'problem — where — what to do\n',
    });
  });

  it('that the lab names visible is shown as such', () => {
    expect(report(Object.assign(new Error('no root'), { name: 'VisibleError' }))).toMatchObject({
      code: 1,
      stderr: 'no root\n',
    });
  });

  it('that is a bug shows its stack and has a code of its own', () => {
    const { code, stderr } = report(new TypeError('x is not a function'));
    expect(code).toBe(70);
    expect(stderr).toMatch(/TypeError: x is not a function\n +at /);
  });

  it('is JSON on stdout with --json, unless that was for somebody else', () => {
    const { stdout } = report(new VisibleError('a — b — c'), ['status', 'x', '--json']);
    expect(JSON.parse(stdout)).toEqual({ ok: false, error: 'a — b — c', bug: false });
    expect(report(new VisibleError('a'), ['ssh', 'x', '--', 'jq', '--json']).stdout).toBe('');
  });

  it("of a program on the machine ends with that program's code", () => {
    expect(report(new ExitCode(7))).toEqual({ code: 7, stdout: '', stderr: '' });
  });
});
