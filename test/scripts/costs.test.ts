import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hetzner } from '../../components/costs/prices-hetzner.ts';
import { checkout } from '../../scripts/lib/paths.ts';
import { costLine } from '../../scripts/lib/priced-config.ts';
import { outdated } from '../../scripts/lib/show-costs.ts';

let project: string;
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'coop-test-'));
  writeFileSync(join(project, 'Pulumi.yaml'), 'name: instance\n');
  const machine = '{ provider: digitalocean, region: fra1, size: s-2vcpu-4gb }';
  writeFileSync(join(project, 'Pulumi.small.yaml'), `config:\n  instance:primary: ${machine}\n`);
  writeFileSync(join(project, 'Pulumi.bare.yaml'), 'config: {}\n');
});
afterAll(() => rmSync(project, { recursive: true }));

/** Without any token, engine or network. */
const coop = (...args: string[]) =>
  spawnSync(join(checkout, 'scripts', 'coop'), ['costs', ...args], {
    encoding: 'utf8',
    cwd: project,
    env: { HOME: project, PATH: dirname(spawnSync('which', ['bash'], { encoding: 'utf8' }).stdout.trim()) },
  });

describe('coop costs', () => {
  it('shows each resource, the total, what was assumed and where the prices come from', () => {
    const { stdout, status } = coop('small');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^small, per month\n {2}primary +Droplet s-2vcpu-4gb in fra1 +USD 24\.00\n/);
    expect(stdout).toMatch(/total +USD 29\.00\n/);
    expect(stdout).toContain('assumed: 100 GB media');
    expect(stdout).toMatch(/digitalocean: prices of \d{4}-\d\d-\d\d, .*https:\/\//);
    for (const line of stdout.split('\n').slice(0, 6)) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('of every stack without a name, with the defaults of the program where a file says nothing', () => {
    const { stacks, ok } = JSON.parse(coop('--json').stdout);
    expect(ok).toBe(true);
    expect(stacks.map(({ stack }: { stack: string }) => stack)).toEqual(['bare', 'small']);
    expect(stacks[0].totals).toEqual([{ currency: 'USD', amount: 53 }]);
  });

  it('takes other figures, and refuses what is none', () => {
    const said = JSON.parse(coop('small', '--media-gb', '450', '--json').stdout);
    expect(said.assumed.mediaGb).toBe(450);
    expect(said.stacks[0].totals[0].amount).toBe(34);
    for (const wrong of ['much', '-1', ''])
      expect(coop('small', '--media-gb', wrong).stderr, wrong).toMatch(/^not an amount — --media-gb/);
  });

  it('refuses a stack that is not there', () => {
    expect(coop('smal')).toMatchObject({ status: 1, stdout: '' });
    expect(coop('smal').stderr).toContain('did you mean small?');
  });
});

describe('a price list', () => {
  const day = (date: string) => new Date(`${date}T00:00:00Z`);
  it('older than half a year is called so, with what to do', () => {
    const list = { ...hetzner, date: '2026-01-10' as const };
    expect(outdated(day('2026-07-01'), [list])).toEqual([]);
    expect(outdated(day('2026-08-01'), [list])).toEqual([
      expect.stringMatching(
        /prices are 6 months old — hetzner, of 2026-01-10 — look them up at https:.*prices-hetzner\.ts/,
      ),
    ]);
  });
});

describe('the line other verbs end with', () => {
  it('says the sum and where the rest is', () => {
    expect(costLine(project, 'small')).toMatch(
      /^about USD 29\.00 a month \(without VAT, prices of .*\); by resource: coop costs small$/,
    );
  });
});
