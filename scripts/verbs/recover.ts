import type { Command } from 'commander';
import { VisibleError } from '../../components/errors.ts';
import type { Kit } from '../../components/recovery/kit.ts';
import { announce, type Context, findContext } from '../lib/context.ts';
import { showProblem } from '../lib/init-report.ts';
import { withPassphraseOptions } from '../lib/options.ts';
import { type PassphraseSource, passphraseIn, withPassphrase } from '../lib/passphrase.ts';
import { makeProgress } from '../lib/progress.ts';
import type { Ask, ReadableBucket } from '../lib/recovery/bucket.ts';
import { prefix } from '../lib/stack-file.ts';
import { verb } from '../lib/verb.ts';

interface Flags extends PassphraseSource {
  bucket: string;
  storageRegion: string;
  endpoint?: string;
  json?: boolean;
  color?: boolean;
}

/** `coop recover STACK`: stack file and secrets out of the bucket of backups, where both are lost. */
export function recoverVerb(): Command {
  const command = verb('recover', {
    summary: 'bring a lost stack file and its secrets back from the bucket of backups',
    details: `For the day on which nothing is left but the bucket of backups, a key to it and the passphrase: reads the recovery kit there,
opens it, writes Pulumi.STACK.yaml with every secret encrypted for the passphrase and with fresh SSH keys, and makes the stack in
the state. A wrong passphrase writes nothing. The bucket's key is taken from SPACES_ACCESS_KEY_ID and SPACES_SECRET_ACCESS_KEY. It
makes no server and restores no database: docs/recovery.md says what comes then.`,
    examples: [
      ['coop recover prod --bucket social-coop-backups --storage-region fra1', 'asks for the passphrase'],
      [
        "coop recover prod --bucket social-coop-backups --storage-region fra1 --passphrase-command 'pass show coop/prod'",
        'the passphrase from a password store',
      ],
    ],
  })
    .argument('<stack>', 'which one')
    .requiredOption('--bucket <name>', 'the bucket of backups')
    .requiredOption('--storage-region <name>', 'its region, e.g. fra1')
    .option('--endpoint <host>', 'its S3 endpoint (default: REGION.digitaloceanspaces.com)');
  return withPassphraseOptions(command).action(recover);
}

async function recover(stack: string, flags: Flags): Promise<void> {
  const context = findContext();
  announce(context, stack);
  if (!context.backend)
    throw new VisibleError(
      'not logged in — Pulumi has no place for its state — run: pulumi login s3://BUCKET?region=… (or another backend)',
    );
  const from = bucketOf(flags, context);
  const progress = makeProgress(process.stderr, flags);
  const { findKit, refuseWhatIsThere, writeStack } = await import('../lib/recovery/recover.ts');
  const ask = await askOf(context);
  await withPassphrase(flags, context.env, async (env) => {
    const place = { projectDir: context.projectDir, stack, env };
    const found = await progress.step('recovery kit', () => findKit(from, passphraseIn(env), ask));
    const { kit, stored } = found;
    process.stderr.write(`${showKit(kit, stored).join('\n')}\n`);
    await refuseWhatIsThere(place, kit);
    const where = `s3://${from.bucket}/recovery/kit.age`;
    const { file, problems, generated } = await writeStack(place, found, where, {}, progress);
    const ok = problems.length === 0;
    if (flags.json) {
      const { domain, appVersion, buckets } = shown(kit);
      process.stdout.write(
        `${JSON.stringify({ ok, stack, file, stored, domain, appVersion, buckets, secrets: generated, problems }, null, 2)}\n`,
      );
    } else {
      const next = ok
        ? `next: docs/recovery.md, "The server"; look first: coop doctor ${stack}`
        : `to mend:\n${problems.map((problem) => `  ${showProblem(problem)}`).join('\n')}`;
      process.stdout.write(`wrote ${file} with ${generated.length} secrets\n${next}\n`);
    }
    if (!ok) process.exitCode = 1;
  });
}

function bucketOf({ bucket, storageRegion: region, endpoint }: Flags, { env }: Context): ReadableBucket {
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

const shown = ({ config, appVersion, buckets }: Kit) => ({
  domain: config[`${prefix}domain`] ?? '',
  app: config[`${prefix}app`] ?? '',
  appVersion,
  buckets: { media: buckets.media.bucket, backups: buckets.backups.bucket },
});

/** What was found, without a secret. */
function showKit(kit: Kit, stored: Date | undefined): string[] {
  const { domain, app, appVersion, buckets } = shown(kit);
  return [
    `kit of ${kit.stack}: ${domain}, ${app} ${appVersion}${stored ? `, stored ${stored.toISOString().slice(0, 16).replace('T', ' ')} UTC` : ''}`,
    `  media ${buckets.media}, backups ${buckets.backups}`,
  ];
}
