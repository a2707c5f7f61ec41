import { type Command, Option } from 'commander';
import { VisibleError } from '../../components/errors.ts';
import { announce, type Context, findContext } from '../lib/context.ts';
import { withPassphraseOptions } from '../lib/options.ts';
import { type PassphraseSource, passphraseIn, withPassphrase } from '../lib/passphrase.ts';
import { makeProgress, type Progress } from '../lib/progress.ts';
import { canAsk, confirm } from '../lib/prompt.ts';
import type { Ask, ReadableBucket } from '../lib/recovery/bucket.ts';
import type { FoundKit } from '../lib/recovery/recover.ts';
import { primaryOf, showDone, showKit, showProblems, summaryOf } from '../lib/recovery/show.ts';
import type { StackPlace } from '../lib/stack-config.ts';
import { stackFile } from '../lib/stack-file.ts';
import { verb } from '../lib/verb.ts';

export interface RecoverFlags extends PassphraseSource {
  bucket: string;
  storageRegion: string;
  endpoint?: string;
  kitOnly?: boolean;
  at?: string;
  provider?: string;
  region?: string;
  size?: string;
  yes?: boolean;
  json?: boolean;
  color?: boolean;
}

/** `coop recover STACK`: a stack back from its bucket of backups, where everything else is lost. */
export function recoverVerb(): Command {
  const command = verb('recover', {
    summary: 'bring a stack back from its bucket of backups, when all else is lost',
    details: `For the day on which nothing is left but the buckets, a key to them and the passphrase: reads the recovery kit, shows what it
found, writes Pulumi.STACK.yaml with every secret encrypted for the passphrase and fresh SSH keys, makes the stack in the state,
and runs pulumi up, which takes the buckets over, makes a new server and brings its database back. A wrong passphrase writes
nothing. Run it again when it stopped: it goes on. The bucket's key is taken from SPACES_ACCESS_KEY_ID and
SPACES_SECRET_ACCESS_KEY. The old server has to be off: two that serve send everything twice. See docs/recovery.md.`,
    examples: [
      ['coop recover prod --bucket social-coop-backups --storage-region fra1', 'asks for the passphrase'],
      ['coop recover prod --bucket social-coop-backups --storage-region fra1 --kit-only', 'no server yet'],
      [
        'coop recover prod --bucket social-coop-backups --storage-region fra1 --at 2026-11-23T04:15:00Z',
        'as it was then',
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
    .addOption(
      new Option('--provider <name>', 'who runs the new machine').choices(['hetzner', 'digitalocean']),
    )
    .option('--region <name>', 'its region or location (default: as before)')
    .option('--size <name>', 'its size or server type (default: as before)')
    .option('-y, --yes', 'ask nothing: the old server is off');
  return withPassphraseOptions(command).action(recover);
}

async function recover(stack: string, flags: RecoverFlags): Promise<void> {
  const context = findContext();
  announce(context, stack);
  if (!context.backend)
    throw new VisibleError(
      'not logged in — Pulumi has no place for its state — run: pulumi login s3://BUCKET?region=… (or another backend)',
    );
  const from = bucketOf(flags, context);
  const progress = makeProgress(process.stderr, flags);
  await withPassphrase(flags, context.env, (env) =>
    bring({ projectDir: context.projectDir, stack, env }, from, context, flags, progress),
  );
}

async function bring(
  place: StackPlace,
  from: ReadableBucket,
  context: Context,
  flags: RecoverFlags,
  progress: Progress,
): Promise<void> {
  const { begun, bringBack, findKit, refuseWhatIsThere, writeStack } = await import(
    '../lib/recovery/recover.ts'
  );
  const ask = await askOf(context);
  const found = await progress.step('recovery kit', () => findKit(from, passphraseIn(place.env), ask));
  process.stderr.write(`${showKit(found).join('\n')}\n`);
  const before = begun(place);
  if (before) goOn(place, before.to, flags);
  else {
    await refuseWhatIsThere(place, found.kit);
    if (!flags.kitOnly) await agree(found, flags);
    const to = flags.at ?? 'latest';
    const changes = { ...primaryOf(found.kit, flags), ...(flags.kitOnly ? {} : { recover: { to } }) };
    const where = `s3://${from.bucket}/recovery/kit.age`;
    const { problems } = await writeStack(place, found, where, changes, progress);
    if (problems.length > 0) {
      process.exitCode = 1;
      return say({ ...summaryOf(place, found), ok: false, problems }, showProblems(place, problems), flags);
    }
  }
  if (!flags.kitOnly) await bringBack(place, progress);
  say({ ...summaryOf(place, found), ok: true, problems: [] }, showDone(place, flags), flags);
}

const say = (result: object, text: string, { json }: RecoverFlags) =>
  void process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : text);

/** A run before has written the stack file. */
function goOn({ projectDir, stack }: StackPlace, to: string, { at, kitOnly }: RecoverFlags): void {
  const file = stackFile(projectDir, stack);
  if (kitOnly || (at !== undefined && at !== to))
    throw new VisibleError(
      `a recovery to ${to} was begun and not ended — ${file} — run it again ${to === 'latest' ? 'without --at' : `with --at ${to}`}, and without --kit-only`,
    );
  process.stderr.write(`goes on where the last run stopped: ${file} is written\n`);
}

async function agree({ kit }: FoundKit, flags: RecoverFlags): Promise<void> {
  if (flags.yes) return;
  if (!canAsk() || flags.json)
    throw new VisibleError(
      `nobody can be asked — ${kit.stack} — switch the old server off, then say --yes; nothing was written`,
    );
  if (!(await confirm('Is the old server off, and shall a new one be made?')))
    throw new VisibleError('not agreed — at the prompt — nothing was written; --kit-only makes no server');
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
