// Medians beside their baselines, from one run on one machine. Called by scripts/bench.
import { loadavg } from 'node:os';
import { canaries } from './bench-parts/canaries.ts';
import { database } from './bench-parts/database.ts';
import { makeEmpty, previewEmpty, upEmpty } from './bench-parts/empty.ts';
import { bareDatabase, machine } from './bench-parts/losing.ts';
import { onMachine } from './bench-parts/machine.ts';
import { coop, inLab, Table, time } from './bench-parts/measure.ts';
import { growth, rehearsals } from './bench-parts/rehearsal.ts';
import { rpoAt } from './bench-parts/rpo.ts';
import { cold, destroy, preview, together, up } from './bench-parts/stack.ts';

const runs = Number(process.argv[2] ?? 5);
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`not a number of runs — ${process.argv[2]} — give a whole number of 1 or more`);
  process.exit(2);
}
const table = new Table(runs);
const noChanges = '--expect-no-changes';
const stacks = {
  staging: 'staging.social.coop',
  prod: 'social.coop',
  alpha: 'alpha.social.coop',
};
type Name = keyof typeof stacks;

/** Nothing changed, against a program with nothing in it. */
async function unchanged(stack: string, bar: number): Promise<void> {
  await table.against(`${stack}: preview, against an empty program`, bar, () => preview(stack), previewEmpty);
  await table.against(
    `${stack}: \`up\` with nothing changed, against an empty program`,
    bar,
    () => up(stack, noChanges),
    () => upEmpty(noChanges),
  );
}

/** One machine; what an edit costs, and what the lab itself takes. */
async function staging(): Promise<string> {
  await cold(table, 'staging', stacks.staging, 60, true);
  await unchanged('staging', 2.5);
  await table.repeated('staging: apply on the machine, nothing changed', 1, () =>
    onMachine('staging', 'timed instance apply'),
  );
  const { output } = await time([coop, 'lab', 'status']);
  return `\n\nLab with one stack, idle:\n\n\`\`\`text\n${output.trim()}\n\`\`\``;
}

async function prod(): Promise<void> {
  await cold(table, 'prod', stacks.prod, 90);
  await unchanged('prod', 3);
  await table.repeated('`coop status prod`', 2, () => inLab(coop, 'status', 'prod'));
  await table.repeated('`coop render prod`', 1, () => inLab(coop, 'render', 'prod', '--out', 'rendered'));
}

/** Databases alone, several at the same time; four kills for each run: twenty of five. */
async function rpo(setting: number): Promise<void> {
  const sources = await Promise.all([1, 2, 3, 4, 5].map((number) => bareDatabase(number, setting)));
  await rpoAt(table, 'kills of a database', setting, 4 * runs, sources);
}

/** The same with whole machines, which lose their power. */
async function powercut(): Promise<void> {
  const made = (['staging', 'alpha'] as const).map((stack) => machine(stack, stacks[stack], 10));
  await rpoAt(table, 'power cuts of a machine', 10, 2 * runs, await Promise.all(made));
}

interface Part {
  /** The stacks it makes, or finds up; they are gone after it. */
  of: Name[];
  /** They are up before it begins. */
  up?: boolean;
  measure(): Promise<unknown>;
}

const parts: Record<string, Part> = {
  staging: { of: ['staging'], measure: staging },
  alpha: { of: ['alpha'], measure: () => cold(table, 'alpha', stacks.alpha, 60) },
  prod: { of: ['prod'], measure: prod },
  together: { of: ['staging', 'prod', 'alpha'], measure: () => together(table, stacks, 180) },
  database: { of: ['staging'], up: true, measure: () => database(table, 2) },
  rehearsal: { of: ['staging'], up: true, measure: () => rehearsals(table, 2) },
  growth: { of: ['staging'], up: true, measure: () => growth(table, [0.1, 1, 4]) },
  powercut: { of: ['staging', 'alpha'], up: true, measure: powercut },
  rpo10: { of: ['staging'], measure: () => rpo(10) },
  rpo60: { of: ['staging'], measure: () => rpo(60) },
  canaries: { of: ['staging'], up: true, measure: () => canaries(table) },
};
const named = process.argv.slice(3);
const unknown = named.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(
    `no such part — ${unknown.join(', ')} — give some of ${Object.keys(parts).join(', ')}, or none for all`,
  );
  process.exit(2);
}
const wanted = Object.entries(parts).filter(([name]) => named.length === 0 || named.includes(name));
const needed = [...new Set(wanted.flatMap(([, { of }]) => of))];

await time([coop, 'lab', 'up', ...needed.flatMap((stack) => ['--stack', stack])]);
// What protects production keeps it from being made anew for the next run.
if (needed.includes('prod')) await inLab('pulumi', 'config', 'set', 'protect', 'false', '--stack', 'prod');
if (wanted.some(([, part]) => !part.up)) await makeEmpty();
const said: unknown[] = [];
const load: string[] = [];
for (const [name, part] of wanted) {
  if (part.up) await Promise.all(part.of.map((stack) => up(stack)));
  const before = loadavg()[0];
  said.push(await part.measure());
  load.push(`${name} ${before?.toFixed(1)} → ${loadavg()[0]?.toFixed(1)}`);
  await Promise.all(part.of.map((stack) => destroy(stack)));
}
await time([coop, 'lab', 'down', '--yes']);

console.log(`${table}${said.filter(Boolean).join('')}\n\nLoad before and after: ${load.join(', ')}.`);
