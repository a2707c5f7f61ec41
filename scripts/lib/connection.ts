import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VisibleError } from '../../components/errors.ts';
import type { Context } from './context.ts';
import { type PassphraseSource, withPassphrase } from './passphrase.ts';
import { withPrivateDir } from './private-dir.ts';
import { hostKeysOf } from './rotation-journal.ts';
import { knownHostsLine, type SshTarget } from './ssh-command.ts';
import {
  type MachineAddress,
  readMachines,
  readStackConfig,
  type StackPlace,
  secretsOf,
} from './stack-config.ts';
import { configOf, readStackFile, requireStack, stackFile } from './stack-file.ts';

export interface ConnectionFlags extends PassphraseSource {
  /** Connects as this admin with their own keys, instead of root with the stack's deploy key. */
  as?: string;
  /** Skips asking the state. */
  address?: string;
}

/** One machine of a stack and how to reach it. */
export interface Reachable {
  /** `primary` or `secondary`. */
  role: string;
  target: SshTarget;
}

/**
 * Runs `work` with what ssh needs to reach the machine that serves: its address, its pinned host key, and the deploy key in
 * a private file that is gone afterwards. With `--as`, no secret is read at all.
 */
export function withConnection<T>(
  context: Context,
  stack: string,
  flags: ConnectionFlags,
  work: (target: SshTarget) => Promise<T>,
): Promise<T> {
  return withConnections(context, stack, flags, ([first]) => work(first.target));
}

/** The same for every machine of a stack, the one that serves first. `--address` leaves only that one. */
export async function withConnections<T>(
  context: Context,
  stack: string,
  flags: ConnectionFlags,
  work: (machines: [Reachable, ...Reachable[]]) => Promise<T>,
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
    const [machines, deployKey] = await Promise.all([
      flags.address ? [given(flags.address)] : readMachines(place),
      flags.as ? undefined : readDeployKey(place),
    ]);
    return withPrivateDir((directory) => {
      const identity = deployKey === undefined ? undefined : join(directory, 'deploy-key');
      if (identity) writeFileSync(identity, deployKey as string, { mode: 0o600 });
      const reachable = machines.map((machine) => {
        // What the stack file pins, not what the state says: the file is reviewed.
        const pinned = machine.role === 'primary' ? hostPublicKey : config.secondaryHostPublicKey;
        const key = typeof pinned === 'string' ? pinned : (machine.hostPublicKey ?? hostPublicKey);
        const knownHosts = join(directory, `known_hosts.${machine.role}`);
        const lines = hostKeysOf(document, machine.role, key).map((line) => knownHostsLine(stack, line));
        writeFileSync(knownHosts, lines.join(''), { mode: 0o600 });
        const { address } = machine;
        const user = flags.as ?? machine.user;
        const target = { stack, address, user, hostPublicKey: key, knownHosts, identity };
        return { role: machine.role, target };
      });
      const [first, ...others] = reachable;
      if (!first)
        throw new VisibleError(
          `stack ${stack} has no machine — its outputs name no address — bring it up with: pulumi up -s ${stack}`,
        );
      return work([first, ...others]);
    });
  };
  return needsPassphrase ? withPassphrase(flags, context.env, connect) : connect(context.env);
}

const given = (address: string): MachineAddress => ({ role: 'primary', address, user: 'root' });

async function readDeployKey(place: StackPlace): Promise<string> {
  const key = secretsOf(await readStackConfig(place)).deployKey;
  if (typeof key === 'string') return key.endsWith('\n') ? key : `${key}\n`;
  throw new VisibleError(
    `no deploy key — Pulumi.${place.stack}.yaml — run: coop init ${place.stack}, or connect as yourself: --as NAME`,
  );
}
