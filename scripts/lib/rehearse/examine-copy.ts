import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../paths.ts';
import type { Progress } from '../progress.ts';
import type { ReportFacts } from '../report/build.ts';
import { canariesSchema, machinePhasesSchema, verifyAnswerSchema } from '../report/schema.ts';
import type { SshTarget } from '../ssh-command.ts';
import { answer, clockAhead, say } from './ask.ts';

/** What is filled in as it becomes known, so that a rehearsal that breaks off still has a report. */
export type Seen = Pick<ReportFacts, 'up' | 'machine' | 'verify' | 'canaries' | 'clocks' | 'versions'>;

const PHASES = '/var/lib/social.coop/restore/phases.json';

/** What the copy wrote down while it was restored; also asked of one whose restore failed. */
export async function readPhases(target: SshTarget, seen: Seen, stop?: AbortSignal): Promise<void> {
  seen.machine = await answer(target, ['cat', PHASES], machinePhasesSchema, stop);
}

/** Asks the restored copy everything: its own account of the restore, every check, then the fence. */
export async function examineCopy(
  target: SshTarget,
  seen: Seen,
  progress: Progress,
  stop: AbortSignal,
): Promise<void> {
  const ahead = await clockAhead(target, stop);
  if (ahead !== 0) seen.clocks = { ...seen.clocks, machine: ahead };
  await readPhases(target, seen, stop);
  const verify = await timed(progress, 'instance verify', () =>
    answer(target, ['instance', 'verify', '--json'], verifyAnswerSchema, stop),
  );
  seen.verify = verify;
  const version = verify.answer.checks.find(({ check }) => check === 'version')?.values.version;
  if (typeof version === 'string') seen.versions = { ...seen.versions, app: version };
  seen.canaries = await timed(progress, 'instance canaries', () =>
    answer(target, ['instance', 'canaries', '--json'], canariesSchema, stop),
  );
  const inDatabase = (...words: string[]) => say(target, ['docker', 'exec', 'instance-db-1', ...words], stop);
  const numbers = async (said: Promise<string>) => /\d+(\.\d+)+/.exec(await said.catch(() => ''))?.[0];
  const [postgres, pgbackrest] = await Promise.all([
    numbers(inDatabase('psql', '--version')),
    numbers(inDatabase('pgbackrest', 'version')),
  ]);
  seen.versions = {
    ...seen.versions,
    ...(postgres ? { postgres } : {}),
    ...(pgbackrest ? { pgbackrest } : {}),
  };
}

async function timed<T>(progress: Progress, name: string, work: () => Promise<T>) {
  const start = new Date();
  const said = await progress.step(name, work);
  return { start, end: new Date(), answer: said };
}

/** Names of the checks this checkout ships: one that is gone from the answer is missed. */
export function shippedChecks(directory = join(checkout, 'host/opt/social.coop/libexec/verify.d')): string[] {
  return readdirSync(directory)
    .map((name) => /^\d\d-(.+)$/.exec(name)?.[1])
    .filter((name) => name !== undefined);
}
