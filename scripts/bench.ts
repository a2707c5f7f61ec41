// Medians beside their baselines, from one run on one machine. Called by scripts/bench.
import { makeEmpty, previewEmpty, upEmpty } from './bench-parts/empty.ts';
import { coop, inLab, Table, type Timed, time } from './bench-parts/measure.ts';
import { cold, destroy, preview, up } from './bench-parts/stack.ts';

const runs = Number(process.argv[2] ?? 5);
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`not a number of runs — ${process.argv[2]} — give a whole number of 1 or more`);
  process.exit(2);
}
const table = new Table(runs);
const noChanges = '--expect-no-changes';

/** The apply program itself on the machine, without the time that SSH takes. */
async function applied(): Promise<Timed> {
  const line = 's=$(date +%s%N); instance apply >/dev/null; e=$(date +%s%N); echo took $(((e-s)/1000000)) ms';
  const { output } = await inLab(coop, 'ssh', 'staging', '--', line);
  const took = /took (\d+) ms/.exec(output)?.[1];
  if (!took) throw new Error(`no time in: ${output}`);
  return { seconds: Number(took) / 1000, output };
}

await time(coop, 'lab', 'up');
await makeEmpty();
await cold(table, 'staging', 'staging.social.coop', 60, true);
await table.against(
  'staging: preview, against an empty program',
  2.5,
  () => preview('staging'),
  previewEmpty,
);
await table.against(
  'staging: `up` with nothing changed, against an empty program',
  2.5,
  () => up('staging', noChanges),
  () => upEmpty(noChanges),
);
await table.repeated('staging: apply on the machine, nothing changed', 1, applied);
const status = await time(coop, 'lab', 'status');
await destroy('staging');
await time(coop, 'lab', 'down', '--yes');

console.log(`${table}\n\nLab with one stack, idle:\n\n\`\`\`text\n${status.output.trim()}\n\`\`\``);
