import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apps } from '../../components/apps/index.ts';
import { checkout } from '../../scripts/lib/paths.ts';

const libexec = join(checkout, 'host/opt/social.coop/libexec');
const shipped = readdirSync(join(libexec, 'verify.d'));
const names = shipped.map((name) => name.slice(3));

let root: string;
/** Seconds a check may take. */
let limit: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'coop-verify-'));
  mkdirSync(join(root, 'checks'));
  mkdirSync(join(root, 'etc/social.coop'), { recursive: true });
  settings("RESTORE_FROM=''\n");
  limit = '1';
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const settings = (text: string) =>
  writeFileSync(join(root, 'etc/social.coop/stack.env'), `ROLE='primary'\n${text}`);
const put = (name: string, lines: string) =>
  writeFileSync(join(root, 'checks', name), `#!/bin/bash\n${lines}\n`, { mode: 0o755 });

/** The verb itself, on checks of this test's own. */
function verify(...words: string[]) {
  const ran = spawnSync('bash', [join(libexec, 'instance.d/verify'), ...words], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      APPLY_LIB: join(libexec, 'lib'),
      APPLY_TREE: root,
      VERIFY_CHECKS: join(root, 'checks'),
      VERIFY_LIMIT: limit,
    },
  });
  return { ...ran, report: () => JSON.parse(ran.stdout) };
}

const says = (object: object) => `echo '${JSON.stringify(object)}'`;
const good = { check: 'good', status: 'passed', figure: '3 things', values: { things: 3 }, reason: '' };

describe('instance verify', () => {
  it('gives one report of what the checks say, in their order, and ends well when none failed', () => {
    put('11-good', says(good));
    put('21-unable', says({ ...good, check: 'unable', status: 'not-tested', reason: 'only on a copy' }));
    const ran = verify('--json');
    expect(ran.status, ran.stderr).toBe(0);
    expect(ran.report()).toEqual({
      format: 1,
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/),
      ended: expect.stringMatching(/Z$/),
      checks: [
        { ...good, values: { things: 3, seconds: expect.any(Number) } },
        expect.objectContaining({ check: 'unable', status: 'not-tested', reason: 'only on a copy' }),
      ],
    });
    expect(ran.stderr).toMatch(/^passed +good {2}3 things {2}\(\d+(?:\.\d)? s\)$/m);
  });

  it.each([
    ['crashes', 'echo "no such thing" >&2; exit 3', /ended with 3: no such thing/],
    ['crashes after it has spoken', `${says({ ...good, check: 'bad' })}; exit 1`, /ended with 1/],
    ['says nothing', 'true', /said nothing/],
    ['says no JSON', 'echo fine', /something else than a verdict/],
    ['says two things', `${says({ ...good, check: 'bad' })}; ${says(good)}`, /something else/],
    ['speaks for another check', says(good), /something else/],
    ['says another word', says({ ...good, check: 'bad', status: 'ok' }), /something else/],
    ['gives no reason', says({ ...good, check: 'bad', status: 'failed' }), /something else/],
    ['hangs', 'sleep 5', /did not end within 1 s/],
    ['dies', 'kill -9 $$', /did not end|ended with/],
  ])('takes a check that %s as failed', (_, program, reason) => {
    put('11-good', says(good));
    put('12-bad', program);
    const ran = verify('--json');
    expect(ran.status).toBe(1);
    expect(ran.report().checks[1]).toMatchObject({
      check: 'bad',
      status: 'failed',
      reason: expect.stringMatching(reason),
    });
    expect(ran.report().checks[0].status).toBe('passed');
  });

  it('does not end well when nothing was tested', () => {
    put('11-unable', says({ ...good, check: 'unable', status: 'not-tested', reason: 'no' }));
    expect(verify('--json').status).toBe(1);
  });

  it('shows a table of 80 columns, with the reason of what did not pass', () => {
    const reason = `the table statuses has 12 rows instead of 1200, which is more than ${'what'.repeat(20)} may differ`;
    put('11-good', says(good));
    put('12-bad', says({ ...good, check: 'bad', status: 'failed', figure: '1 of 60', reason }));
    const { stdout } = verify();
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(stdout).toMatch(/^passed +good +3 things$/m);
    expect(stdout).toMatch(/^FAILED +bad +1 of 60: the table/m);
    expect(stdout.replaceAll(/\s+/g, '')).toContain(reason.replaceAll(' ', ''));
    expect(stdout).toContain('1 passed, 1 failed, 0 not tested');
  });

  it('runs the checks it is given, and refuses those there are not', () => {
    put('11-good', says(good));
    put('12-bad', 'exit 1');
    expect(verify('--json', 'good').report().checks).toHaveLength(1);
    expect(verify('dance')).toMatchObject({ status: 1, stderr: expect.stringContaining("no check 'dance'") });
    expect(verify('--sure').stderr).toContain('unknown option --sure');
    expect(verify('--until', 'yesteryear').stderr).toContain('is no time');
  });

  it('runs checks of one group at once on a copy, and the next group after them', () => {
    settings("RESTORE_FROM='prod'\n");
    limit = '30';
    const slow = (check: string) => `sleep 2; date +%s.%N >${root}/${check}; ${says({ ...good, check })}`;
    put('11-one', slow('one'));
    put('12-two', slow('two'));
    put('21-three', `date +%s.%N >${root}/three; ${says({ ...good, check: 'three' })}`);
    expect(verify('--json').status).toBe(0);
    const at = (name: string) => Number(readFileSync(join(root, name), 'utf8'));
    expect(Math.abs(at('one') - at('two'))).toBeLessThan(1.5);
    expect(at('three')).toBeGreaterThan(Math.max(at('one'), at('two')));
  });
});

describe('the checks that ship', () => {
  it('each say in their first line what they look at, and are in the page', () => {
    const page = readFileSync(join(checkout, 'docs/verification.md'), 'utf8');
    for (const name of shipped) {
      expect(name).toMatch(/^[1-3]\d-[a-z][a-z-]+$/);
      const [, first] = readFileSync(join(libexec, 'verify.d', name), 'utf8').split('\n');
      expect(first, name).toMatch(/^# [A-Z].{15,}[.]$/);
      expect(page, name).toContain(`| \`${name.slice(3)}\` |`);
    }
  });

  it.each(Object.entries(apps))('%s answers its own questions, by a program that is there', (_, app) => {
    const path = join(libexec, 'lib/verify', app.verify.program);
    expect(existsSync(path)).toBe(true);
    const program = readFileSync(path, 'utf8');
    for (const question of app.verify.questions) {
      expect(names).toContain(question);
      expect(program).toContain(`def ${question.replaceAll('-', '_')}\n`);
    }
    // They stand in stack.env, between quotes.
    for (const query of app.verify.newestRow) expect(query).not.toContain("'");
  });
});
