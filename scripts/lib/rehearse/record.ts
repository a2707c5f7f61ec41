import { z } from 'zod';
import { VisibleError } from '../../../components/errors.ts';
import { remoteOutput } from '../remote.ts';
import { prometheusText } from '../report/prometheus.ts';
import { type Report, reportSchema } from '../report/schema.ts';
import type { SshTarget } from '../ssh-command.ts';

const summarySchema = reportSchema.pick({
  ...{ source: true, stack: true, started: true, ended: true, result: true, at: true },
  ...{ rpoSeconds: true, ttrSeconds: true, phases: true },
});
export type Summary = z.infer<typeof summarySchema>;

/** What a source keeps of its rehearsals: on its machine, and for the next machine in its bucket, as reports/last.json. */
const recordSchema = z.looseObject({
  format: z.literal(1),
  last: summarySchema,
  passed: summarySchema.nullish(),
  metrics: z.string(),
});
export type RehearsalRecord = z.infer<typeof recordSchema>;

/** The newest of some rehearsals, and the newest that passed. */
export function recordOf(source: string, rehearsals: readonly Summary[]): RehearsalRecord | undefined {
  const own = rehearsals
    .filter((each) => each.source === source)
    .map((each) => summarySchema.strip().parse(each))
    .sort((a, b) => Date.parse(b.started) - Date.parse(a.started));
  const [last] = own;
  const passed = own.find(({ result }) => result === 'passed');
  return last && { format: 1, last, ...(passed ? { passed } : {}), metrics: prometheusText(own) };
}

const KEPT = '/var/lib/social.coop/rehearsal/last.json';
const keep = ['/opt/social.coop/libexec/rehearsal', 'keep'];

/** Tells the machine whose backups were restored, beside what it knows already: its status and its metrics show it. */
export async function leaveRecord(target: SshTarget, report: Report): Promise<void> {
  const { stdout } = await remoteOutput(target, ['cat', KEPT]);
  const record = recordOf(report.source, [report, ...knownIn(stdout)]);
  const { code, stderr } = await remoteOutput(target, keep, `${JSON.stringify(record)}\n`);
  if (code === 127)
    throw new VisibleError(
      `its tree is from before machines knew of rehearsals — ${target.stack} (${target.address}) — pulumi up -s ${target.stack}`,
    );
  if (code !== 0)
    throw new VisibleError(
      `the source does not take what the rehearsal says — ${target.stack} (${target.address}) — ${stderr.trim().split('\n').at(-1)?.trim() || `it ended with ${code}`}`,
    );
}

function knownIn(text: string): Summary[] {
  try {
    const { last, passed } = recordSchema.parse(JSON.parse(text));
    return [last, ...(passed ? [passed] : [])];
  } catch {
    return [];
  }
}
