import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkout } from '../../../scripts/lib/paths.ts';
import { rehearseVerb } from '../../../scripts/verbs/rehearse.ts';

// What GitLab's editor checks a pipeline by (gitlabhq/gitlabhq, app/assets/javascripts/editor/schema/ci.json, November 2026):
// the keys we use, and what may stand under them. A key that is not here is refused by the test below.
const topLevel = ['stages', 'workflow'];
const jobKeys: Record<string, (value: unknown) => boolean> = {
  stage: (value) => typeof value === 'string',
  image: (value) => typeof value === 'string' && value !== '',
  tags: (value) => lines(value),
  timeout: (value) => /^\d+ (minutes|hours)$/.test(String(value)),
  interruptible: (value) => typeof value === 'boolean',
  resource_group: (value) => typeof value === 'string',
  before_script: (value) => lines(value),
  script: (value) => lines(value),
  rules: (value) => rules(value),
  artifacts: (value) => keysOf(value).every((key) => ['when', 'expire_in', 'access', 'paths'].includes(key)),
};
const lines = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every((line) => typeof line === 'string');
const keysOf = (value: unknown) => Object.keys(value as object);
const rules = (value: unknown) =>
  Array.isArray(value) && value.every((rule) => keysOf(rule).join() === 'if' && typeof rule.if === 'string');

interface Job {
  stage: string;
  image?: string;
  tags?: string[];
  script: string[];
  before_script?: string[];
  rules: { if: string }[];
}
const text = readFileSync(join(checkout, '.gitlab-ci.yml'), 'utf8');
const { stages, workflow, ...rest } = parse(text);
const jobs = Object.entries(rest as Record<string, Job>);

/** Whether GitLab would run something, for variables: the few operators that our rules use. */
function holds(rule: string, variables: Record<string, string>): boolean {
  return rule.split(' && ').every((part) => {
    const [, left = '', operator, right = ''] = /^\$(\w+)(?: (==|!=) (\$\w+|"[^"]*"))?$/.exec(part) ?? [];
    if (left === '') throw new Error(`the test does not understand ${part}`);
    const value = variables[left] ?? '';
    if (!operator) return value !== '';
    const other = right.startsWith('$') ? (variables[right.slice(1)] ?? '') : right.slice(1, -1);
    return (value === other) === (operator === '==');
  });
}
const runs = (variables: Record<string, string>) => {
  const all = { CI_DEFAULT_BRANCH: 'main', ...variables };
  const any = (list: { if: string }[]) => list.some((rule) => holds(rule.if, all));
  return any(workflow.rules) ? jobs.filter(([, job]) => any(job.rules)).map(([name]) => name) : [];
};

describe('the pipeline', () => {
  it('has only what GitLab knows, each job in a stage that there is', () => {
    expect(Object.keys(parse(text)).slice(0, 2)).toEqual(topLevel);
    expect(rules(workflow.rules)).toBe(true);
    for (const [name, job] of jobs) {
      expect(stages, name).toContain(job.stage);
      for (const [key, value] of Object.entries(job))
        expect(jobKeys[key]?.(value), `${name}.${key}`).toBe(true);
    }
  });

  it.each([
    ['a merge request', { CI_PIPELINE_SOURCE: 'merge_request_event' }, ['fast']],
    [
      'a merge request where there is a runner for the lab, and stacks to preview',
      { CI_PIPELINE_SOURCE: 'merge_request_event', LAB_RUNNER: 'yes', PREVIEW_STACKS: 'staging' },
      ['fast', 'whole', 'preview'],
    ],
    [
      'a push to main',
      { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'main', PREVIEW_STACKS: 'x' },
      ['fast'],
    ],
    ['a push to another branch', { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'x' }, []],
    ['a schedule', { CI_PIPELINE_SOURCE: 'schedule', CI_COMMIT_BRANCH: 'main', LAB_RUNNER: 'yes' }, []],
    ['a schedule with REHEARSE', { CI_PIPELINE_SOURCE: 'schedule', REHEARSE: 'prod' }, ['rehearse']],
  ] as const)('for %s runs %j: %j', (_, variables, expected) => {
    expect(runs(variables)).toEqual(expected);
  });

  it('calls only programs that are here, and that may be run', () => {
    const called = jobs.flatMap(([, job]) => [...(job.before_script ?? []), ...job.script]);
    const programs = called.flatMap((line) => line.match(/(?:\.\/)?scripts\/[\w/.-]+/g) ?? []);
    expect(programs.length).toBe(called.length);
    for (const program of programs) accessSync(join(checkout, program), constants.X_OK);
    // The whole suite is what CI runs elsewhere.
    expect(readFileSync(join(checkout, '.ci/run'), 'utf8')).toContain('./scripts/test --yes');
    expect(jobs.find(([name]) => name === 'whole')?.[1].script).toEqual(['./scripts/test --yes']);
  });

  it('rehearses with options that the verb has', () => {
    const program = readFileSync(join(checkout, 'scripts/ci/rehearse'), 'utf8');
    const [, used = ''] = /rehearse "\$stack" (.*) >/.exec(program) ?? [];
    const options = used.match(/--[a-z-]+/g) ?? [];
    expect(options).toEqual(['--yes', '--json', '--out']);
    const help = rehearseVerb().helpInformation();
    for (const option of options) expect(help).toContain(option);
  });

  it('gives a stack’s keys to no shared runner: whatever needs them has a tag', () => {
    for (const [name, job] of jobs) expect(job.tags !== undefined, name).toBe(name !== 'fast');
    expect(text).not.toMatch(/PASSPHRASE|_TOKEN\b|ACCESS_KEY/);
  });
});

describe('the timer of a rehearsal', () => {
  it('is what systemd understands, and calls what the schedule of the pipeline calls', (context) => {
    if (spawnSync('systemd-analyze', ['--version']).status !== 0) context.skip('systemd-analyze is not here');
    const place = mkdtempSync(join(tmpdir(), 'coop-timer-'));
    try {
      for (const kind of ['service', 'timer']) {
        const unit = readFileSync(join(checkout, `scripts/ci/rehearse@.${kind}`), 'utf8');
        writeFileSync(
          join(place, `rehearse@.${kind}`),
          unit.replaceAll('/srv/infrastructure', checkout.replace(/\/$/, '')),
        );
      }
      const units = ['rehearse@.service', 'rehearse@.timer'].map((name) => join(place, name));
      const { status, stderr } = spawnSync(
        'systemd-analyze',
        ['verify', '--man=no', '--recursive-errors=no', ...units],
        { encoding: 'utf8' },
      );
      expect(stderr).toBe('');
      expect(status).toBe(0);
    } finally {
      rmSync(place, { recursive: true });
    }
    const [, called = ''] =
      /^ExecStart=\/srv\/infrastructure\/(\S+) %i$/m.exec(
        readFileSync(join(checkout, 'scripts/ci/rehearse@.service'), 'utf8'),
      ) ?? [];
    expect(text).toContain(`${called} $REHEARSE`);
    expect(existsSync(join(checkout, called))).toBe(true);
  });

  it('is stopped by a signal to the program alone, with time to take the copy down', () => {
    const service = readFileSync(join(checkout, 'scripts/ci/rehearse@.service'), 'utf8');
    expect(service).toMatch(/^KillMode=mixed$/m);
    expect(service).toMatch(/^TimeoutStopSec=20min$/m);
  });

  it('fires every month, also when the machine was off', () => {
    const timer = readFileSync(join(checkout, 'scripts/ci/rehearse@.timer'), 'utf8');
    expect(timer).toMatch(/^OnCalendar=\*-\*-01 03:00:00$/m);
    expect(timer).toMatch(/^Persistent=yes$/m);
    expect(timer).toMatch(/^WantedBy=timers\.target$/m);
  });
});
