import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout } from '../../scripts/lib/paths.ts';

const library = join(checkout, 'host/opt/social.coop/libexec/lib');
const due = { name: 'watch', enabled: true, active: true, next: '2026-11-23T04:15:00Z', result: 'success' };
const soon = { ...due, since: new Date(Date.now() - 60_000).toISOString().replace(/\.\d+/, '') };

/** What the machine says is wrong with one job. */
function problem(job: object): string {
  const program = 'include "checks"; [job_problem | .text] | join("; ")';
  return execFileSync('jq', ['-r', '-L', library, program], {
    input: JSON.stringify(job),
    encoding: 'utf8',
  }).trim();
}

describe('a job', () => {
  it.each([
    ['waits for its first time', soon, ''],
    ['runs now, so that its timer has no next time', { ...soon, next: null, running: true }, ''],
    [
      'has a timer without a next time',
      { ...soon, next: null },
      'watch will not run: its timer has no next time',
    ],
    ['has a timer that is off', { ...soon, enabled: false }, 'watch will not run: its timer is not enabled'],
    [
      'runs now by a timer that is off',
      { ...soon, enabled: false, running: true },
      'watch will not run: its timer is not enabled',
    ],
    ['failed', { ...soon, result: 'exit-code' }, 'watch: its last run ended with exit-code'],
  ])('that %s', (_name, job, expected) => {
    expect(problem(job)).toBe(expected);
  });
});
