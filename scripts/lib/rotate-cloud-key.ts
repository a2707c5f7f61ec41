import { VisibleError } from '../../components/errors.ts';
import { bringUp, planUp, refuseLoss } from './bring-up.ts';
import { doorOf } from './machines.ts';
import { pulumi } from './pulumi.ts';
import { type Run, requireAll } from './rotate.ts';
import type { StackPlace } from './stack-config.ts';

/** Kinds of keys that a cloud makes for us. */
const keyTypes = ['digitalocean:index/spacesKey:SpacesKey'];

interface Resource {
  urn: string;
  type: string;
  /** Made anew already; the old one is still to be deleted. */
  delete?: boolean;
}

/**
 * A key that the cloud makes: Pulumi makes the new one, applies it on the machines, and deletes the old one last. Killed in
 * between, the old one still works and stays on record for deletion; the next run only finishes that.
 */
export async function rotateCloudKey(run: Run): Promise<void> {
  const { open, rotation, progress } = run;
  await requireAll(open, doorOf(open), progress);
  const purpose = rotation.name.replace(/Key$/, '');
  const keys = (await readResources(open.place)).filter(
    ({ type, urn }) => keyTypes.includes(type) && urn.endsWith(`-${purpose}-key`),
  );
  const urn = keys[0]?.urn;
  if (urn === undefined)
    throw new VisibleError(
      `no ${rotation.name} made by a cloud — stack ${open.place.stack} — a key you gave yourself is changed in the stack file, then: pulumi up -s ${open.place.stack}`,
    );
  const unfinished = keys.some((key) => key.delete);
  if (unfinished) progress.note(`an earlier rotation of ${rotation.name} is finished, with the key it made`);
  const options = unfinished ? {} : { replace: [urn] };
  const plan = await progress.step('plan', () => planUp(open.place, options));
  refuseLoss(plan, open.place.stack, keyTypes);
  await run.agree(plan);
  await bringUp(open.place, progress, options);
}

async function readResources(place: StackPlace): Promise<Resource[]> {
  const printed = await pulumi(['stack', 'export', '--stack', place.stack], {
    cwd: place.projectDir,
    env: place.env,
  });
  return (JSON.parse(printed) as { deployment: { resources?: Resource[] } }).deployment.resources ?? [];
}
