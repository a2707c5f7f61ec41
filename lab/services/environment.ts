import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { apiVariables } from '../cloud/api/variables.ts';
import { LabError } from '../error.ts';
import { checkout, paths } from '../paths.ts';
import type { Tokens } from './tokens.ts';

/** The environment in which `pulumi` and `coop` act on the lab, without what the caller's own has. */
export function labEnvironment(engineBin: string, tokens: Tokens): Record<string, string> {
  return {
    COOP_LAB: '1',
    ...(process.env.COOP_LAB_DIR ? { COOP_LAB_DIR: process.env.COOP_LAB_DIR } : {}),
    // Node 24 first; the lab's own scripts last: one of them is called `test`.
    LAB_PATH: [dirname(paths.nodeBin), engineBin].join(':'),
    LAB_PATH_AFTER: join(checkout, 'scripts'),
    LAB_CLOUD: paths.cloudSocket,
    PULUMI_HOME: paths.home,
    PULUMI_BACKEND_URL: `file://${paths.state}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: paths.passphrase,
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    PULUMI_IGNORE_AMBIENT_PLUGINS: 'true',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    NODE_COMPILE_CACHE: paths.cache('compile'),
    DIGITALOCEAN_TOKEN: tokens.digitalocean,
    SPACES_ACCESS_KEY_ID: tokens.spacesKey,
    SPACES_SECRET_ACCESS_KEY: tokens.spacesSecret,
    CLOUDFLARE_API_TOKEN: tokens.cloudflare,
    HCLOUD_TOKEN: tokens.hetzner,
    // Whoever asks a provider what a token may do asks the lab's.
    ...apiVariables(),
  };
}

export function ensurePassphrase(): void {
  if (!existsSync(paths.passphrase))
    writeFileSync(paths.passphrase, randomBytes(24).toString('hex'), { mode: 0o600 });
}

export function writeEnvironment(environment: Record<string, string>): void {
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(paths.env, lines.join(''), { mode: 0o600 });
}

/** Of the caller's environment: what would make a command in the lab act on something real. */
const realWorld = /^(PULUMI_|AWS_|DIGITALOCEAN_|SPACES_|CLOUDFLARE_|CF_|HCLOUD_|COOP_PASSPHRASE)/;

/** The caller's environment with the lab's in its place. */
export function shellEnvironment(caller: NodeJS.ProcessEnv = process.env): Record<string, string> {
  if (!existsSync(paths.env))
    throw new LabError(`the lab is not up — ${paths.env} is missing — start it: coop lab up`);
  const lab = Object.fromEntries(
    readFileSync(paths.env, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const { LAB_PATH, LAB_PATH_AFTER, ...rest } = lab;
  const kept = Object.entries(caller).filter(([name, value]) => value !== undefined && !realWorld.test(name));
  const path = [LAB_PATH, caller.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin', LAB_PATH_AFTER].join(':');
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...rest, PATH: path };
}
