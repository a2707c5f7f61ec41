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

/** How one machine of a stack is reached. */
export interface MachineAddress {
  /** `primary` or `secondary`. */
  role: string;
  /** Where SSH answers: a name or an address. */
  address: string;
  /** Who `pulumi up` logs in as. */
  user: string;
  /** Its SSH host key, one line; undefined where the state does not tell. */
  hostPublicKey?: string | undefined;
}

/** Every machine of a stack, the one that serves first; none when it was never brought up. */
export async function readMachines(place: StackPlace): Promise<MachineAddress[]> {
  const printed = await pulumi(['stack', 'output', '--json', '--stack', place.stack], {
    cwd: place.projectDir,
    env: place.env,
  });
  return machinesIn(JSON.parse(printed));
}

interface Outputs {
  address?: string;
  machines?: Partial<Record<string, { host: string; user: string; hostKey: string }>>;
}

/** The same, from the outputs of the stack. */
export function machinesIn(outputs: Outputs): MachineAddress[] {
  const said = ['primary', 'secondary'].flatMap((role) => {
    const machine = outputs.machines?.[role];
    return machine
      ? [{ role, address: machine.host, user: machine.user, hostPublicKey: machine.hostKey }]
      : [];
  });
  if (said.length > 0) return said;
  return outputs.address ? [{ role: 'primary', address: outputs.address, user: 'root' }] : [];
}
