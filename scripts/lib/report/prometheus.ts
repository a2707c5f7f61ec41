import { countsForTtr } from './phases.ts';
import type { Report } from './schema.ts';

/** What of a report is measured. */
type Measured = Pick<
  Report,
  'source' | 'started' | 'ended' | 'result' | 'phases' | 'rpoSeconds' | 'ttrSeconds'
>;

const quoted = (text: string) =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

/**
 * Metrics of the newest rehearsal of each source, for node_exporter's textfile collector:
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function prometheusText(reports: readonly Measured[]): string {
  const newestFirst = [...reports].sort((a, b) => Date.parse(b.started) - Date.parse(a.started));
  const newest = [...new Set(newestFirst.map(({ source }) => source))].sort().map((source) => {
    const own = newestFirst.filter((report) => report.source === source);
    return { source, last: own[0] as Measured, passed: own.find(({ result }) => result === 'passed') };
  });
  const family = (name: string, help: string, samples: string[]) =>
    samples.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...samples];
  return [
    ...family(
      'restore_ttr_seconds',
      'Time to restore in the last rehearsal, by phase; phase all is the whole.',
      newest.flatMap(({ source, last }) => [
        ...byPhase(last).map(
          ([name, seconds]) =>
            `restore_ttr_seconds{source=${quoted(source)},phase=${quoted(name)}} ${seconds}`,
        ),
        ...(last.ttrSeconds === undefined
          ? []
          : [`restore_ttr_seconds{source=${quoted(source)},phase="all"} ${last.ttrSeconds}`]),
      ]),
    ),
    ...family(
      'restore_rpo_seconds',
      'Writes the last rehearsal found missing.',
      newest.flatMap(({ source, last }) =>
        last.rpoSeconds === undefined
          ? []
          : [`restore_rpo_seconds{source=${quoted(source)}} ${last.rpoSeconds}`],
      ),
    ),
    ...family(
      'restore_last_success_timestamp_seconds',
      'When a rehearsal last passed; 0: never.',
      newest.map(
        ({ source, passed }) =>
          `restore_last_success_timestamp_seconds{source=${quoted(source)}} ${passed ? Math.floor(Date.parse(passed.ended) / 1000) : 0}`,
      ),
    ),
    '',
  ].join('\n');
}

/** A phase that was entered twice, after a resume, is one sample: the same labels twice are refused. */
function byPhase({ phases }: Measured): [string, number][] {
  const sums = new Map<string, number>();
  for (const phase of phases.filter(countsForTtr))
    sums.set(phase.name, (sums.get(phase.name) ?? 0) + phase.seconds);
  return [...sums].map(([name, seconds]) => [name, Math.round(seconds * 1000) / 1000]);
}
