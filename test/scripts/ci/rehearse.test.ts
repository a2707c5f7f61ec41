import { join } from 'node:path';
import { expect, it } from 'vitest';
import { served } from './served.ts';

const people = served();
const report = (more: object) =>
  JSON.stringify({ source: 'prod', result: 'passed', rpoSeconds: 12, ttrSeconds: 340, checks: [], ...more });

async function rehearse(coop: string) {
  people.play('coop', coop);
  return people.run('rehearse', ['prod'], {
    COOP: join(people.root, 'bin/coop'),
    REHEARSAL_OUT: join(people.root, 'reports'),
    REHEARSAL_WEBHOOK: `${people.url}/hook`,
    REHEARSAL_SWITCH: `${people.url}/switch`,
  });
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
