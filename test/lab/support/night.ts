import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fillDisk } from '../../../lab/machines/index.ts';
import { colorsFor } from '../../../scripts/lib/colors.ts';
import { type InstanceStatus, readInstanceStatus } from '../../../scripts/lib/instance-status.ts';
import { checkout } from '../../../scripts/lib/paths.ts';
import { showStatus } from '../../../scripts/lib/show-status.ts';
import type { ApplyLab } from './apply-lab.ts';

const siteDown = readFileSync(join(checkout, 'docs/runbooks/site-down.md'), 'utf8');
const certificates = '/var/lib/social.coop/tls';

interface Fault {
  /** Shell that breaks it, on the machine. */
  breaks?: string;
  /** What breaks it from outside. */
  hurt?: (lab: ApplyLab) => Promise<void>;
  /** What `instance status` says, after the word that the runbook has it under. */
  says: [word: string, text: RegExp];
  /** How `coop status` says it. */
  shown: RegExp;
  /** What the runbook says to do. */
  mends: string;
}

/** Two mornings: what can be broken at the same time is. */
const first: [string, Fault][] = [
  [
    'a container that was stopped',
    {
      breaks: 'docker stop --time 1 instance-streaming-1',
      says: ['services', /streaming is exited/],
      shown: /streaming +exited/,
      mends: 'instance apply',
    },
  ],
  [
    'a firewall that somebody took away',
    {
      breaks: 'nft delete table inet social_coop',
      says: ['firewall', /is not there/],
      shown: /nftables +not there/,
      mends: 'instance apply',
    },
  ],
  [
    'an app that does not answer behind nginx',
    {
      breaks: 'docker stop --time 1 instance-web-1 instance-web-2-1',
      says: ['site', /nginx answers 502/],
      shown: /nginx +answers 502/,
      mends: 'instance apply',
    },
  ],
  [
    'a certificate that has ended',
    {
      // Valid for the first two days of a year that is over.
      breaks: `cd ${certificates} && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=ended -not_before 20250101000000Z -not_after 20250103000000Z -keyout ended.key -out ended.crt 2>/dev/null && ln -sfn ended.key privkey.pem && ln -sfn ended.crt fullchain.pem && systemctl reload nginx && sleep 0.5`,
      says: ['certificate', /ended \d+ days ago/],
      shown: /TLS +expired \d+ days ago/,
      mends: `instance certificate renew && rm ${certificates}/ended.*`,
    },
  ],
];
const second: [string, Fault][] = [
  [
    'nginx that was stopped',
    {
      breaks: 'systemctl stop nginx',
      says: ['site', /nginx is inactive/],
      shown: /nginx +is inactive/,
      mends: 'instance restart nginx',
    },
  ],
  [
    'a full disk',
    {
      hurt: () => fillDisk('apply-test'),
      says: ['disk', /\/var is (?:9\d|100) % full/],
      shown: /\/var +(?:9\d|100) % used/,
      mends: 'rm -f /var/lab-fill && instance disk free',
    },
  ],
];

async function statusOf(lab: ApplyLab): Promise<InstanceStatus> {
  const found = readInstanceStatus((await lab.ssh('instance status --json')).stdout);
  if (!found) throw new Error('the machine gave no status');
  return found;
}

/** Sees a fault on both screens, under the runbook's word. */
function expectNamed(status: InstanceStatus, screen: string, { says: [word, text], shown }: Fault): void {
  expect(reds(status)).toContainEqual(
    expect.objectContaining({ about: word, text: expect.stringMatching(text) }),
  );
  expect(siteDown).toMatch(new RegExp(`^### .*\\b${word}\\b`, 'm'));
  expect(screen).toMatch(new RegExp(`^${word}`, 'm'));
  expect(screen).toMatch(new RegExp(`✖ ${shown.source}`));
}

/** Disk and certificate are in both mornings: the watch fails, says why, and is red itself. */
async function expectWatched(lab: ApplyLab, faults: Fault[]): Promise<void> {
  expect((await lab.ssh('systemctl start watch.service')).code).not.toBe(0);
  const said = await lab.must('instance logs watch --lines 3');
  const watched = faults.map(({ says }) => says[0]).filter((word) => /disk|certificate/.test(word));
  expect(watched).toHaveLength(1);
  expect(said).toMatch(new RegExp(`${watched[0]}: .*\\n.*this needs somebody`));
  expect(reds(await statusOf(lab))).toContainEqual(
    expect.objectContaining({ about: 'jobs', text: expect.stringContaining('watch') }),
  );
}

const reds = (status: InstanceStatus) => (status.problems ?? []).filter(({ level }) => level === 'red');

/** What a volunteer with nothing but SSH sees and does, on a machine that is really broken. */
export function describeNight(get: () => ApplyLab): void {
  describe('at night', () => {
    it.each([
      [first.map(([name]) => name).join(', '), first.map(([, fault]) => fault)],
      [second.map(([name]) => name).join(', '), second.map(([, fault]) => fault)],
    ])('%s: each is named in the runbook’s words, and mended by what it says', async (_, faults) => {
      const lab = get();
      try {
        for (const { hurt, breaks } of faults) await (hurt ? hurt(lab) : lab.must(breaks as string));
        const status = await statusOf(lab);
        const machines = [{ role: 'primary', address: lab.address, status }];
        const screen = showStatus({ stack: 'staging', machines }, colorsFor({}, {}, {}), { all: true });
        for (const fault of faults) expectNamed(status, screen, fault);
        await expectWatched(lab, faults);
      } finally {
        for (const mends of new Set(faults.map((fault) => fault.mends)))
          await lab.must(mends, { seconds: 120 });
        await lab.must('systemctl start watch.service');
      }
      await expect
        .poll(async () => reds(await statusOf(lab)), { timeout: 60_000, interval: 500 })
        .toEqual([]);
    });

    it('a Docker that hangs is named within seconds, and does not keep anybody from logging in', async () => {
      const lab = get();
      await lab.must('systemctl kill --signal STOP docker');
      const began = performance.now();
      const login = await lab.ssh('', { terminal: true, input: 'exit\n' });
      const seconds = (performance.now() - began) / 1000;
      await lab.must('systemctl kill --signal CONT docker');
      expect(login.output).toMatch(/RED +services +Docker does not answer/);
      expect(login.output).toContain('sudo instance runbook site-down');
      expect(seconds).toBeLessThan(25);
    });

    it('a login at a terminal says which machine this is and how it is; another connection says nothing', async () => {
      const lab = get();
      await lab.must('touch /run/reboot-required && echo linux-image-amd64 > /run/reboot-required.pkgs');
      const login = await lab.ssh('', { terminal: true, input: 'exit\n' });
      await lab.must('rm /run/reboot-required*');
      expect(login.output).toContain('host.social.coop · stack staging');
      expect(login.output).toMatch(/Begin here: +sudo instance status/);
      expect(login.output).toMatch(/YELLOW +reboot +needed: updated: linux-image-amd64/);
      expect((await lab.ssh('true')).output).toBe('');
    });

    it('a newer kernel than the one that runs is a reboot needed', async () => {
      const lab = get();
      const file = '/boot/vmlinuz-999.1-$(uname -r | sed -E "s/^[0-9][^-]*(-[0-9]+)?-//")';
      await lab.must(`touch ${file}`);
      const ran = await lab.ssh('instance status --json');
      const { reboot } = readInstanceStatus(ran.stdout) ?? {};
      await lab.must(`rm ${file}`);
      // Not even the alarm for parts that hang keeps the answer back.
      expect(ran.seconds).toBeLessThan(15);
      expect(reboot).toMatchObject({ needed: true, why: expect.stringContaining('999.1') });
      expect((await statusOf(lab)).reboot).toEqual({ needed: false });
    });

    it('what deletes asks first, and self-destruct is out of reach by every way', async () => {
      const lab = get();
      const asked = await lab.ssh('instance tootctl accounts delete nobody');
      expect(asked.output).toMatch(/nobody is there to ask.*--yes in front/);
      const agreed = await lab.ssh('instance tootctl --yes accounts delete nobody');
      expect(agreed.output).toContain('No user with such username');
      const no = await lab.ssh('instance tootctl accounts delete nobody', { terminal: true, input: 'no\n' });
      expect(no.output).toContain('nothing was done');
      for (const line of ['tootctl self-destruct', 'tootctl Self_D', 'run sh -c "bin/tootctl self-destruct"'])
        expect((await lab.ssh(`instance ${line}`)).output).toMatch(/self-destruct is not available/);
    });

    it('takes a backup now and lists it', async () => {
      const lab = get();
      const list = async () =>
        JSON.parse(await lab.must('instance backup list --json')) as { type: string }[];
      const before = await list();
      expect(await lab.must('instance backup', { seconds: 120 })).toMatch(/ incr +\d+ s/);
      expect((await list()).map(({ type }) => type)).toEqual([...before.map(({ type }) => type), 'incr']);
    });
  });
}
