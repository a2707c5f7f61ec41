import { type Command, Option } from 'commander';
import { VisibleError } from '../../components/errors.ts';
import { announce, type Context, findContext, requireBackend } from '../lib/context.ts';
import { isCopy } from '../lib/copy.ts';
import { initStack } from '../lib/init.ts';
import { answersFrom, type InitFlags } from '../lib/init-answers.ts';
import { askMissing } from '../lib/init-questions.ts';
import { showInit } from '../lib/init-report.ts';
import { several, withPassphraseOptions } from '../lib/options.ts';
import { costLine } from '../lib/priced-config.ts';
import { makeProgress } from '../lib/progress.ts';
import { askHidden, canAsk } from '../lib/prompt.ts';
import { readGiven } from '../lib/read-given.ts';
import { checkStackName, configOf, readStackFile, stackFile } from '../lib/stack-file.ts';
import { verb } from '../lib/verb.ts';

interface Flags extends InitFlags {
  json?: boolean;
  color?: boolean;
  yes?: boolean;
  images: boolean;
  newSecret?: string[];
  smtpPasswordFile?: string;
  passphraseFile?: string;
  passphraseCommand?: string;
}

/** `coop init STACK`: the stack in the state, its file, and every secret. */
export function initVerb(): Command {
  const command = verb('init', {
    summary: 'make a stack: its file, and every secret it needs',
    details: `Creates the stack in Pulumi's state, asks for the plain values that are missing and explains each (or takes them as options), makes every
secret on this computer and has Pulumi encrypt it, and looks up the digest of every image. What is there is never
overwritten: run it again whenever something is missing. Commit the stack file; keep the passphrase elsewhere.`,
    examples: [
      ['coop init staging', 'asks for everything'],
      [
        "coop init staging --passphrase-command 'pass show coop/staging'",
        'the passphrase from a password store',
      ],
      ['coop init staging --yes --domain staging.social.coop --zone-id ID …', 'asks nothing'],
      ['coop init staging --admin ana=ana.pub', 'one more admin; then: pulumi up -s staging'],
      [
        'coop init prod --provider hetzner --region fsn1 --size cpx42 --secondary digitalocean/fra1/s-4vcpu-8gb --protect',
        'two machines',
      ],
      ['coop init STACK --provider existing --host 203.0.113.7', 'a Debian 13 host that is there already'],
      ['coop init staging --set rpo=30', 'any other plain key of the config'],
      ['coop init STACK --set restore.from=prod', 'a fenced copy of another stack: the keys of its machine'],
    ],
  })
    .argument('<stack>', 'its name: prod, staging, …')
    .option('--domain <name>', 'domain of the server; can never change')
    .option('--contact <address>', 'mail address for certificates and as contact')
    .option('--app-version <version>', 'version of the app')
    .addOption(
      new Option('--federation <mode>', 'whether activities leave and enter').choices(['open', 'off']),
    )
    .option('--app <name>', 'mastodon or hometown')
    .addOption(
      new Option('--provider <name>', 'who runs the machine').choices([
        'hetzner',
        'digitalocean',
        'existing',
      ]),
    )
    .option('--region <name>', 'its region or location, e.g. fsn1, fra1')
    .option('--size <name>', 'its size or server type, e.g. cpx42, s-4vcpu-8gb')
    .option('--host <address>', 'address of an existing host')
    .option('--host-key <key>', 'its SSH host key, one line or its file')
    .option('--secondary-host-key <key>', 'the same of a secondary that is an existing host')
    .option('--secondary <machine>', 'a machine that stands by: PROVIDER/REGION/SIZE, or existing/HOST')
    .option('--storage-region <name>', 'region of the buckets at Spaces')
    .option('--protect', 'refuse to destroy machine and buckets')
    .option('--expires <day>', 'day (YYYY-MM-DD) after which the stack should go')
    .addOption(new Option('--dns <provider>', 'who keeps the names').choices(['cloudflare', 'none']))
    .option('--zone <name>', 'Cloudflare zone')
    .option('--zone-id <id>', "the zone's ID")
    .option('--ssh-from <range>', 'range SSH is reachable from; may be repeated', several)
    .option('--admin <name=key>', 'an admin and a public key or its file; may be repeated', several)
    .option('--mail-host <name>', 'mail relay')
    .option('--mail-port <number>', "the relay's port")
    .option('--mail-user <name>', 'user at the relay; its password is asked for, or --smtp-password-file')
    .option('--mail-from <address>', 'sender of mail')
    .option('--smtp-password-file <file>', "file with the relay's password; - reads stdin")
    .option('--set <key=value>', 'any other plain key, e.g. primary.size=…; may be repeated', several)
    .option(
      '--new-secret <name>',
      'a missing secret of a running stack is made anew; may be repeated',
      several,
    )
    .option('--no-images', 'do not ask registries for digests')
    .option('-y, --yes', 'ask nothing; what is missing is listed');
  return withPassphraseOptions(command).action(init);
}

async function init(stack: string, flags: Flags): Promise<void> {
  const context = findContext();
  announce(context, stack);
  checkStackName(stack);
  requireBackend(context);
  const { document } = readStackFile(stackFile(context.projectDir, stack));
  const config = configOf(document, () => '[secret]');
  // A copy is what its source is: there is nothing to ask.
  const copied = isCopy(config) || (flags.set ?? []).some((entry) => entry.startsWith('restore.from='));
  const asking = !flags.yes && !flags.json && canAsk() && !copied;
  const given = asking ? await askMissing(flags, config) : flags;
  const smtpPassword = await findSmtpPassword(stack, flags, given, config, asking);
  const result = await initStack({
    projectDir: context.projectDir,
    stack,
    env: context.env,
    answers: answersFrom(given, config),
    smtpPassword,
    passphraseFile: flags.passphraseFile,
    passphraseCommand: flags.passphraseCommand,
    resolveImages: flags.images,
    newSecrets: flags.newSecret ?? [],
    progress: makeProgress(process.stderr, flags),
  });
  if (flags.json)
    process.stdout.write(`${JSON.stringify({ ok: result.problems.length === 0, ...result }, null, 2)}\n`);
  else
    process.stdout.write(
      `${showInit(stack, result)}${forHosts(context, stack)}${costLine(context.projectDir, stack)}\n`,
    );
  if (result.problems.length > 0) process.exitCode = 1;
}

/** An existing host does not know the stack's key yet: somebody lays it there by hand. */
function forHosts(context: Context, stack: string): string {
  const config = configOf(readStackFile(stackFile(context.projectDir, stack)).document, () => '');
  return ['primary', 'secondary']
    .map((role) => config[role] as { provider?: string; host?: string; user?: string } | undefined)
    .filter((machine) => machine?.provider === 'existing')
    .map(
      (machine) =>
        `on ${machine?.host}, let pulumi in: add to ~${machine?.user ?? 'root'}/.ssh/authorized_keys: ${config.deployPublicKey}\n`,
    )
    .join('');
}

/** The only secret that is not made here: from a file, or asked for when a user at the relay is new. */
async function findSmtpPassword(
  stack: string,
  flags: Flags,
  given: InitFlags,
  config: Record<string, unknown>,
  asking: boolean,
): Promise<string | undefined> {
  const there = 'smtpPassword' in ((config.secrets ?? {}) as object);
  if (flags.smtpPasswordFile) {
    if (there)
      throw new VisibleError(
        `secrets.smtpPassword is set already — it is never overwritten here — change it with: coop rotate smtpPassword ${stack}`,
      );
    return readGiven(flags.smtpPasswordFile, "the relay's password").trim();
  }
  if (asking && given.mailUser && !there) return askHidden(`Password of ${given.mailUser} at the mail relay`);
  return undefined;
}
