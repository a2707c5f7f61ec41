import { VisibleError } from '../../../components/errors.ts';
import { doorOf, targetOf } from '../machines.ts';
import { withPrivateDir } from '../private-dir.ts';
import type { Progress } from '../progress.ts';
import { answer, say } from '../rehearse/ask.ts';
import { type Check, verifyAnswerSchema } from '../report/schema.ts';
import { readMachines, readStackConfig, type StackPlace } from '../stack-config.ts';

/** What the new server says of the data that came back. */
export interface Proof {
  /** Last second of the lost server that came back, ISO 8601; undefined where nobody knows. */
  newest: string | undefined;
  checks: Check[];
}

const RECOVERED_TO = '/var/lib/social.coop/recovered-to';

/** Runs every check of `instance verify` on the new server, beside its work. */
export async function prove(place: StackPlace, progress: Progress): Promise<Proof> {
  const [config, machines] = await Promise.all([readStackConfig(place), readMachines(place)]);
  const primary = machines.find(({ role }) => role === 'primary');
  if (!primary) throw new VisibleError(`no machine — stack ${place.stack} — pulumi up made none`);
  return withPrivateDir(async (directory) => {
    const open = { place, config, machines, directory };
    const target = targetOf(open, primary, doorOf(open));
    const newest = (await say(target, ['cat', RECOVERED_TO])).trim();
    const { checks } = await progress.step('instance verify: all of the data is read', () =>
      answer(target, ['instance', 'verify', '--json'], verifyAnswerSchema),
    );
    return { newest: newest === 'unknown' ? undefined : newest, checks };
  });
}

/** In words, what did not pass with its reason. */
export function showProof({ newest, checks }: Proof): string[] {
  const of = (status: Check['status']) => checks.filter((check) => check.status === status);
  const named = (list: Check[]) => list.map(({ check, reason }) => `    ${check}: ${reason}`);
  const [failed, open] = [of('failed'), of('not-tested')];
  return [
    newest
      ? `the last second that came back is ${newest}: what was written later is lost`
      : 'how much was lost is not known: these backups hold no heartbeat',
    `${of('passed').length} of ${checks.length} checks passed`,
    ...(failed.length > 0 ? ['  failed:', ...named(failed)] : []),
    ...(open.length > 0 ? ['  not tested:', ...named(open)] : []),
  ];
}
