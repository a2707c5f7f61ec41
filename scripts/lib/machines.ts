import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VisibleError } from '../../components/errors.ts';
import type { Context } from './context.ts';
import { type PassphraseSource, withPassphrase } from './passphrase.ts';
import { withPrivateDir } from './private-dir.ts';
import { type RemoteResult, remoteOutput } from './remote.ts';
import { hostKeysOf } from './rotation-journal.ts';
import { knownHostsLine, type SshTarget } from './ssh-command.ts';
import {
  type MachineAddress,
  type RawConfig,
  readMachines,
  readStackConfig,
  type StackPlace,
  secretsOf,
} from './stack-config.ts';
import { prefix, readStackFile, requireStack, stackFile } from './stack-file.ts';

/** A key to log in with, and the host keys that are believed of each machine by its role. */
export interface Door {
  privateKey: string;
  hostKeys: Record<string, string[]>;
}

/** A stack with its secrets at hand, and a directory for what ssh wants in files. */
export interface OpenStack {
  place: StackPlace;
  config: RawConfig;
  machines: MachineAddress[];
  directory: string;
}

/** Runs `work` with a stack's decrypted config and its machines, as the state knows them. */
export function withStack<T>(
  context: Context,
  stack: string,
  source: PassphraseSource,
  work: (open: OpenStack) => Promise<T>,
): Promise<T> {
  requireStack(context.projectDir, stack);
  const { document } = readStackFile(stackFile(context.projectDir, stack));
  const open = async (env: NodeJS.ProcessEnv) => {
    const place = { projectDir: context.projectDir, stack, env };
    const [config, machines] = await Promise.all([readStackConfig(place), readMachines(place)]);
    return withPrivateDir((directory) => work({ place, config, machines, directory }));
  };
  return document.has('encryptionsalt') ? withPassphrase(source, context.env, open) : open(context.env);
}

/** The way in that the stack file names now. */
export function doorOf({ config, place }: OpenStack): Door {
  const { document } = readStackFile(stackFile(place.projectDir, place.stack));
  const hostKeys = (role: string, name: string) =>
    hostKeysOf(document, role, config.values[`${prefix}${name}`] ?? '');
  return {
    privateKey: String(secretsOf(config).deployKey),
    hostKeys: {
      primary: hostKeys('primary', 'hostPublicKey'),
      secondary: hostKeys('secondary', 'secondaryHostPublicKey'),
    },
  };
}

/** What ssh needs for one machine, its files in the private directory. */
export function targetOf(open: OpenStack, machine: MachineAddress, door: Door): SshTarget {
  const { stack } = open.place;
  const stem = join(open.directory, randomUUID());
  const hostKeys = door.hostKeys[machine.role] ?? [];
  const lines = hostKeys.map((key) => knownHostsLine(stack, key)).join('');
  writeFileSync(`${stem}.known`, lines, { mode: 0o600 });
  writeFileSync(`${stem}.key`, `${door.privateKey.trimEnd()}\n`, { mode: 0o600 });
  return {
    stack,
    address: machine.address,
    user: machine.user,
    hostPublicKey: hostKeys[0] ?? '',
    knownHosts: `${stem}.known`,
    identity: `${stem}.key`,
  };
}

export type Answer = { machine: MachineAddress } & ({ result: RemoteResult } | { unreachable: string });

/** Runs words on every machine at once; one that cannot be reached is an answer too. */
export function onEach(open: OpenStack, door: Door, words: string[], input?: string): Promise<Answer[]> {
  return Promise.all(
    open.machines.map(async (machine): Promise<Answer> => {
      try {
        return { machine, result: await remoteOutput(targetOf(open, machine, door), words, input) };
      } catch (error) {
        if (!(error instanceof VisibleError)) throw error;
        return { machine, unreachable: error.message };
      }
    }),
  );
}
