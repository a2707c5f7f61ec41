import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Provider, providers, tokenVariables } from '../../components/accounts/providers.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

export { type Provider, providersOf, tokenVariables } from '../../components/accounts/providers.ts';

type Env = NodeJS.ProcessEnv;

/** A token's name: the same token always reads the same, and nobody can use what is printed. */
export const fingerprint = (token: string): string =>
  createHash('sha256').update(token).digest('hex').slice(0, 8);

/** Every account in use, in one line: by the name that `coop doctor` learned, else by the token's fingerprint. */
export function describeAccounts(env: Env, wanted?: Provider[]): string {
  const shown = wanted ?? providers.filter((provider) => env[tokenVariables[provider]]);
  if (shown.length === 0) return wanted ? 'none needed' : 'none (no token is set)';
  const names = readNames(env);
  return shown
    .map((provider) => {
      const token = env[tokenVariables[provider]];
      if (!token) return `${provider} (no ${tokenVariables[provider]})`;
      const print = fingerprint(token);
      return `${provider} ${names[print] ? `${names[print]} (${print})` : print}`;
    })
    .join(', ');
}

const namesFile = (env: Env): string =>
  join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'social-coop', 'accounts.json');

/** What `coop doctor` learned from the providers, so that no other verb has to ask them. */
function readNames(env: Env): Record<string, string> {
  try {
    return JSON.parse(readFileSync(namesFile(env), 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}

/** Remembers an account's name by its token's fingerprint; losing it costs nothing. */
export function rememberAccount(env: Env, token: string, name: string): void {
  const names = readNames(env);
  const print = fingerprint(token);
  if (names[print] === name) return;
  try {
    mkdirSync(dirname(namesFile(env)), { recursive: true });
    writeFileAtomically(namesFile(env), `${JSON.stringify({ ...names, [print]: name }, null, 2)}\n`);
  } catch {
    // A cache directory that cannot be written is no reason to fail.
  }
}
