import { resolve } from 'node:path';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type PassphraseSource, withPassphrase } from '../../passphrase.ts';
import { withPrivateDir } from '../../private-dir.ts';
import type { Progress } from '../../progress.ts';
import type { ReportFacts } from '../../report/build.ts';
import type { Report } from '../../report/schema.ts';
import type { SshTarget } from '../../ssh-command.ts';
import type { Stop } from '../../stopping.ts';
import { answer, say } from '../ask.ts';
import { chooseMachine, type MachineWishes, priceOf } from '../machine.ts';
import { publish } from '../outcome.ts';
import { rehearse } from '../rehearse.ts';
import { type BaseFlags, baseOf } from './base.ts';
import {
  describeDump,
  type Found,
  findDumps,
  isStale,
  namesNoDump,
  roomFor,
  STALE_HOURS,
} from './candidates.ts';
import { openDumps } from './objects.ts';
import { type DumpFlags, dumpPlace, shown } from './place.ts';
import { makeDumpStack } from './stack.ts';

export interface RehearseDumpFlags extends DumpFlags, BaseFlags, MachineWishes, PassphraseSource {
  hours: number;
  keep?: boolean;
  out: string;
  json?: boolean;
}

/** The machine's own account of each dump that it tried: lib/dump.sh. */
const triedSchema = z.array(
  z.looseObject({
    key: z.string(),
    result: z.enum(['restored', 'truncated', 'unusable']),
    format: z.string(),
    reason: z.string(),
  }),
);
type Tried = z.infer<typeof triedSchema>;

const TRIED = '/var/lib/social.coop/restore/dumps.json';
const SIZE = "SELECT pg_database_size('mastodon_production')";

/** `coop rehearse --from-dump`: the same rehearsal, of whatever dumps a server has today. */
export async function rehearseDump(
  context: Context,
  stack: string | undefined,
  flags: RehearseDumpFlags,
  progress: Progress,
  stop: Stop,
  agree: () => Promise<void>,
): Promise<void> {
  const place = dumpPlace(flags, context.env);
  const base = baseOf(context.projectDir, stack, flags);
  const looked = new Date();
  const { dumps, others } = await progress.step(`dumps in ${shown(place)}`, async () => {
    const objects = await openDumps(place, context.kind);
    return findDumps(objects, place).finally(() => objects.close());
  });
  const machine = chooseMachine(flags, base.primary, 'fra1', roomFor(dumps));
  progress.note(
    [
      ...dumps.slice(0, 5).map((dump) => describeDump(dump, looked)),
      ...others.slice(0, 5).map((other) => `no dump: ${namesNoDump(other)}`),
      ...(dumps.length > 5 ? [`and ${dumps.length - 5} older ones`] : []),
      'restores the newest that is whole; each is read to its end first',
      `costs ${priceOf(machine, flags.hours)}`,
    ].join('\n'),
  );
  await agree();
  let tried: Tried = [];
  let databaseBytes: number | undefined;
  const done = await withItsPassphrase(context, flags, (env) =>
    withPrivateDir((directory) =>
      rehearse(
        { place: { projectDir: context.projectDir, env, stack: stack ?? '' }, directory },
        {
          plan: { source: shown(place), media: 'empty', hours: flags.hours, machine },
          source: { ahead: 0, appVersion: String(base.config.appVersion) },
          keep: flags.keep === true,
          ...{ progress, stop },
          other: {
            make: (source) =>
              makeDumpStack(source, { place, dumps, base, machine, hours: flags.hours }, progress),
            async ask(target, signal) {
              tried = await answer(target, ['cat', TRIED], triedSchema, signal);
              databaseBytes = await sizeOf(target, signal);
            },
            facts: () => factsOf({ dumps, others }, tried, looked, databaseBytes),
          },
        },
      ),
    ),
  );
  if (!done) {
    progress.note('stopped: nothing is left of the rehearsal, and no report was written');
    return;
  }
  // The key only reads, and the bucket is theirs: the report stays here.
  await publish(done, {
    context,
    backups: { bucket: place.bucket, region: place.region },
    directory: resolve(flags.out),
    upload: false,
    json: flags.json,
    progress,
  });
}

async function sizeOf(target: SshTarget, signal?: AbortSignal): Promise<number | undefined> {
  const said = await say(target, ['instance', 'psql', '-Atqc', SIZE], signal).catch(() => '');
  return Number(said.trim()) || undefined;
}

/** Pulumi Cloud asks for none; elsewhere the copy's state is encrypted like the others'. */
const withItsPassphrase = <T>(
  { env, backend }: Context,
  flags: PassphraseSource,
  work: (env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> => (/^https?:/.test(backend ?? '') ? work(env) : withPassphrase(flags, env, work));

/** What is said of dumps in the report beside what is said of every copy. */
export function factsOf(
  { dumps, others }: Found,
  tried: Tried,
  looked: Date,
  databaseBytes?: number,
): Partial<ReportFacts> {
  const told = dumps.map((dump): NonNullable<Report['dumps']>[number] => {
    const found = tried.find(({ key }) => key === dump.key);
    const { key, format, compression, server, dumper, bytes, at } = dump;
    return {
      ...{ key, format, compression, bytes, at: at.toISOString(), stale: isStale(dump, looked) },
      ...(server ? { server } : {}),
      ...(dumper ? { dumper } : {}),
      result: found?.result ?? 'not tried',
      reason: found?.reason ?? '',
    };
  });
  const no = others.map(({ key, bytes, at, why }): NonNullable<Report['dumps']>[number] => ({
    ...{ key, bytes, at: at.toISOString(), stale: isStale({ at }, looked) },
    ...{ format: 'unknown', compression: 'none', result: 'unusable', reason: why },
  }));
  const restored = told.find(({ result }) => result === 'restored');
  return {
    dumps: [...told, ...no].sort((a, b) => b.at.localeCompare(a.at)),
    lookedAt: looked.toISOString(),
    sizes: {
      ...(databaseBytes ? { databaseBytes } : {}),
      ...(restored ? { repositoryBytes: restored.bytes } : {}),
    },
    notTested: [
      { what: 'media', why: 'dumps hold none: whether the files are in a bucket, nobody looked' },
      {
        what: 'that the key cannot write',
        why: 'nothing was tried on the bucket: it may hold your only backups',
      },
      { what: 'going back to a moment (PITR)', why: 'a dump holds the moment it was made at, and no other' },
      ...(restored?.stale
        ? [
            {
              what: 'a dump of today',
              why: `the newest whole one, ${restored.key}, is older than ${STALE_HOURS} h`,
            },
          ]
        : []),
    ],
  };
}
