import { VisibleError } from '../../components/errors.ts';
import type { Progress } from './progress.ts';
import { pulumi, pulumiCommand } from './pulumi.ts';
import { run } from './run.ts';
import type { StackPlace } from './stack-config.ts';

/** A resource as the state has it. */
export interface Kept {
  urn: string;
  type: string;
  id?: string;
  /** Whether the provider keeps anything for it; components and the stack itself are only ours. */
  custom?: boolean;
  protect?: boolean;
  outputs?: Record<string, unknown>;
}

/** What a stack has, by its state. */
export async function readState(place: StackPlace): Promise<Kept[]> {
  const printed = await pulumi(['stack', 'export', '--stack', place.stack], {
    cwd: place.projectDir,
    env: place.env,
  });
  const { resources = [] } = (JSON.parse(printed) as { deployment: { resources?: Kept[] } }).deployment;
  return resources.filter(({ custom, type }) => custom && !type.startsWith('pulumi:'));
}

/** Two steps, each on purpose: a file that says so and an up that does it; only then can anything be deleted. */
export function refuseProtected(stack: string, config: Record<string, unknown>, resources: Kept[]): void {
  const steps = (first: string) =>
    `1. ${first}pulumi up -s ${stack}, which lifts the protection of machines, addresses and buckets; 2. coop destroy ${stack}`;
  // pulumi config set writes a string.
  if (String(config.protect) === 'true')
    throw new VisibleError(
      `${stack} is protected — Pulumi.${stack}.yaml says protect: true — to take it down nevertheless: ${steps(`set protect to false there (pulumi config set --stack ${stack} protect false), then `)}`,
    );
  const held = resources.filter(({ protect }) => protect);
  if (held.length > 0)
    throw new VisibleError(
      `${held.length} resources are still protected — the state of ${stack}: ${held.map(nameOf).join(', ')} — ${steps('')}`,
    );
}

/** What goes, for people: how many of which kind, and what is lost with it. */
export function showLosses(resources: Kept[]): string[] {
  const counts = new Map<string, number>();
  for (const { type } of resources) counts.set(kindOf(type), (counts.get(kindOf(type)) ?? 0) + 1);
  const buckets = resources.filter(({ type }) => kindOf(type) === 'SpacesBucket');
  return [
    ...[...counts].sort().map(([kind, count]) => `  ${String(count).padStart(3)} ${kind}`),
    ...buckets.map(
      (bucket) =>
        `  with everything in it, old versions too: bucket ${bucket.outputs?.name ?? nameOf(bucket)}`,
    ),
  ];
}

/** Deletes everything; what cannot be deleted is still in the state, and paid for. */
export async function destroy(place: StackPlace, progress: Progress): Promise<Kept[]> {
  const failure = await progress.step('pulumi destroy', async () => {
    const { code, stdout, stderr } = await run(
      pulumiCommand(['destroy', '--yes', '--skip-preview', '--stack', place.stack]),
      { cwd: place.projectDir, env: { ...place.env, PULUMI_SKIP_UPDATE_CHECK: 'true' } },
    );
    return code === 0
      ? undefined
      : `${stdout}\n${stderr}`
          .split('\n')
          .filter((line) => line.trim())
          .slice(-30);
  });
  if (failure) progress.note(failure.join('\n'));
  const left = await readState(place);
  if (failure && left.length === 0)
    throw new VisibleError(`pulumi destroy failed — stack ${place.stack} — see above, then run this again`);
  return left;
}

export const nameOf = ({ urn }: Kept): string => urn.split('::').at(-1) ?? urn;
const kindOf = (type: string): string => type.split(':').at(-1) ?? type;
