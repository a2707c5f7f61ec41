import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VisibleError } from '../../../components/errors.ts';
import type { OpenStack } from '../machines.ts';
import { checkout } from '../paths.ts';
import type { Progress } from '../progress.ts';
import { pulumi } from '../pulumi.ts';
import { buildReport, type ReportFacts } from '../report/build.ts';
import type { Report } from '../report/schema.ts';
import { knownHostsLine, type SshTarget } from '../ssh-command.ts';
import { readMachines, type StackPlace } from '../stack-config.ts';
import { stackFile } from '../stack-file.ts';
import type { Stop } from '../stopping.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';
import { unlessStopped } from './ask.ts';
import { bringUpCopy } from './bring-up-copy.ts';
import { examineCopy, readPhases, type Seen, shippedChecks } from './examine-copy.ts';
import { lossOf } from './lost.ts';
import { withOwner } from './owner.ts';
import type { Source } from './source.ts';
import { makeRehearsalStack, type RehearsalPlan, type RehearsalStack } from './stack.ts';
import { takeDown } from './take-down.ts';

/** A copy that is made of something else than a stack's backups. */
export interface OtherCopy {
  make(source: StackPlace): Promise<RehearsalStack>;
  /** What else to ask its machine, also when the restore failed. */
  ask(target: SshTarget, stop?: AbortSignal): Promise<void>;
  /** What else the report says. */
  facts(): Partial<ReportFacts>;
}

type Place = Pick<OpenStack, 'place' | 'directory'>;

export interface RehearseOptions {
  plan: RehearsalPlan;
  source: Pick<Source, 'ahead' | 'appVersion'> & { databaseBytes?: number };
  other?: OtherCopy;
  repositoryBytes?: number | undefined;
  /** Leaves the copy where it is. */
  keep: boolean;
  progress: Progress;
  stop: Stop;
}

export interface Rehearsed {
  report: Report;
  /** Until when the copy was kept. */
  keptUntil?: Date;
  /** What could not be taken down, in words. */
  left?: string;
}

/**
 * One rehearsal from no machine to no machine: makes the copy, asks it everything, and takes it away whatever happened.
 * Undefined: it was told to stop, and nothing is left.
 */
export async function rehearse(open: Place, options: RehearseOptions): Promise<Rehearsed | undefined> {
  const { plan, source, other, progress, stop } = options;
  const copy = await (other ? other.make(open.place) : makeRehearsalStack(open.place, plan));
  const { place, began } = copy;
  const { ahead } = source;
  const seen: Seen = {
    machine: [],
    versions: { app: source.appVersion, coop: coopVersion() },
    ...(ahead === 0 ? {} : { clocks: { source: ahead } }),
  };
  let failure: string | undefined;
  try {
    seen.versions.pulumi = (await pulumi(['version'], { cwd: place.projectDir, env: place.env })).trim();
    await makeAndExamine(open, copy, seen, options);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    // A bug is reported as one, once nothing is left of it.
    if (!stop.told() && !(error instanceof VisibleError)) process.stderr.write(`${(error as Error).stack}\n`);
  }
  const keptUntil = options.keep && !stop.told() ? keep(copy, plan.hours) : undefined;
  const down = keptUntil ? undefined : await clear(copy, progress);
  if (stop.told() && !down?.left) return undefined;
  const facts: ReportFacts = {
    source: plan.source,
    stack: place.stack,
    started: began,
    ended: new Date(),
    at: plan.at?.toISOString(),
    backup: plan.backup,
    ...seen,
    ...(down ? { destroy: { start: down.start, end: down.end } } : {}),
    expected: shippedChecks(),
    sizes: {
      ...(source.databaseBytes ? { databaseBytes: source.databaseBytes } : {}),
      ...(options.repositoryBytes ? { repositoryBytes: options.repositoryBytes } : {}),
    },
    where: plan.machine,
    failure: stop.told() ? 'it was told to stop' : (failure ?? down?.left),
    notTested: leftOut(plan),
    ...other?.facts(),
  };
  return {
    report: buildReport(facts),
    ...(keptUntil ? { keptUntil } : {}),
    ...(down?.left ? { left: down.left } : {}),
  };
}

/** By its options. */
const leftOut = ({ at, backup }: RehearsalPlan) => [
  ...(at ? [] : [{ what: 'going back to a moment (PITR)', why: 'this one took the newest data: --at TIME' }]),
  ...(backup ? [{ what: 'the newest backup', why: `this one began with ${backup}: --backup` }] : []),
];

async function makeAndExamine(
  open: Place,
  copy: RehearsalStack,
  seen: Seen,
  { progress, other, stop: { signal: stop } }: RehearseOptions,
): Promise<void> {
  try {
    await bringUpCopy(copy.place, progress, stop, (up) => {
      seen.up = up;
    });
  } catch (error) {
    const lost = stop.aborted ? undefined : await lossOf(copy.place).catch(() => undefined);
    if (lost) throw new VisibleError(`${lost} — ${(error as Error).message}`);
    // What the machine did before it failed is worth a line of the report, if it can still say so.
    const target = stop.aborted ? undefined : await targetOfCopy(open, copy).catch(() => undefined);
    if (target) await readPhases(target, seen, stop).catch(() => {});
    if (target) await other?.ask(target, stop).catch(() => {});
    throw error;
  }
  const target = await targetOfCopy(open, copy);
  if (!target) throw new VisibleError(`no machine — stack ${copy.place.stack} — pulumi up made none`);
  await unlessStopped(Promise.resolve(other?.ask(target, stop)), stop);
  await unlessStopped(examineCopy(target, seen, progress, stop), stop);
}

async function targetOfCopy(
  { directory }: Place,
  { place, host, deploy }: RehearsalStack,
): Promise<SshTarget | undefined> {
  const [machine] = await readMachines(place);
  if (!machine) return undefined;
  const stem = join(directory, place.stack);
  writeFileSync(`${stem}.known`, knownHostsLine(place.stack, host.publicKey), { mode: 0o600 });
  writeFileSync(`${stem}.key`, `${deploy.privateKey.trimEnd()}\n`, { mode: 0o600 });
  return {
    stack: place.stack,
    address: machine.address,
    user: machine.user,
    hostPublicKey: host.publicKey,
    knownHosts: `${stem}.known`,
    identity: `${stem}.key`,
  };
}

/** The file says until when, so that the next rehearsal does not take it for one that was left behind. */
function keep({ place, owner, began }: RehearsalStack, hours: number): Date {
  const until = new Date(+began + hours * 3_600_000);
  const file = stackFile(place.projectDir, place.stack);
  const text = readFileSync(file, 'utf8');
  writeFileAtomically(file, withOwner(text, { ...owner, keptUntil: until.toISOString() }));
  return until;
}

/** Never throws: a report is due, and says what is left. */
async function clear({ place }: RehearsalStack, progress: Progress) {
  const start = new Date();
  try {
    await takeDown(place, progress);
    return { start, end: new Date() };
  } catch (error) {
    return { start, end: new Date(), left: error instanceof Error ? error.message : String(error) };
  }
}

function coopVersion(): string {
  return JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')).version;
}
