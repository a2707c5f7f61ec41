import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { served } from './served.ts';

const people = served();
const report = (more: object) =>
  JSON.stringify({ source: 'prod', result: 'passed', rpoSeconds: 12, ttrSeconds: 340, checks: [], ...more });

async function rehearse(coop: string, hook = '/hook', meanwhile?: (program: ChildProcess) => Promise<void>) {
  people.play('coop', coop);
  const env = {
    COOP: join(people.root, 'bin/coop'),
    REHEARSAL_OUT: join(people.root, 'reports'),
    REHEARSAL_WEBHOOK: hook && people.url + hook,
    REHEARSAL_SWITCH: `${people.url}/switch`,
  };
  return people.run('rehearse', ['prod'], env, meanwhile);
}

it('a rehearsal that passed pings the switch, and tells nobody', async () => {
  const ran = await rehearse(
    `[ "$*" = "rehearse prod --yes --json --out ${people.root}/reports" ] || exit 9; echo '${report({})}'`,
  );
  expect(ran).toEqual({ code: 0, output: 'restored prod: 12 s of writes lost, 340 s until it served\n' });
  expect(people.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /switch']);
});

it.each([
  [
    'that failed says which check, and why',
    `echo '${report({ result: 'failed', failure: 'the database did not come up', checks: [{ check: 'tables', status: 'failed', reason: 'accounts: 3 rows lost' }] })}'; exit 1`,
    /the database did not come up\ntables: accounts: 3 rows lost\n/,
  ],
  ['that came to no report says so', 'echo "no connection" >&2; exit 2', /No report: it ended with code 2/],
  [
    'that passed and left something behind says what',
    `echo '${report({ ok: false, left: 'a machine is left: coop rehearse --cleanup' })}'; exit 1`,
    /\na machine is left: coop rehearse --cleanup\n/,
  ],
  [
    'that coop refused says what it refused',
    `echo '${JSON.stringify({ ok: false, error: 'another passphrase — nothing was made' })}'; exit 1`,
    /\nanother passphrase — nothing was made\n/,
  ],
  [
    'that passed and could not tell its source says so',
    `echo '${report({ ok: false, unrecorded: 'prod does not answer' })}'; exit 1`,
    /\nprod does not answer\n/,
  ],
  ['that says nothing has proven nothing', 'exit 0', /could not be proven/],
  [
    'whose report failed is no success, whatever it ended with',
    `echo '${report({ result: 'failed' })}'`,
    /could not be proven/,
  ],
])('one %s, and the switch is not pinged', async (_, coop, words) => {
  const ran = await rehearse(coop);
  expect(ran.code).toBe(1);
  expect(ran.output).toMatch(words);
  expect(people.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /hook']);
  const { text, html } = people.asked[0]?.body ?? {};
  expect(text).toMatch(words);
  expect(text).toContain('The restore of prod could not be proven');
  expect(text).toContain('coop rehearse prod');
  expect(html).not.toContain('\n');
});

it('one that failed is red although nobody could be told', async () => {
  people.status = 404;
  const ran = await rehearse('exit 1');
  expect(ran.code).toBe(1);
  expect(ran.output).toContain('nobody could be told of it');
  expect(ran.output).not.toContain(people.url);
});

it('one without a webhook says at once that nobody will be told, and is as red', async () => {
  const ran = await rehearse('echo "it begins" >&2; exit 1', '');
  expect(ran.code).toBe(1);
  expect(ran.output).toMatch(
    /^REHEARSAL_WEBHOOK is not set: .*\nit begins\nThe restore of prod could not be/,
  );
  expect(people.asked).toEqual([]);
});

it('one that is told to stop waits until coop has taken the copy down, then tells', async () => {
  const began = join(people.root, 'began');
  const coop = `trap 'sleep 0.5; echo "all is gone" >&2; exit 43' TERM; touch ${began}; for _ in {1..99}; do sleep 0.1; done`;
  const ran = await rehearse(coop, '/hook', async (program) => {
    await vi.waitUntil(() => existsSync(began), { timeout: 10_000 });
    program.kill('SIGTERM');
  });
  expect(ran.code).toBe(1);
  expect(ran.output).toMatch(/^all is gone\nThe restore of prod could not be proven/);
  expect(people.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /hook']);
  expect(people.asked[0]?.body.text).toContain('It was told to stop, and ended with code 43;');
});
