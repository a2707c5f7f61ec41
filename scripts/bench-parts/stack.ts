import { labFetch } from '../../lab/client.ts';
import { inLab, type Table, type Timed } from './measure.ts';

const flags = (stack: string) => ['--stack', stack, '--non-interactive', '--yes', '--skip-preview'];

export const up = (stack: string, ...more: string[]) => inLab('pulumi', 'up', ...flags(stack), ...more);
export const destroy = (stack: string, ...more: string[]) =>
  inLab('pulumi', 'destroy', ...flags(stack), ...more);
export const preview = (stack: string) => inLab('pulumi', 'preview', '--stack', stack, '--non-interactive');

/** From an account with nothing in it to the first healthy answer over HTTPS. */
async function fromNothing(stack: string, domain: string): Promise<Pick<Timed, 'seconds' | 'output'>> {
  const started = performance.now();
  const { output } = await up(stack);
  const response = await labFetch(`https://${domain}/health`);
  if (response.status !== 200) throw new Error(`https://${domain}/health answered ${response.status}`);
  return { seconds: (performance.now() - started) / 1000, output };
}

/** Seconds per phase: the machine, apply as a whole, and its steps, some of which run side by side. */
function phasesOf(output: string): Map<string, number> {
  const made = output.matchAll(/:(Droplet|Server|Command) +\S+ +created \(([\d.]+)s\)/g);
  const steps = output.matchAll(/\bdone (\S+) ([\d.]+)\s*s/g);
  return new Map([
    ...[...made].map(
      ([, type, value]) => [type === 'Command' ? 'apply' : 'the machine', Number(value)] as const,
    ),
    ...[...steps].map(([, step, value]) => [`apply, ${step}`, Number(value)] as const),
  ]);
}

/** Makes a stack from nothing again and again; the last one stays. `shares` lists what the time went into. */
export async function cold(table: Table, stack: string, domain: string, bar: number, shares = false) {
  const totals: number[] = [];
  const phases = new Map<string, number[]>();
  for (let run = 0; run < table.runs; run++) {
    if (run > 0) await destroy(stack);
    const { seconds, output } = await fromNothing(stack, domain);
    totals.push(seconds);
    for (const [name, value] of phasesOf(output)) phases.set(name, [...(phases.get(name) ?? []), value]);
    console.error(`${stack} from nothing, run ${run + 1}: ${seconds.toFixed(1)} s`);
  }
  table.seconds(`${stack}: from nothing to healthy over HTTPS`, bar, totals);
  if (shares) for (const [name, values] of phases) table.share(name, values, totals);
}

/** All at once, again and again; the last ones stay. */
export async function together(table: Table, stacks: Record<string, string>, bar: number): Promise<void> {
  const totals: number[] = [];
  for (let run = 0; run < table.runs; run++) {
    await Promise.all(Object.keys(stacks).map((stack) => destroy(stack)));
    const started = performance.now();
    await Promise.all(Object.entries(stacks).map(([stack, domain]) => fromNothing(stack, domain)));
    totals.push((performance.now() - started) / 1000);
    console.error(`all at once, run ${run + 1}: ${totals.at(-1)?.toFixed(1)} s`);
  }
  table.seconds(`${Object.keys(stacks).join(', ')} at once: from nothing to healthy over HTTPS`, bar, totals);
}
