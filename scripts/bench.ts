// Medians beside their baselines, from one run on one machine. Called by scripts/bench.
import { makeEmpty, previewEmpty, upEmpty } from './bench-parts/empty.ts';
import { coop, inLab, Table, type Timed, time } from './bench-parts/measure.ts';
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

/** The apply program itself on the machine, without the time that SSH takes. */
async function applied(): Promise<Timed> {
  const line = 's=$(date +%s%N); instance apply >/dev/null; e=$(date +%s%N); echo took $(((e-s)/1000000)) ms';
  const { output } = await inLab(coop, 'ssh', 'staging', '--', line);
  const took = /took (\d+) ms/.exec(output)?.[1];
  if (!took) throw new Error(`no time in: ${output}`);
  return { seconds: Number(took) / 1000, output };
}

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
  await table.repeated('staging: apply on the machine, nothing changed', 1, applied);
  const { output } = await time([coop, 'lab', 'status']);
  await destroy('staging');
  return `\n\nLab with one stack, idle:\n\n\`\`\`text\n${output.trim()}\n\`\`\``;
}

async function alpha(): Promise<void> {
  await cold(table, 'alpha', stacks.alpha, 60);
  await destroy('alpha');
}

async function prod(): Promise<void> {
  await cold(table, 'prod', stacks.prod, 90);
  await unchanged('prod', 3);
  await table.repeated('`coop status prod`', 2, () => inLab(coop, 'status', 'prod'));
  await table.repeated('`coop render prod`', 1, () => inLab(coop, 'render', 'prod', '--out', 'rendered'));
  await destroy('prod');
}

async function all(): Promise<void> {
  await together(table, stacks, 180);
  await Promise.all(Object.keys(stacks).map(destroy));
}

const parts: Record<string, () => Promise<unknown>> = { staging, alpha, prod, together: all };
const wanted = process.argv.slice(3);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(
    `no such part — ${unknown.join(', ')} — give some of ${Object.keys(parts).join(', ')}, or none for all`,
  );
  process.exit(2);
}

await time([coop, 'lab', 'up', ...Object.keys(stacks).flatMap((stack) => ['--stack', stack])]);
// What protects production keeps it from being made anew for the next run.
await inLab('pulumi', 'config', 'set', 'protect', 'false', '--stack', 'prod');
await makeEmpty();
const said: unknown[] = [];
for (const [name, measure] of Object.entries(parts))
  if (wanted.length === 0 || wanted.includes(name)) said.push(await measure());
await time([coop, 'lab', 'down', '--yes']);

console.log(`${table}${said.join('')}`);
