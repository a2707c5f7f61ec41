import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parseConfig, type StackConfig } from '../../../components/config.ts';
import { openSshPair } from '../../fixtures/facts.ts';
import { engineConfig, type StackFile, stackFile } from '../../fixtures/stack.ts';

export const options = { project: 'instance', stack: 'staging', now: new Date('2026-11-22T12:00:00Z') };

/** A stack file as it ships. */
export function shipped(stack: string): StackFile {
  const { config } = parse(readFileSync(new URL(`../../../Pulumi.${stack}.yaml`, import.meta.url), 'utf8'));
  return Object.fromEntries(
    Object.entries(config as Record<string, unknown>).map(([key, value]) => [
      key.replace('instance:', ''),
      value,
    ]),
  );
}

/** A shipped stack file, completed as `coop init` would. */
export function completed(stack: string): StackFile {
  const file = shipped(stack);
  const made = stackFile();
  const filled = { ...made, ...file, dns: { ...(made.dns as object), ...(file.dns as object) } };
  if (!file.secondary) return filled;
  const { publicKey, privateKey } = openSshPair('secondary');
  const secrets = { ...(made.secrets as object), secondaryHostKey: privateKey };
  return { ...filled, secondaryHostPublicKey: publicKey, secrets };
}

export function configOf(file: StackFile): StackConfig {
  return parseConfig(engineConfig(file), options);
}
