import { resolve } from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { RestoreConfig } from '../../components/config/types.ts';
import { VisibleError } from '../../components/errors.ts';
import { announce, type Context, findContext } from '../lib/context.ts';
import { endWith } from '../lib/exit-code.ts';
import { type OpenStack, withStack } from '../lib/machines.ts';
import { withPassphraseOptions } from '../lib/options.ts';
import type { PassphraseSource } from '../lib/passphrase.ts';
import { makeProgress } from '../lib/progress.ts';
import { canAsk, confirm } from '../lib/prompt.ts';
import { unlessStopped } from '../lib/rehearse/ask.ts';
import { cleanUp } from '../lib/rehearse/clean-up.ts';
import type { BaseFlags } from '../lib/rehearse/dump/base.ts';
import { refuseOtherFlags, withDumpOptions } from '../lib/rehearse/dump/flags.ts';
import type { DumpFlags } from '../lib/rehearse/dump/place.ts';
import { rehearseDump } from '../lib/rehearse/dump/rehearse-dump.ts';
import { refuseWithoutKeys } from '../lib/rehearse/keys.ts';
import { chooseMachine, type MachineWishes, priceOf } from '../lib/rehearse/machine.ts';
import { type OfferName, offers } from '../lib/rehearse/offers.ts';
import { publish } from '../lib/rehearse/outcome.ts';
import { leaveRecord } from '../lib/rehearse/record.ts';
import { rehearse } from '../lib/rehearse/rehearse.ts';
import { readSource, type Source } from '../lib/rehearse/source.ts';
import { backupFor } from '../lib/rehearse/window.ts';
import { size as bytes, moment } from '../lib/report/words.ts';
import { exitCodeOf, type Stop, untilPutRight } from '../lib/stopping.ts';
import { verb } from '../lib/verb.ts';

interface Flags extends PassphraseSource, MachineWishes, BaseFlags, Partial<DumpFlags> {
  at?: Date;
  backup?: string;
  provider: OfferName;
  media: RestoreConfig['media'];
  hours: number;
  keep?: boolean;
  out: string;
  upload: boolean;
  cleanup?: boolean;
  yes?: boolean;
  json?: boolean;
  color?: boolean;
}

/** `coop rehearse STACK`: proves a stack's backups by restoring them behind a fence, and takes the copy away again. */
export function rehearseVerb(): Command {
  const command = verb('rehearse', {
    summary: "prove a stack's backups: restore them to a fenced machine, check everything, report, destroy",
    details: `Makes a stack rehearsal-TIME of its own from the newest backups, or as of --at. Nothing of it can reach the world, and
nothing but SSH reaches it. Measures how much data would be lost (RPO) and how long it takes (TTR), runs every check of
"instance verify", sends canaries against the fence, writes the report here and into the source's bucket of backups, and takes
all of it down: also when something fails, and when it is told to stop. What a killed run left behind is found by the next one,
and by --cleanup. Ends with 0 only when every check ran and passed. See docs/rehearsal.md.

With --from-dump it needs nothing of ours on the source: it takes the newest whole dump of pg_dump or pg_dumpall in a bucket, with a key
that may only read (DUMP_ACCESS_KEY_ID and DUMP_SECRET_ACCESS_KEY, or AWS_…, in the environment, or --key-file), and writes the
report here only. A STACK beside it says domain, app, version, images and sshFrom from its file.`,
    examples: [
      ['coop rehearse prod', 'asks before it makes anything'],
      ['coop rehearse prod --yes --json', 'for a timer'],
      ['coop rehearse prod --at 2026-11-22T18:00:00Z', 'as the data was then'],
      [
        'coop rehearse prod --backup 20261122-010002F',
        'begins with an older backup, when the newest is damaged',
      ],
      ['coop rehearse prod --provider hetzner --size cpx42', 'on what would really replace the server'],
      ['coop rehearse --cleanup', 'takes down what killed runs left'],
      [
        'coop rehearse --from-dump s3://social-coop-dumps/pg --domain social.coop --app-version 4.5.20 --ssh-from 203.0.113.7/32',
        'before anything of ours runs: from the dumps you have',
      ],
    ],
  })
    .argument(
      '[stack]',
      'whose backups; with --cleanup: which rehearsal, even one that may be running elsewhere',
    )
    .option('--at <time>', 'restore the data as of then, ISO 8601 (default: as new as possible)', time)
    .option(
      '--backup <label>',
      'begin with this backup, as `instance backup list` names it, and replay WAL from there (default: the newest that fits)',
    )
    .addOption(
      new Option(
        '--media <what>',
        "read-only: samples of the source's media are checked where they are; copy: all of it is copied to a bucket of the rehearsal's own, and samples are checked there; empty: none",
      )
        .choices(['read-only', 'copy', 'empty'])
        .default('read-only'),
    )
    .addOption(
      new Option('--provider <name>', 'whose cloud firewall is the second fence')
        .choices(Object.keys(offers))
        .default('digitalocean'),
    )
    .option(
      '--size <size>',
      "size of the machine (default: the source's where the provider is the same, else s-4vcpu-8gb or cpx32, or what is large enough)",
    )
    .option(
      '--region <region>',
      "region (default: the source's where the provider is the same, else near its buckets)",
    )
    .option('--hours <hours>', 'after so many the machine switches itself off, whatever happens', hours, 6)
    .option('--keep', 'leave the copy up until then, to look around')
    .option('--out <dir>', 'where reports are written', 'reports')
    .option('--no-upload', "do not put the report into the source's bucket")
    .option('--cleanup', 'only take down rehearsals that were left behind')
    .option('-y, --yes', 'do not ask');
  return withPassphraseOptions(withDumpOptions(command)).action(run);
}

async function run(stack: string | undefined, flags: Flags): Promise<void> {
  const context = findContext();
  if (flags.cleanup) {
    announce(context);
    return cleanUp(context, stack, flags);
  }
  announce(context, stack);
  const { fromDump } = flags;
  refuseOtherFlags(flags);
  if (stack === undefined && fromDump === undefined)
    throw new VisibleError(
      'no stack — coop rehearse — say whose backups: coop rehearse prod, or where dumps are: --from-dump',
    );
  refuseWithoutKeys(context.env, flags);
  const progress = makeProgress(process.stderr, flags);
  const told = await untilPutRight(
    async (stop) => {
      try {
        await cleanUp(context, undefined, { ...flags, quiet: true });
        stop.signal.throwIfAborted();
        if (fromDump !== undefined)
          await rehearseDump(context, stack, { ...flags, fromDump }, progress, stop, () =>
            unlessStopped(agree(flags), stop.signal),
          );
        else if (stack !== undefined)
          await withStack(context, stack, flags, (open) => one(context, stack, flags, open, stop));
      } catch (error) {
        if (error !== stop.signal.reason) throw error;
      }
      return stop.told();
    },
    () => progress.note('already stopping: what was made is being taken down; wait, or it is left behind'),
  );
  if (told) endWith(exitCodeOf(told));
}

async function one(
  context: Context,
  stack: string,
  flags: Flags,
  open: OpenStack,
  stop: Stop,
): Promise<void> {
  const progress = makeProgress(process.stderr, flags);
  const source = await progress.step(`what ${stack} has to restore from`, () =>
    readSource(open, stop.signal),
  );
  const backup = backupFor(source.list, stack, flags.at, { backup: flags.backup, live: source.live });
  const machine = chooseMachine(flags, source.primary, source.backups.region, source.databaseBytes);
  progress.note(
    [
      `restores ${backup.label} and what was archived since${flags.at ? `, as of ${moment(flags.at.toISOString())}` : ''}: ${bytes(source.databaseBytes)} of data`,
      `costs ${priceOf(machine, flags.hours)}`,
      ...quietSource(stack, source),
    ].join('\n'),
  );
  await unlessStopped(agree(flags), stop.signal);
  const done = await rehearse(open, {
    plan: {
      source: stack,
      at: flags.at,
      backup: flags.backup,
      media: flags.media,
      hours: flags.hours,
      machine,
    },
    source,
    repositoryBytes: backup.bytes,
    keep: flags.keep === true,
    progress,
    stop,
  });
  if (!done) {
    progress.note('stopped: nothing is left of the rehearsal, and no report was written');
    return;
  }
  await publish(done, {
    context,
    backups: source.backups,
    record: (report) => leaveRecord(source.target, report),
    directory: resolve(flags.out),
    progress,
    ...flags,
  });
}

/** The rehearsal goes on; its figure says less. */
function quietSource(stack: string, { heartbeat }: Source): string[] {
  const look = `coop ssh ${stack} -- systemctl status heartbeat`;
  if (heartbeat === undefined)
    return [`${stack} has no heartbeat: RPO will be told from the newest row the app wrote; see: ${look}`];
  if (heartbeat <= 60) return [];
  return [
    `the last heartbeat of ${stack} is ${Math.round(heartbeat)} s old: RPO counts from it, and its check will fail; see: ${look}`,
  ];
}

async function agree(flags: Flags): Promise<void> {
  if (flags.yes) return;
  if (!canAsk() || flags.json)
    throw new VisibleError('nobody can be asked — coop rehearse — say --yes to agree; nothing was made');
  if (!(await confirm('Make it?')))
    throw new VisibleError('not agreed — at the prompt — nothing was made; run again when ready');
}

function time(value: string): Date {
  const at = new Date(value);
  // Without a zone it would mean another moment on another computer.
  if (Number.isNaN(+at) || !/T.*(Z|[+-]\d\d:\d\d)$/.test(value))
    throw new InvalidArgumentError('write it like 2026-11-22T18:00:00Z');
  return at;
}

function hours(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 168)
    throw new InvalidArgumentError('a whole number of hours from 1 to 168');
  return number;
}
