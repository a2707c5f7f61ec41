import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { VisibleError } from '../../components/errors.ts';
import { checkPassphrase } from './passphrase-strength.ts';
import { withPrivateDir } from './private-dir.ts';
import { askHidden, canAsk } from './prompt.ts';

/** Where the passphrase of a stack's secrets comes from: `--passphrase-file`, `--passphrase-command`. */
export interface PassphraseSource {
  passphraseFile?: string | undefined;
  passphraseCommand?: string | undefined;
}

type Found = { file: string } | { text: string };

/**
 * Runs `work` with an environment in which pulumi finds the passphrase: from the file, the command, what the environment
 * holds already, or a question. What is not in a file yet lies in a private one for that time, never in an argument.
 */
export async function withPassphrase<T>(
  source: PassphraseSource,
  env: NodeJS.ProcessEnv,
  work: (env: NodeJS.ProcessEnv) => Promise<T>,
  options: { isNew?: boolean; stack?: string } = {},
): Promise<T> {
  const { PULUMI_CONFIG_PASSPHRASE: _, ...rest } = env;
  const found = await find(source, env, options.isNew === true);
  if (options.isNew) checkPassphrase('file' in found ? read(found.file) : found.text, options.stack ?? '');
  if ('file' in found) {
    read(found.file);
    return work({ ...rest, PULUMI_CONFIG_PASSPHRASE_FILE: found.file });
  }
  return withPrivateDir((directory) => {
    const file = join(directory, 'passphrase');
    writeFileSync(file, found.text, { mode: 0o600 });
    return work({ ...rest, PULUMI_CONFIG_PASSPHRASE_FILE: file });
  });
}

/** Whether a passphrase can be had without asking anybody. */
export const hasPassphrase = (source: PassphraseSource, env: NodeJS.ProcessEnv): boolean =>
  Boolean(source.passphraseFile || source.passphraseCommand) ||
  env.PULUMI_CONFIG_PASSPHRASE !== undefined ||
  Boolean(env.PULUMI_CONFIG_PASSPHRASE_FILE || env.COOP_PASSPHRASE_COMMAND);

/** What was said last wins: options, then the environment as pulumi reads it, then ours, then a question. */
async function find(source: PassphraseSource, env: NodeJS.ProcessEnv, isNew: boolean): Promise<Found> {
  if (source.passphraseFile && source.passphraseCommand)
    throw new VisibleError('two passphrases — --passphrase-file and --passphrase-command — give one of them');
  if (source.passphraseFile) return { file: resolve(source.passphraseFile) };
  if (source.passphraseCommand) return { text: await fromCommand(source.passphraseCommand, env) };
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined) return { text: env.PULUMI_CONFIG_PASSPHRASE };
  if (env.PULUMI_CONFIG_PASSPHRASE_FILE) return { file: resolve(env.PULUMI_CONFIG_PASSPHRASE_FILE) };
  if (env.COOP_PASSPHRASE_COMMAND) return { text: await fromCommand(env.COOP_PASSPHRASE_COMMAND, env) };
  if (!canAsk())
    throw new VisibleError(
      "no passphrase — for the stack's secrets — give --passphrase-file FILE or --passphrase-command COMMAND, or set PULUMI_CONFIG_PASSPHRASE_FILE",
    );
  const text = await askHidden("Passphrase of the stack's secrets");
  if (isNew && text !== (await askHidden('The same again')))
    throw new VisibleError('the two passphrases differ — at the prompt — run again');
  return { text };
}

/** The first line a command prints, as `pass show` has it; it may ask on the terminal. */
function fromCommand(command: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolved, reject) => {
    const child = spawn('sh', ['-c', command], { env, stdio: ['inherit', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const line = printed.split('\n')[0] ?? '';
      if (code === 0 && line.trim()) resolved(line.trim());
      else
        reject(
          new VisibleError(
            `the passphrase command ${code === 0 ? 'printed nothing' : `ended with ${code}`} — ${command} — run it by hand and see`,
          ),
        );
    });
  });
}

/** The passphrase in a file, as pulumi reads it. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new VisibleError(
      `cannot read the passphrase — ${file} — write it there, readable by you alone (chmod 600)`,
    );
  }
}

/** The passphrase that `withPassphrase` gave to pulumi, for what is encrypted with it beside the stack's secrets. */
export function passphraseIn(env: NodeJS.ProcessEnv): string {
  if (!env.PULUMI_CONFIG_PASSPHRASE_FILE) throw new Error('there is no passphrase in this environment');
  return read(env.PULUMI_CONFIG_PASSPHRASE_FILE);
}
