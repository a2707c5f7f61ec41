import type { Context } from '../context.ts';
import type { Progress } from '../progress.ts';
import type { Report } from '../report/schema.ts';
import { duration, moment } from '../report/words.ts';
import { type Bucket, openBucket } from './bucket.ts';
import { keepHere, keepInBucket } from './publish.ts';
import type { Rehearsed } from './rehearse.ts';

interface Options {
  context: Context;
  backups: { bucket: string; region: string };
  directory: string;
  upload: boolean;
  json?: boolean | undefined;
  progress: Progress;
  /** Tells the source's own machine, where there is one of ours. */
  record?: (report: Report) => Promise<void>;
  /** Another way to the bucket, for tests. */
  open?: () => Promise<Bucket>;
}

/** Keeps the report here and in the bucket, says what came out, and sets the exit code: 0 only for a rehearsal that passed. */
export async function publish(done: Rehearsed, options: Options): Promise<void> {
  const { report, keptUntil, left } = done;
  const { context, backups, progress } = options;
  const page = keepHere(report, options.directory);
  let lost: string | undefined;
  if (options.upload)
    await progress
      .step(`report into ${backups.bucket}/reports/`, async () =>
        keepInBucket(report, await (options.open ? options.open() : openBucket(context, backups))),
      )
      .catch((error: Error) => {
        lost = error.message || error.name;
      });
  let unrecorded: string | undefined;
  await options.record?.(report).catch((error: Error) => {
    unrecorded = error.message || error.name;
  });
  const ok = report.result === 'passed' && !left && !lost && !unrecorded;
  if (!ok) process.exitCode = 1;
  if (options.json) {
    // The report as it is kept, and what became of it.
    const said = {
      ok,
      ...report,
      page,
      uploaded: options.upload && !lost,
      keptUntil,
      left,
      lost,
      unrecorded,
    };
    process.stdout.write(`${JSON.stringify(said, null, 2)}\n`);
    return;
  }
  const { result, failure, rpoSeconds, ttrSeconds, checks, notTested, stack } = report;
  const lines = [
    `${result}${failure ? `: ${failure}` : ''}`,
    `RPO ${rpoSeconds === undefined ? 'not known' : duration(rpoSeconds)} · TTR ${ttrSeconds === undefined ? 'not reached' : duration(ttrSeconds)} · ${checks.filter(({ status }) => status === 'passed').length} of ${checks.length} checks passed`,
    `not tested: ${notTested.map(({ what }) => what).join('; ')}`,
    `report: ${page}`,
    ...(lost
      ? [`the report is not in the bucket — ${backups.bucket} — ${lost}; put the directory there by hand`]
      : []),
    ...(unrecorded
      ? [`coop status ${report.source} does not show this rehearsal: ${unrecorded}; rehearse again`]
      : []),
    ...(keptUntil
      ? [
          `${stack} is kept, and costs, until ${moment(keptUntil.toISOString())}, when its machine switches itself off; look around: coop ssh ${stack}; take it down: coop rehearse --cleanup ${stack}`,
        ]
      : []),
    ...(left ? [left] : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
