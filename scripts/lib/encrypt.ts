import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { pulumi } from './pulumi.ts';
import { prefix } from './stack-file.ts';

/** Keys of a stack file that say how its secrets are encrypted. */
const header = ['secretsprovider', 'encryptedkey', 'encryptionsalt'] as const;

export interface Encrypted {
  /** The header that the ciphertexts stand on. */
  header: Record<string, string>;
  /** Ciphertext by path of the secret: its name, or a map's and the name in it. */
  secrets: Record<string, string>;
}

/**
 * Has Pulumi encrypt values for a stack. Pulumi sets one value per call (its bulk form wants them on the command line), so
 * each is set in a scratch file of its own, several at once, and the ciphertexts are gathered: 13 values take 3 seconds.
 * Values go through stdin.
 */
export async function encryptSecrets(
  values: Record<string, string>,
  options: { stack: string; workDir: string; env: NodeJS.ProcessEnv; stackFile: Record<string, unknown> },
): Promise<Encrypted> {
  let known = pickHeader(options.stackFile);
  const secrets: Record<string, string> = {};
  const names = Object.keys(values);
  const encrypt = async (name: string) => {
    const file = join(options.workDir, `secret-${name}.yaml`);
    writeFileSync(file, toYaml(known), { mode: 0o600 });
    await pulumi(
      [
        'config',
        'set',
        '--secret',
        '--path',
        `secrets.${name}`,
        '--stack',
        options.stack,
        '--config-file',
        file,
      ],
      { cwd: options.workDir, env: options.env, input: values[name] as string },
    );
    const written = parse(readFileSync(file, 'utf8'));
    const at = name.split('.').reduce((place, part) => place[part], written.config[`${prefix}secrets`]);
    secrets[name] = at.secure;
    return pickHeader(written);
  };
  // A stack without a header gets one with its first secret; the others must stand on the same.
  const first = Object.keys(known).length === 0 ? names.shift() : undefined;
  if (first !== undefined) known = await encrypt(first);
  const worker = async () => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) await encrypt(name);
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  return { header: known, secrets };
}

function pickHeader(file: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    header.flatMap((key) => (typeof file[key] === 'string' ? [[key, file[key]]] : [])),
  );
}

const toYaml = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
