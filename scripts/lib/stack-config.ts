import { VisibleError } from '../../components/errors.ts';
import { pulumi } from './pulumi.ts';
import { prefix } from './stack-file.ts';

export interface StackPlace {
  projectDir: string;
  stack: string;
  /** With the backend and, for secrets, the passphrase. */
  env: NodeJS.ProcessEnv;
}

/** A stack's config as the engine hands it to the program, secrets decrypted. Kept in memory, never printed. */
export interface RawConfig {
  /** By full key (`instance:domain`); structured values in JSON. */
  values: Record<string, string>;
  /** Full keys that hold a secret. */
  secretKeys: string[];
}

/** Reads a stack's config with its secrets through Pulumi. */
export async function readStackConfig(place: StackPlace, configFile?: string): Promise<RawConfig> {
  const file = configFile ? ['--config-file', configFile] : [];
  const printed = await pulumi(['config', '--show-secrets', '--json', '--stack', place.stack, ...file], {
    cwd: place.projectDir,
    env: place.env,
  });
  const entries = Object.entries(JSON.parse(printed) as Record<string, { value?: string; secret: boolean }>);
  return {
    values: Object.fromEntries(entries.map(([key, entry]) => [key, entry.value ?? ''])),
    secretKeys: entries.filter(([, entry]) => entry.secret).map(([key]) => key),
  };
}

/** The decrypted secrets by name. */
export function secretsOf(config: RawConfig): Record<string, unknown> {
  return JSON.parse(config.values[`${prefix}secrets`] ?? '{}');
}

/** Every machine of a stack by its role; none when it was never brought up. */
export async function readMachines(place: StackPlace): Promise<{ role: string; address: string }[]> {
  const printed = await pulumi(['stack', 'output', '--json', '--stack', place.stack], {
    cwd: place.projectDir,
    env: place.env,
  });
  const { address, secondaryAddress } = JSON.parse(printed) as Record<string, unknown>;
  return Object.entries({ primary: address, secondary: secondaryAddress }).flatMap(([role, address]) =>
    typeof address === 'string' && address !== '' ? [{ role, address }] : [],
  );
}

/** The address of a stack's machine; refuses when it was never brought up. */
export async function readAddress(place: StackPlace): Promise<string> {
  const printed = await pulumi(['stack', 'output', '--json', '--stack', place.stack], {
    cwd: place.projectDir,
    env: place.env,
  });
  const { address } = JSON.parse(printed) as { address?: unknown };
  if (typeof address === 'string' && address !== '') return address;
  throw new VisibleError(
    `stack ${place.stack} has no machine — its outputs name no address — bring it up with: pulumi up -s ${place.stack}`,
  );
}
