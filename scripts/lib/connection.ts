import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VisibleError } from '../../components/errors.ts';
import type { Context } from './context.ts';
import { type PassphraseSource, withPassphrase } from './passphrase.ts';
import { withPrivateDir } from './private-dir.ts';
import { knownHostsLine, type SshTarget } from './ssh-command.ts';
import { readAddress, readStackConfig, type StackPlace, secretsOf } from './stack-config.ts';
import { configOf, readStackFile, requireStack, stackFile } from './stack-file.ts';

export interface ConnectionFlags extends PassphraseSource {
  /** Connects as this admin with their own keys, instead of root with the stack's deploy key. */
  as?: string;
  /** Skips asking the state. */
  address?: string;
}

/**
 * Runs `work` with what ssh needs to reach a stack's machine: its address, its pinned host key, and the deploy key in a
 * private file that is gone afterwards. With `--as`, no secret is read at all.
 */
export async function withConnection<T>(
  context: Context,
  stack: string,
  flags: ConnectionFlags,
  work: (target: SshTarget) => Promise<T>,
): Promise<T> {
  requireStack(context.projectDir, stack);
  const { document } = readStackFile(stackFile(context.projectDir, stack));
  const config = configOf(document, () => undefined);
  const hostPublicKey = config.hostPublicKey;
  if (typeof hostPublicKey !== 'string')
    throw new VisibleError(
      `no host key to check — Pulumi.${stack}.yaml has no hostPublicKey — run: coop init ${stack}`,
    );
  const needsPassphrase = document.has('encryptionsalt') && !(flags.as && flags.address);
  const connect = async (env: NodeJS.ProcessEnv) => {
    const place = { projectDir: context.projectDir, stack, env };
    const [address, deployKey] = await Promise.all([
      flags.address ?? readAddress(place),
      flags.as ? undefined : readDeployKey(place),
    ]);
    return withPrivateDir((directory) => {
      const knownHosts = join(directory, 'known_hosts');
      writeFileSync(knownHosts, knownHostsLine(stack, hostPublicKey), { mode: 0o600 });
      const identity = deployKey === undefined ? undefined : join(directory, 'deploy-key');
      if (identity) writeFileSync(identity, deployKey as string, { mode: 0o600 });
      return work({ stack, address, user: flags.as ?? 'root', hostPublicKey, knownHosts, identity });
    });
  };
  return needsPassphrase ? withPassphrase(flags, context.env, connect) : connect(context.env);
}

async function readDeployKey(place: StackPlace): Promise<string> {
  const key = secretsOf(await readStackConfig(place)).deployKey;
  if (typeof key === 'string') return key.endsWith('\n') ? key : `${key}\n`;
  throw new VisibleError(
    `no deploy key — Pulumi.${place.stack}.yaml — run: coop init ${place.stack}, or connect as yourself: --as NAME`,
  );
}
