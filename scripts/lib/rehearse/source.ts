import { z } from 'zod';
import { VisibleError } from '../../../components/errors.ts';
import { doorOf, type OpenStack, targetOf } from '../machines.ts';
import { pricedOf } from '../priced-config.ts';
import { pulumi } from '../pulumi.ts';
import type { SshTarget } from '../ssh-command.ts';
import { prefix } from '../stack-file.ts';
import { answer, clockAhead, say } from './ask.ts';
import { type Backup, backupsSchema, type Live } from './window.ts';

/** What of a source a rehearsal has to know before it makes anything. */
export interface Source {
  /** Where its machine is, as its stack file says. */
  primary: { provider?: string; region?: string; size?: string };
  backups: { bucket: string; region: string };
  list: Backup[];
  live: Live;
  /** Seconds since its last heartbeat; undefined: it has none, and RPO is told from the newest row. */
  heartbeat?: number | undefined;
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

const liveSchema = z.object({
  system: z.string().transform(Number),
  archived: z
    .number()
    .nullable()
    .transform((seconds) => (seconds === null ? undefined : new Date(seconds * 1000))),
});

/** The engine hands on the default, an object without `from`, where the stack file says nothing. */
const isCopy = (restore: string | undefined): boolean =>
  typeof (JSON.parse(restore || '{}') as { from?: unknown }).from === 'string';

/** Asks the source: first its state, then its machine, which knows its own repository best. */
export async function readSource(open: OpenStack, stop: AbortSignal): Promise<Source> {
  const { place, config } = open;
  const { stack } = place;
  if (isCopy(config.values[`${prefix}restore`]))
    throw new VisibleError(
      `${stack} is a copy itself — restore in Pulumi.${stack}.yaml — it has no backups of its own: rehearse the stack it was made of; nothing was made`,
    );
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
  const [list, live, heartbeat, size] = await Promise.all([
    answer(target, ['instance', 'backup', 'list', '--json'], backupsSchema, stop),
    answer(target, inDatabase('postgres', LIVE), liveSchema, stop),
    lastHeartbeat(target, stop),
    say(target, ['du', '--summarize', '--block-size=1', '/var/lib/social.coop/postgres'], stop),
  ]);
  return {
    primary,
    backups: { bucket, region },
    list,
    live,
    heartbeat,
    databaseBytes: Number(size.split(/\s/)[0]) || 0,
    ahead,
    appVersion: config.values[`${prefix}appVersion`] ?? '',
    target,
  };
}

const inDatabase = (name: string, query: string) => [
  ...['docker', 'exec', 'instance-db-1', 'psql', '--username=postgres', `--dbname=${name}`],
  ...['--no-psqlrc', '--tuples-only', '--no-align', `--command=${query}`],
];

const LIVE = `SELECT json_build_object('system', system_identifier::text, 'archived', extract(epoch FROM last_archived_time))
  FROM pg_control_system(), pg_stat_archiver`;

/** A source without one is rehearsed all the same. */
async function lastHeartbeat(target: SshTarget, stop: AbortSignal): Promise<number | undefined> {
  const query = 'SELECT extract(epoch FROM clock_timestamp() - max(at)) FROM heartbeat';
  const said = await say(target, inDatabase('coop', query), stop).catch((error) => {
    if (error instanceof VisibleError) return '';
    throw error;
  });
  return said.trim() === '' ? undefined : Number(said);
}
