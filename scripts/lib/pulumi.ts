import { VisibleError } from '../../components/errors.ts';
import { run } from './run.ts';

export interface PulumiOptions {
  /** Directory of the project. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** A secret value: goes through stdin, never into the arguments. */
  input?: string;
}

/** Reading config needs no provider: its tokens stay out of the process. */
const tokens = [
  'DIGITALOCEAN_TOKEN',
  'SPACES_ACCESS_KEY_ID',
  'SPACES_SECRET_ACCESS_KEY',
  'CLOUDFLARE_API_TOKEN',
  'HCLOUD_TOKEN',
];

/** What pulumi gets: the caller's environment without provider tokens, quiet and without questions. */
export function pulumiEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !tokens.includes(name)));
  return { ...kept, PULUMI_SKIP_UPDATE_CHECK: 'true', PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true' };
}

/** The command line of one pulumi call. */
export const pulumiCommand = (args: string[]): string[] => [
  'pulumi',
  ...args,
  '--non-interactive',
  '--color',
  'never',
];

/** Runs pulumi with its output captured and returns stdout; failures become what to do about them. */
export async function pulumi(args: string[], options: PulumiOptions): Promise<string> {
  const { cwd, env, input } = options;
  const result = await run(pulumiCommand(args), {
    cwd,
    env: pulumiEnvironment(env),
    ...(input === undefined ? {} : { input: `${input}\n` }),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new VisibleError(
      'pulumi is not installed — PATH — install it (https://www.pulumi.com/docs/install/), or enter the lab with: coop lab shell',
    );
  });
  if (result.code === 0) return result.stdout;
  throw new VisibleError(explain(args, result.stderr));
}

const remedies: [RegExp, string][] = [
  [/incorrect passphrase/, 'give the right one: --passphrase-file FILE or --passphrase-command COMMAND'],
  [
    /passphrase must be set|PULUMI_CONFIG_PASSPHRASE/,
    'give it: --passphrase-file FILE or --passphrase-command COMMAND',
  ],
  [/no stack named/, 'make it with: coop init STACK, or log in to the right state: pulumi login URL'],
  [
    /PULUMI_ACCESS_TOKEN|must be logged in|not logged in/,
    'log in to your state first: pulumi login s3://BUCKET?region=REGION',
  ],
  [/lock(ed)? by|currently locked/, 'wait for the other run, or after a crash: pulumi cancel'],
];

/** Pulumi's own words without its prefix; it never puts a value read from stdin there. */
function explain(args: string[], stderr: string): string {
  const said = stderr
    .split('\n')
    .map((line) => line.replace(/^error: /, '').trim())
    .filter(Boolean)
    .join('; ')
    .slice(0, 600);
  const remedy = remedies.find(([pattern]) => pattern.test(stderr))?.[1] ?? `try: pulumi ${args.join(' ')}`;
  const stack = args[args.indexOf('--stack') + 1] ?? '';
  return `pulumi failed: ${said || 'it said nothing'} — stack ${stack} — ${remedy}`;
}
