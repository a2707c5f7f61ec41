import { VisibleError } from '../../../components/errors.ts';
import { doorOf, type OpenStack, targetOf } from '../machines.ts';
import { pricedOf } from '../priced-config.ts';
import { pulumi } from '../pulumi.ts';
import type { SshTarget } from '../ssh-command.ts';
import { prefix } from '../stack-file.ts';
import { answer, clockAhead, say } from './ask.ts';
import { type Backup, backupsSchema } from './window.ts';

/** What of a source a rehearsal has to know before it makes anything. */
export interface Source {
  /** Where its machine is, as its stack file says. */
  primary: { provider?: string; region?: string; size?: string };
  backups: { bucket: string; region: string };
  list: Backup[];
  /** Of its data directory, WAL included. */
  databaseBytes: number;
  /** Its clock, against ours. */
  ahead: number;
  appVersion: string;
  /** Its machine, for whoever has more to ask or to tell. */
  target: SshTarget;
}

interface Outputs {
  recovery?: unknown;
  buckets?: { backups?: string };
  machines?: unknown;
}

/** Asks the source: first its state, then its machine, which knows its own repository best. */
export async function readSource(open: OpenStack, stop: AbortSignal): Promise<Source> {
  const { place, config } = open;
  const { stack } = place;
  const outputs: Outputs = JSON.parse(
    await pulumi(['stack', 'output', '--json', '--stack', stack], { cwd: place.projectDir, env: place.env }),
  );
  const [machine] = open.machines;
  if (!machine || !outputs.machines)
    throw new VisibleError(
      `${stack} is not up — its state names no machine — bring it up with: pulumi up -s ${stack}; nothing was made`,
    );
  if (outputs.recovery === undefined)
    throw new VisibleError(
      `${stack} has left no recovery kit — its state has no output recovery — once: pulumi up -s ${stack}; nothing was made`,
    );
  const bucket = outputs.buckets?.backups;
  const { primary, storage } = pricedOf(place.projectDir, stack);
  const { region } = storage as { region?: string };
  if (!bucket || !region)
    throw new VisibleError(
      `${stack} has no bucket of backups that we know — its outputs, and storage in Pulumi.${stack}.yaml — once: pulumi up -s ${stack}; nothing was made`,
    );
  const target = targetOf(open, machine, doorOf(open));
  const ahead = await clockAhead(target, stop);
  const [list, size] = await Promise.all([
    answer(target, ['instance', 'backup', 'list', '--json'], backupsSchema, stop),
    say(target, ['du', '--summarize', '--block-size=1', '/var/lib/social.coop/postgres'], stop),
  ]);
  return {
    primary,
    backups: { bucket, region },
    list,
    databaseBytes: Number(size.split(/\s/)[0]) || 0,
    ahead,
    appVersion: config.values[`${prefix}appVersion`] ?? '',
    target,
  };
}
