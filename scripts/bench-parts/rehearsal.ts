import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../scripts/lib/report/schema.ts';
import { line } from './fit.ts';
import { fillTo, ssh, tell } from './machine.ts';
import { coop, inLab, type Table } from './measure.ts';

const stack = 'staging';

/** A whole rehearsal from the prompt back to the prompt; a failed one ends the measurement. */
async function rehearse(): Promise<{ seconds: number; report: Report }> {
  const out = mkdtempSync(join(tmpdir(), 'coop-bench-'));
  try {
    const ran = await inLab(coop, 'rehearse', stack, '--yes', '--json', '--out', out);
    return { seconds: ran.seconds, report: JSON.parse(ran.stdout) as Report };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** What its source has that is in use: somebody who runs it, and what its nightly jobs leave. */
async function prepare(): Promise<void> {
  const owner = ['keeper', '--email', 'keeper@example.org', '--confirmed', '--role', 'Owner'];
  await inLab(coop, 'tootctl', stack, 'accounts', 'create', ...owner).catch(() => undefined);
}
async function nightly(): Promise<void> {
  await ssh(stack, 'systemctl start manifest.service media-sample.service');
  // A copy can only be held against what it has lived through.
  await tell(stack, 'archived');
}

/** Rehearsals of one size, by phase. */
export async function rehearsals(table: Table, gigabytes: number): Promise<void> {
  await prepare();
  await fillTo(stack, gigabytes);
  await nightly();
  const totals: number[] = [];
  const phases = new Map<string, number[]>();
  for (let run = 0; run < table.runs; run++) {
    const { seconds, report } = await rehearse();
    totals.push(seconds);
    for (const phase of report.phases)
      phases.set(phase.name, [...(phases.get(phase.name) ?? []), phase.seconds]);
    console.error(`rehearsal ${run + 1}: ${seconds.toFixed(1)} s, TTR ${report.ttrSeconds} s`);
  }
  table.seconds(`\`coop rehearse\` of ${gigabytes} GB, verified and destroyed`, 150, totals);
  for (const [name, values] of phases) table.share(name, values, totals);
}

/** How the time to restore grows with the size: a line through sizes that grow, one rehearsal each. */
export async function growth(table: Table, sizes: readonly number[]): Promise<string> {
  await prepare();
  const points: [number, number][] = [];
  const rows: string[] = [];
  for (const size of sizes) {
    const bytes = await fillTo(stack, size);
    await nightly();
    const { report } = await rehearse();
    points.push([bytes / 1e9, report.ttrSeconds as number]);
    const phases = report.phases.map(({ name, seconds }) => `${name} ${seconds}`).join(', ');
    rows.push(`- ${(bytes / 1e9).toFixed(2)} GB: TTR ${report.ttrSeconds} s (${phases})`);
    console.error(rows.at(-1));
  }
  straight(table, sizes, points);
  return `\n\n${rows.join('\n')}`;
}

/** The row of that line: what does not grow is bounded, and what grows is a line at all. */
export function straight(
  table: Table,
  sizes: readonly number[],
  points: readonly (readonly [number, number])[],
): void {
  const { constant, slope, off } = line(points);
  const percent = (off / Math.max(...points.map(([, ttr]) => ttr))) * 100;
  table.fact(
    `TTR of ${sizes.join(', ')} GB, as a line`,
    `${constant.toFixed(1)} s + ${slope.toFixed(1)} s per GB, off by ${off.toFixed(1)} s at most: ${percent.toFixed(1)} % of the largest`,
    '',
    'constant ≤ 60 s, off ≤ 10 %',
    constant <= 60 && percent <= 10,
  );
}
