// Medians beside their baselines, from one run on one machine. Called by scripts/bench.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labFetch } from '../lab/client.ts';
import { labDir } from '../lab/paths.ts';

const runs = Number(process.argv[2] ?? 5);
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`not a number of runs — ${process.argv[2]} — give a whole number of 1 or more`);
  process.exit(2);
}
const coop = new URL('./coop', import.meta.url).pathname;
const empty = join(labDir, 'bench-empty');
const rows: string[][] = [];

interface Timed {
  seconds: number;
  output: string;
}

/** Runs a command to its end; a failing one ends the whole measurement. */
function time(...argv: string[]): Promise<Timed> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(argv[0] as string, argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve({ seconds: (performance.now() - started) / 1000, output })
        : reject(new Error(`${argv.join(' ')} ended with ${code}:\n${output.slice(-3000)}`)),
    );
  });
}

const pulumi = (...args: string[]) => time(coop, 'lab', 'shell', '--', 'pulumi', ...args);
const ofStaging = ['--stack', 'staging', '--non-interactive'];
const ofEmpty = ['--cwd', empty, '--stack', 'empty', '--non-interactive'];

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

const spread = (values: number[]) =>
  `${median(values).toFixed(2)} s (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;

/** One figure and its baseline, taken in turns so that a noisy minute hits both. */
async function against(
  what: string,
  bar: number,
  ours: () => Promise<Timed>,
  baseline: () => Promise<Timed>,
) {
  const pairs: [number, number][] = [];
  await baseline();
  await ours();
  for (let run = 0; run < runs; run++) pairs.push([(await ours()).seconds, (await baseline()).seconds]);
  const ratio = median(pairs.map(([a, b]) => a / b));
  rows.push([
    what,
    spread(pairs.map(([a]) => a)),
    spread(pairs.map(([, b]) => b)),
    `${ratio.toFixed(2)} ×`,
    `≤ ${bar} ×`,
    ratio <= bar ? 'met' : 'missed',
  ]);
  console.error(rows.at(-1)?.join(' | '));
}

/** From an account with nothing in it to the first healthy answer over HTTPS. */
async function fromNothing(): Promise<{ seconds: number; output: string }> {
  const started = performance.now();
  const { output } = await pulumi('up', ...ofStaging, '--yes', '--skip-preview');
  const response = await labFetch('https://staging.social.coop/health');
  if (response.status !== 200) throw new Error(`/health answered ${response.status}`);
  return { seconds: (performance.now() - started) / 1000, output };
}

/** Seconds per step of one apply, from the lines it prints. */
function steps(output: string): Map<string, number> {
  return new Map(
    [...output.matchAll(/\bdone (\S+) ([\d.]+)\s*s/g)].map((match) => [match[1] as string, Number(match[2])]),
  );
}

async function cold(): Promise<void> {
  const totals: number[] = [];
  const phases = new Map<string, number[]>();
  for (let run = 0; run < runs; run++) {
    const { seconds, output } = await fromNothing();
    totals.push(seconds);
    const applied = steps(output);
    const apply = [...applied.values()].reduce((sum, value) => sum + value, 0);
    for (const [name, value] of [['cloud and first boot', seconds - apply] as const, ...applied])
      phases.set(name, [...(phases.get(name) ?? []), value]);
    console.error(`from nothing, run ${run + 1}: ${seconds.toFixed(1)} s`);
    if (run < runs - 1) await pulumi('destroy', ...ofStaging, '--yes', '--skip-preview');
  }
  const met = median(totals) <= 60;
  rows.push([
    'from nothing to healthy over HTTPS',
    spread(totals),
    '—',
    '—',
    '≤ 60 s',
    met ? 'met' : 'missed',
  ]);
  for (const [name, values] of phases)
    rows.push([
      `— of it: ${name}`,
      spread(values),
      '',
      `${Math.round((median(values) / median(totals)) * 100)} %`,
      '',
      '',
    ]);
}

/** The apply program itself on the machine, without the time that SSH takes. */
async function direct(): Promise<void> {
  const values: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const { output } = await time(
      coop,
      'lab',
      'shell',
      '--',
      coop,
      'ssh',
      'staging',
      '--',
      's=$(date +%s%N); instance apply >/dev/null; e=$(date +%s%N); echo took $(((e-s)/1000000)) ms',
    );
    const took = /took (\d+) ms/.exec(output);
    if (!took) throw new Error(`no time in: ${output}`);
    if (run > 0) values.push(Number(took[1]) / 1000);
  }
  const met = median(values) <= 1;
  rows.push([
    'apply on the machine, nothing changed',
    spread(values),
    '—',
    '—',
    '≤ 1 s',
    met ? 'met' : 'missed',
  ]);
}

function emptyProgram(): void {
  mkdirSync(empty, { recursive: true });
  writeFileSync(
    join(empty, 'Pulumi.yaml'),
    'name: empty\nruntime:\n  name: nodejs\n  options: { typescript: false }\nmain: index.ts\n',
  );
  writeFileSync(join(empty, 'package.json'), '{ "type": "module", "main": "index.ts" }\n');
  writeFileSync(join(empty, 'index.ts'), "import '@pulumi/pulumi';\n");
}

await time(coop, 'lab', 'up');
emptyProgram();
await pulumi('stack', 'init', '--cwd', empty, 'empty', '--non-interactive').catch(() => undefined);
await pulumi('up', ...ofEmpty, '--yes', '--skip-preview');
await cold();
await against(
  'preview of staging, against an empty program',
  2.5,
  () => pulumi('preview', ...ofStaging),
  () => pulumi('preview', ...ofEmpty),
);
await against(
  '`up` with nothing changed, against an empty program',
  2.5,
  () => pulumi('up', ...ofStaging, '--yes', '--skip-preview', '--expect-no-changes'),
  () => pulumi('up', ...ofEmpty, '--yes', '--skip-preview', '--expect-no-changes'),
);
await direct();
const status = await time(coop, 'lab', 'status');
await pulumi('destroy', ...ofStaging, '--yes', '--skip-preview');
await time(coop, 'lab', 'down', '--yes');

console.log(`| what | median (min–max) of ${runs} | baseline | ratio | bar | |`);
console.log('| --- | --- | --- | --- | --- | --- |');
for (const row of rows) console.log(`| ${row.join(' | ')} |`);
console.log(`\nLab with one stack, idle:\n\n\`\`\`text\n${status.output.trim()}\n\`\`\``);
