import type { Command } from 'commander';
import { VisibleError } from '../../../../components/errors.ts';
import { several } from '../../options.ts';
import type { BaseFlags } from './base.ts';
import type { DumpFlags } from './place.ts';

interface Given extends BaseFlags, Partial<DumpFlags> {
  at?: Date;
  backup?: string;
}

export function withDumpOptions(command: Command): Command {
  return command
    .option(
      '--from-dump <s3://bucket/prefix>',
      'instead of a stack: plain dumps in a bucket, which is only read',
    )
    .option('--endpoint <url>', "of the dumps' bucket (default: AWS in --storage-region)")
    .option(
      '--storage-region <name>',
      "region of the dumps' bucket, as its endpoint wants it (default: us-east-1)",
    )
    .option('--key-file <file>', 'file with the key to the dumps, as the AWS tools have it')
    .option('--env-file <file>', "the old server's .env.production: its secrets and LOCAL_DOMAIN")
    .option('--domain <name>', 'with --from-dump: LOCAL_DOMAIN of the old server')
    .option('--app-version <version>', 'with --from-dump: version of the app that wrote the dump')
    .option('--ssh-from <range>', 'with --from-dump: where you are; may be repeated', several);
}

const ofDumps = {
  endpoint: '--endpoint',
  storageRegion: '--storage-region',
  keyFile: '--key-file',
  envFile: '--env-file',
  domain: '--domain',
  appVersion: '--app-version',
  sshFrom: '--ssh-from',
} as const;

/** What belongs to the other kind of rehearsal, and would be of no use in this one. */
export function refuseOtherFlags(flags: Given): void {
  if (flags.fromDump === undefined) refuseDumpFlags(flags);
  else refuseStackFlags(flags);
}

function refuseDumpFlags(flags: Given): void {
  const [, given] = Object.entries(ofDumps).find(([name]) => flags[name as keyof typeof ofDumps]) ?? [];
  if (given)
    throw new VisibleError(
      `of no use here — ${given} — it says something of dumps: give --from-dump s3://bucket/prefix too; nothing was made`,
    );
}

function refuseStackFlags({ at, backup }: Given): void {
  if (backup !== undefined)
    throw new VisibleError(
      'a dump is no backup of pgBackRest — --backup — take a prefix with the dump that you want; nothing was made',
    );
  if (at)
    throw new VisibleError(
      'a dump holds one moment only — --at — take a prefix with the dump of that day; nothing was made',
    );
}
