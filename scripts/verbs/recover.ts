import { type Command, Option } from 'commander';
import { VisibleError } from '../../components/errors.ts';
import { announce, type Context, findContext, requireBackend } from '../lib/context.ts';
import { withPassphraseOptions } from '../lib/options.ts';
import { withPassphrase } from '../lib/passphrase.ts';
import { makeProgress } from '../lib/progress.ts';
import type { Ask, ReadableBucket } from '../lib/recovery/bucket.ts';
import type { RecoverFlags } from '../lib/recovery/flags.ts';
import { verb } from '../lib/verb.ts';

/** `coop recover STACK`: a stack back from its bucket of backups, where everything else is lost. */
export function recoverVerb(): Command {
  const command = verb('recover', {
    summary: 'bring a stack back from its bucket of backups, when all else is lost',
    details: `For the day on which nothing is left but the buckets, a key to them and the passphrase: reads the recovery kit, shows what it
found, writes Pulumi.STACK.yaml with every secret encrypted for the passphrase and fresh SSH keys, makes the stack in the state,
and runs pulumi up, which takes the buckets over, makes a new server and brings its database back. Then it runs every check of
"instance verify" there, and says which second was the last that came back; a check that fails makes it end with 1. A wrong
passphrase writes nothing. Run it again when it stopped: it goes on. The bucket's key is taken from SPACES_ACCESS_KEY_ID and
SPACES_SECRET_ACCESS_KEY. Looks for the old server with the tokens at hand, says what it would do about it, and asks: fences it by
its cloud firewall, revokes its keys, switches it off, takes its names away; nothing of it is deleted but names. Before anything is
written or made it reads from the bucket whether the backups can be opened, and reach back to --at. See docs/recovery.md.`,
    examples: [
      ['coop recover prod --bucket social-coop-backups --storage-region fra1', 'asks for the passphrase'],
      ['coop recover prod --bucket social-coop-backups --storage-region fra1 --kit-only', 'no server yet'],
      [
        'coop recover prod --bucket social-coop-backups --storage-region fra1 --at 2026-11-23T04:15:00Z',
        'as it was then',
      ],
      [
        'coop recover prod --bucket social-coop-backups --storage-region fra1 --backup 20261122-010002F',
        'when the newest is damaged',
      ],
      [
        'coop recover prod --bucket social-coop-backups --storage-region fra1 --provider hetzner --region nbg1 --size cpx42',
        'on another machine',
      ],
    ],
  })
    .argument('<stack>', 'which one')
    .requiredOption('--bucket <name>', 'the bucket of backups')
    .requiredOption('--storage-region <name>', 'its region, e.g. fra1')
    .option('--endpoint <host>', 'its S3 endpoint (default: REGION.digitaloceanspaces.com)')
    .option('--kit-only', 'the stack file and its secrets only; makes no server')
    .option('--at <time>', 'moment the database is brought back to, in UTC (default: the last archived)')
    .option(
      '--backup <label>',
      'begin with this backup and replay WAL from there, when a newer one is damaged (default: the newest that fits)',
    )
    .addOption(
      new Option('--provider <name>', 'who runs the new machine').choices(['hetzner', 'digitalocean']),
    )
    .option('--region <name>', 'its region or location (default: as before)')
    .option('--size <name>', 'its size or server type (default: as before)')
    .option('-y, --yes', 'ask nothing: do to the old server what is found to be done');
  return withPassphraseOptions(command).action(recover);
}

async function recover(stack: string, flags: RecoverFlags): Promise<void> {
  const context = findContext();
  announce(context, stack);
  requireBackend(context);
  const from = bucketOf(flags, context);
  const progress = makeProgress(process.stderr, flags);
  const { bring } = await import('../lib/recovery/bring.ts');
  await withPassphrase(flags, context.env, async (env) =>
    bring({ projectDir: context.projectDir, stack, env }, from, await askOf(context), flags, progress),
  );
}

function bucketOf(
  { bucket, storageRegion: region, endpoint }: RecoverFlags,
  { env }: Context,
): ReadableBucket {
  const { SPACES_ACCESS_KEY_ID: accessKey, SPACES_SECRET_ACCESS_KEY: secretKey } = env;
  if (!accessKey || !secretKey)
    throw new VisibleError(
      `no key to the bucket — ${bucket} — set SPACES_ACCESS_KEY_ID and SPACES_SECRET_ACCESS_KEY`,
    );
  return {
    bucket,
    region,
    endpoint: endpoint ?? `${region}.digitaloceanspaces.com`,
    keys: { accessKey, secretKey },
  };
}

/** In the lab the names of the real clouds are the lab's. */
async function askOf(context: Context): Promise<Ask> {
  if (context.kind === 'LAB') return (await import('../../lab/client.ts')).labFetch;
  return (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
}
