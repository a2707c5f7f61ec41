import { type SpawnOptions, spawn } from 'node:child_process';
import { paths } from '../../lab/paths.ts';
import { shellEnvironment } from '../../lab/services/environment.ts';

export interface Timed {
  seconds: number;
  /** Both streams as they came. */
  output: string;
  stdout: string;
}

export const coop = new URL('../coop', import.meta.url).pathname;

/** Runs a command to its end; a failing one ends the whole measurement. */
export function time(argv: string[], where: SpawnOptions = {}): Promise<Timed> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(argv[0] as string, argv.slice(1), { ...where, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve({ seconds: (performance.now() - started) / 1000, output, stdout })
        : reject(new Error(`${argv.join(' ')} ended with ${code}:\n${output.slice(-3000)}`)),
    );
  });
}

/** As one types it in `coop lab shell`, which is not part of the figure. */
export const inLab = (...argv: string[]) => time(argv, { cwd: paths.project, env: shellEnvironment() });

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] as number, sorted[Math.floor(middle)] as number];
  return (low + high) / 2;
}

const spread = (values: number[]) =>
  `${median(values).toFixed(2)} s (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;

const verdict = (met: boolean) => (met ? 'met' : '**missed**');

/** The table: what was measured, against what, and whether the bar was met. */
export class Table {
  private readonly rows: string[][] = [];
  readonly runs: number;

  constructor(runs: number) {
    this.runs = runs;
  }

  /** One figure and its baseline, taken in turns so that a noisy minute hits both; the ratio is the pairs' median. */
  async against(what: string, bar: number, ours: () => Promise<Timed>, baseline: () => Promise<Timed>) {
    await baseline();
    await ours();
    const pairs: [number, number][] = [];
    for (let run = 0; run < this.runs; run++)
      pairs.push([(await ours()).seconds, (await baseline()).seconds]);
    const ratio = median(pairs.map(([a, b]) => a / b));
    const columns = [0, 1].map((side) => spread(pairs.map((pair) => pair[side] as number)));
    this.add(what, ...columns, `${ratio.toFixed(2)} ×`, `≤ ${bar} ×`, verdict(ratio <= bar));
  }

  /** Pairs that were taken in turns; `faster`: so many times as fast as the baseline, at least. */
  pairs(
    what: string,
    bar: { faster: number } | { slower: number },
    ours: number[],
    baseline: number[],
  ): void {
    const of = (ratio: (index: number) => number) => median(ours.map((_, index) => ratio(index)));
    const times = [spread(ours), spread(baseline)];
    if ('faster' in bar) {
      const ratio = of((index) => (baseline[index] as number) / (ours[index] as number));
      const words = `${ratio.toFixed(2)} × as fast`;
      this.add(what, ...times, words, `≥ ${bar.faster} ×`, verdict(ratio >= bar.faster));
      return;
    }
    const ratio = of((index) => (ours[index] as number) / (baseline[index] as number));
    this.add(
      what,
      ...times,
      `${ratio.toFixed(2)} × the time`,
      `≤ ${bar.slower} ×`,
      verdict(ratio <= bar.slower),
    );
  }

  /** A figure in words, and whether it is what it should be. */
  fact(what: string, value: string, baseline: string, bar: string, met: boolean): void {
    this.add(what, value, baseline, '', bar, verdict(met));
  }

  /** Seconds that stand for themselves. */
  seconds(what: string, bar: number, values: number[]): void {
    this.add(what, spread(values), '', '', `≤ ${bar} s`, verdict(median(values) <= bar));
  }

  /** A part of a figure, with its share of the whole. */
  share(what: string, values: number[], whole: number[]): void {
    const percent = Math.round((median(values) / median(whole)) * 100);
    if (percent < 2) return;
    this.add(`— of it: ${what}`, spread(values), '', `${percent} %`, '', '');
  }

  /** The same command several times after one that warms up. */
  async repeated(what: string, bar: number, command: () => Promise<Timed>): Promise<void> {
    await command();
    const values: number[] = [];
    for (let run = 0; run < this.runs; run++) values.push((await command()).seconds);
    this.seconds(what, bar, values);
  }

  toString(): string {
    const head = ['what', `median (min–max) of ${this.runs}, or as it says`, 'baseline', 'ratio', 'bar', ''];
    const lines = [head, head.map(() => '---'), ...this.rows];
    return lines.map((row) => `| ${row.join(' | ')} |`).join('\n');
  }

  private add(...row: string[]): void {
    this.rows.push(row);
    console.error(row.filter(Boolean).join(' | '));
  }
}
