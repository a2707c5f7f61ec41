import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloud } from '../../lab/cloud/client.ts';
import { containerName } from '../../lab/machines/names.ts';
import { paths } from '../../lab/paths.ts';
import { services } from '../../lab/services/addresses.ts';
import { peerCounts } from '../../lab/services/peer-client.ts';
import { rootClient } from '../../lab/services/s3-client.ts';
import { type Check, type Phase, type Report, reportSchema } from '../../scripts/lib/report/schema.ts';
import { Ammunition } from './ammunition.ts';
import { objectsOf } from './buckets.ts';
import { canariesFrom } from './canaries.ts';
import { type Stack, stacks } from './stacks.ts';
import { coopPath, eventually, inLab, must, run } from './support.ts';
import { archived, use } from './used.ts';

// A rehearsal as an operator runs it: real engine, real machine, real fence, the source serving beside it.

const source = stacks.find(({ name }) => name === 'staging');
const out = mkdtempSync(join(tmpdir(), 'coop-rehearse-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const words = (...more: string[]) => inLab(coopPath, 'rehearse', ...more);
const usual = () => words('staging', '--yes', '--out', out);

/** Everything in the cloud, in the state and in the project that is there now. */
async function everything() {
  const ids = (await cloud.everything()).map(({ type, id }) => `${type} ${id}`);
  const { stdout } = await must(inLab('pulumi', 'stack', 'ls', '--json'));
  const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
  return [...ids, ...names, ...readdirSync(paths.project)].sort();
}

interface Begun {
  child: ChildProcess;
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  /** Once it has said so. */
  says(what: string): Promise<void>;
}

/** A rehearsal under way. */
function begin(...more: string[]): Begun {
  const [program = '', ...args] = [...usual(), ...more];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let stdout = '';
  let stderr = '';
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, stdout, stderr })),
  );
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    child.emit('said');
  });
  const says = (what: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => stderr.includes(what) && resolve();
      child.on('said', look);
      ended.then(() => reject(new Error(`ended before it said "${what}":\n${stderr}${stdout}`)));
      look();
    });
  return { child, ended, says };
}

const there = 'the machine is there';
const servers = async () => (await cloud.list('hcloud', 'Server')).map(({ id }) => id);
const droplets = async () => (await cloud.list('digitalocean', 'Droplet')).map(({ id }) => id);

/** Command lines of what still runs for a rehearsal. */
const atWork = () =>
  readdirSync('/proc').flatMap((pid) => {
    try {
      const [environment, line] = ['environ', 'cmdline'].map((name) =>
        readFileSync(join('/proc', pid, name), 'utf8'),
      );
      return /COOP_REHEARSAL=|--stack[=\0]rehearsal-/.test(`${environment}\0${line}`)
        ? [line?.replaceAll('\0', ' ')]
        : [];
    } catch {
      return [];
    }
  });

/** A rehearsal whose machine loses its network in the middle of what is done there. */
async function lose(): Promise<Begun> {
  const before = await droplets();
  // What it failed with is not for the next machine of its source.
  const lost = begin('--json', '--no-upload');
  await lost.says(there);
  const [id = ''] = (await droplets()).filter((each) => !before.includes(each));
  const container = containerName(`do-${id}`);
  await eventually(
    () => must(['docker', 'exec', container, 'test', '-e', '/run/social.coop/apply.lock']),
    60,
  );
  await cloud.machine(id, 'cut');
  return lost;
}

describe.skipIf(!source)('coop rehearse', () => {
  const ammunition = new Ammunition(source as Stack);
  const media = { region: 'fra1', name: 'staging-social-coop-media' };
  /** Of the source, with everything pending in it that a copy would do by itself. */
  let moment: string;
  let objects: Awaited<ReturnType<typeof objectsOf>>;
  let seen: number[];
  beforeAll(async () => {
    await use(source as Stack);
    await ammunition.load();
    await source?.onMachine('systemctl start manifest.service media-sample.service');
    moment = await archived(source as Stack);
    objects = await objectsOf(media);
    seen = await ammunition.seen();
  }, 120_000);
  afterAll(() => ammunition.unload());

  describe('at another provider than its source', () => {
    const onSource = (line: string) => source?.onMachine(line).then(({ stdout }) => stdout);
    let before: string[];
    let page = '';
    let report = {} as Report;
    /** Of the two at once, the one that ended last. */
    let last = {} as Report;
    beforeAll(async () => {
      // Its first apply has asked the bucket, where there was nothing, or it would ask again and again.
      await onSource('test -d /var/lib/social.coop/rehearsal');
      before = await everything();
    });
    afterAll(async () => {
      if (report.stack) await run(words('--cleanup', report.stack, '--yes'));
    });

    it('restores staging behind the fence, its media too, beside another one and a backup, finds it whole, and reports', async () => {
      const backups = JSON.parse((await onSource('instance backup list --json')) ?? '');
      const { label } = backups.at(-2) ?? backups.at(-1);
      const size = 's-4vcpu-16gb-amd';
      const other = ['--at', moment, '--backup', label, '--size', size];
      const known = await servers();
      const rehearsal = begin('--provider', 'hetzner', '--media', 'copy', '--keep', '--json');
      await rehearsal.says('the fence is up');
      // Beside it another one, and while it fetches a backup of the source: none sees the others.
      const beside = begin(...other, '--media', 'empty', '--json');
      const [id] = (await servers()).filter((each) => !known.includes(each));
      const fetches = ['pgrep', '-f', 'pgbackrest .*--delta.* restore'];
      await eventually(() => must(['docker', 'exec', containerName(`hz-${id}`), ...fetches]), 60);
      await source?.onMachine('instance backup full');
      const [ran, ranBeside] = await Promise.all([rehearsal.ended, beside.ended]);
      const said = ran.stdout.startsWith('{') ? JSON.parse(ran.stdout) : undefined;
      const wrong = said?.checks?.filter((check: { status: string }) => check.status === 'failed');
      expect(
        ran.code,
        said ? JSON.stringify([said.failure, said.notTested, wrong]) : ran.stderr.slice(-6000),
      ).toBe(0);
      const { ok, uploaded, page: written, keptUntil, ...rest } = said;
      [page, report] = [written, rest];
      expect({ ok, uploaded }).toEqual({ ok: true, uploaded: true });
      expect(ranBeside.code, ranBeside.stderr.slice(-6000)).toBe(0);
      const second = JSON.parse(ranBeside.stdout);
      expect(second).toMatchObject({ ok: true, uploaded: true, source: 'staging', result: 'passed' });
      expect(second).toMatchObject({
        at: moment,
        backup: label,
        machine: { provider: 'digitalocean', size },
      });
      expect(second.notTested.map(({ what }: { what: string }) => what)).toContain('media-sample');
      expect(second.stack).not.toBe(report.stack);
      console.log(`beside it: RPO ${second.rpoSeconds} s, TTR ${second.ttrSeconds} s`);
      last = second.ended > report.ended ? second : report;
      expect(Date.parse(keptUntil)).toBeGreaterThan(Date.now());
      expect(reportSchema.parse(report)).toMatchObject({
        source: 'staging',
        result: 'passed',
        machine: { provider: 'hetzner', region: 'fsn1', size: 'cpx32' },
      });
      const open = report.checks.filter(({ status }) => status === 'not-tested');
      console.log(`not tested: ${open.map(({ check, reason }: Check) => `${check} (${reason})`).join(', ')}`);
      console.log(`rehearsal: RPO ${report.rpoSeconds} s, TTR ${report.ttrSeconds} s`);
      expect(report.rpoSeconds).toBeLessThan(120);
      expect(report.canaries?.passed).toBe(0);
      for (const phase of ['provision', 'fetch', 'verify'])
        expect(report.phases.map(({ name }) => name)).toContain(phase);
      const media = (report.phases as Phase[]).find(({ name }) => name === 'media');
      expect(media?.objects).toBeGreaterThan(1);
      console.log(`media: ${media?.objects} objects, ${media?.bytes} bytes in ${media?.seconds} s`);
      // Asked of the copy's own bucket, which goes with what is in it.
      const sample = report.checks.find(({ check }) => check === 'media-sample');
      expect(sample).toMatchObject({ status: 'passed', values: { absent: [], changed: [] } });
      // With every key, also the one that writes to a bucket of the copy's own.
      expect(report.canaries?.canaries.filter(({ kind }) => kind.startsWith('write to'))).toHaveLength(3);
    }, 600_000);

    it('let nothing out of what was pending in the source, and left its media as they were, byte for byte', async () => {
      expect(Object.values(await ammunition.arrived(media))).toEqual(Array(5).fill(false));
      expect(await ammunition.seen()).toEqual(seen);
      expect(await objectsOf(media)).toEqual(objects);
    });

    it('leaves the report in the bucket', async () => {
      const { GetObjectCommand } = await import('@aws-sdk/client-s3');
      const client = await rootClient('fra1');
      const time = page.split('/').at(-2) ?? '';
      for (const name of ['report.json', 'index.html']) {
        const object = await client.send(
          new GetObjectCommand({ Bucket: 'staging-social-coop-backups', Key: `reports/${time}/${name}` }),
        );
        expect(await object.Body?.transformToString()).toBe(readFileSync(join(out, time, name), 'utf8'));
      }
    });

    it('is shown by its source, also by a machine that was built anew, and in its metrics', async () => {
      const { ended, result, rpoSeconds, ttrSeconds } = last;
      const expected = { last: { ended, result, rpoSeconds, ttrSeconds }, passed: { ended } };
      const { stdout } = await run(inLab(coopPath, 'status', 'staging', '--json'));
      expect(JSON.parse(stdout).rehearsal).toMatchObject(expected);
      const kept = '/var/lib/social.coop/rehearsal /var/lib/node_exporter/textfile/restore.prom';
      await onSource(`rm -r ${kept} && instance status | grep -q 'rehearsal   never'`);
      await onSource('/opt/social.coop/libexec/rehearsal fetch');
      expect(JSON.parse((await onSource('instance status --json')) ?? '').rehearsal).toMatchObject(expected);
      const metrics = await onSource('cat /var/lib/node_exporter/textfile/restore.prom');
      expect(metrics).toContain(`restore_rpo_seconds{source="staging"} ${rpoSeconds}\n`);
      expect(metrics).toContain(`restore_ttr_seconds{source="staging",phase="all"} ${ttrSeconds}\n`);
      expect(metrics).toMatch(/^restore_last_success_timestamp_seconds\{source="staging"\} \d{10}$/m);
    });

    it('lets nothing out by its cloud firewall alone, which is what holds it', async () => {
      const { stack } = report;
      const lift = 'systemctl stop fence-watch && nft delete table inet coop_fence';
      await must(inLab(coopPath, 'ssh', stack, '--', lift));
      const { sent, passed, arrived } = await canariesFrom(stack);
      expect(sent).toBeGreaterThan(100);
      // No customer's firewall stands before the provider's own service.
      expect(passed.filter((kind) => kind !== 'metadata')).toEqual([]);
      expect(arrived).toEqual([0, 0]);
      const [firewall] = (await cloud.list('hcloud', 'Firewall')).filter(
        ({ inputs }) => inputs.name === `copy-${stack}`,
      );
      if (!firewall) throw new Error('the copy has no cloud firewall');
      const rules = firewall.inputs.rules as { direction: string }[];
      await cloud.update('hcloud', 'Firewall', firewall.id, {
        ...firewall.inputs,
        rules: rules.filter(({ direction }) => direction === 'in'),
      });
      const count = (await peerCounts()).connections;
      await must(
        inLab(coopPath, 'ssh', stack, '--', `curl -sk -m 5 -o /dev/null https://${services.peer.v4}/`),
      );
      expect((await peerCounts()).connections).toBeGreaterThan(count);
    }, 170_000);

    it('is taken down when told, and leaves nothing but the report', async () => {
      const { stdout } = await must(words('--cleanup', report.stack, '--yes'));
      expect(stdout).toBe(`gone: ${report.stack}\n`);
      expect(await everything()).toEqual(before);
    }, 170_000);
  });

  it('leaves nothing when its machine is cut off, when it is stopped, or killed outright at any point and cleaned up after, four at once', async () => {
    const before = await everything();
    const lost = await lose();
    const stopped = begin();
    await stopped.says(there);
    const killed = begin();
    await killed.says(there);
    const torn = begin();
    await torn.says(there);
    const tell = ({ child }: Begun, signal: NodeJS.Signals) => process.kill(-(child.pid as number), signal);
    for (const each of [stopped, torn]) tell(each, 'SIGTERM');
    tell(killed, 'SIGKILL');
    // In the middle of taking its copy down.
    await torn.says('destroy rehearsal-');
    tell(torn, 'SIGKILL');
    await Promise.all([killed, torn].map(({ ended }) => ended));
    const done = await must(words('--cleanup', '--yes'));
    expect(done.stdout).toMatch(/^gone: rehearsal-\S+, rehearsal-\S+\n$/);
    expect((await stopped.ended).code).toBe(143);
    const { code, stdout } = await lost.ended;
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, result: 'failed' });
    expect(JSON.parse(stdout).failure).toMatch(/^the machine does not answer: it, or its network, was lost/);
    await eventually(async () => expect(await everything()).toEqual(before), 5);
    // Nothing is at work any more for a rehearsal, whoever began it.
    expect(atWork()).toEqual([]);
  }, 420_000);
});
