import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { RestoreConfig } from '../../../components/config/types.ts';
import { VisibleError } from '../../../components/errors.ts';
import { encryptSecrets } from '../encrypt.ts';
import { makeSshKeyPair, type SshKeyPair } from '../openssh.ts';
import { withPrivateDir } from '../private-dir.ts';
import { pulumi } from '../pulumi.ts';
import type { StackPlace } from '../stack-config.ts';
import { prefix, readStackFile, stackFile } from '../stack-file.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';
import type { RehearsalMachine } from './machine.ts';
import { rehearsalName } from './names.ts';
import { type Owner, ownerHere, withOwner } from './owner.ts';

export interface RehearsalPlan {
  source: string;
  at?: Date | undefined;
  /** Label of the backup to begin with; the newest that fits when absent. */
  backup?: string | undefined;
  media: RestoreConfig['media'];
  hours: number;
  machine: RehearsalMachine;
}

export interface RehearsalStack {
  place: StackPlace;
  began: Date;
  owner: Owner;
  host: SshKeyPair;
  deploy: SshKeyPair;
}

/** The stack in the state and its file, with SSH keys of its own; what the copy is made of comes from the source's state. */
export async function makeRehearsalStack(source: StackPlace, plan: RehearsalPlan): Promise<RehearsalStack> {
  const { place, began } = await createRehearsalStack(source);
  try {
    return await fill(place, began, source, plan);
  } catch (error) {
    await removeRehearsalStack(place).catch(() => {});
    throw error;
  }
}

async function fill(
  place: StackPlace,
  began: Date,
  source: StackPlace,
  plan: RehearsalPlan,
): Promise<RehearsalStack> {
  const { stack } = place;
  const host = makeSshKeyPair(`host@${stack}`);
  const deploy = makeSshKeyPair(`deploy@${stack}`);
  const owner = ownerHere(plan.source);
  const { header, secrets } = await withPrivateDir((workDir) => {
    writeFileSync(join(workDir, 'Pulumi.yaml'), projectFile);
    const keys = { hostKey: host.privateKey.trimEnd(), deployKey: deploy.privateKey.trimEnd() };
    return encryptSecrets(keys, { stack, workDir, env: source.env, stackFile: keyService(source) });
  });
  const config = {
    restore: {
      from: plan.source,
      ...(plan.at ? { at: plan.at.toISOString() } : {}),
      ...(plan.backup ? { backup: plan.backup } : {}),
      media: plan.media,
      hours: plan.hours,
    },
    primary: plan.machine,
    hostPublicKey: host.publicKey,
    deployPublicKey: deploy.publicKey,
    expires: new Date(+began + 86_400_000).toISOString().slice(0, 10),
    secrets: Object.fromEntries(Object.entries(secrets).map(([name, secure]) => [name, { secure }])),
  };
  const named = Object.fromEntries(Object.entries(config).map(([key, value]) => [prefix + key, value]));
  // In quotes: Pulumi makes of a bare day or time what nobody wrote.
  const quoted = { lineWidth: 0, defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN' } as const;
  const text = withOwner(stringify({ ...header, config: named }, quoted), owner);
  writeFileAtomically(stackFile(place.projectDir, stack), text);
  return { place, began, owner, host, deploy };
}

const projectFile = `name: ${prefix.slice(0, -1)}\nruntime: nodejs\n`;

/** A key service encrypts for the copy too; with a passphrase, Pulumi makes a salt for each stack. */
export function keyService({ projectDir, stack }: StackPlace): Record<string, unknown> {
  const provider = readStackFile(stackFile(projectDir, stack)).document.get('secretsprovider');
  return provider === undefined || provider === 'passphrase' ? {} : { secretsprovider: provider };
}

/** Two that begin in one second do not meet: the second takes the next name. */
export async function createRehearsalStack(source: StackPlace): Promise<{ place: StackPlace; began: Date }> {
  for (let began = new Date(), tries = 1; ; began = new Date(+began + 1000), tries++) {
    const place = { ...source, stack: rehearsalName(began) };
    try {
      await withPrivateDir((workDir) => {
        writeFileSync(join(workDir, 'Pulumi.yaml'), projectFile);
        const service = keyService(source).secretsprovider;
        const words = service === undefined ? [] : ['--secrets-provider', String(service)];
        return pulumi(['stack', 'init', '--stack', place.stack, '--no-select', ...words], {
          cwd: workDir,
          env: place.env,
        });
      });
      return { place, began };
    } catch (error) {
      const taken = error instanceof VisibleError && /already exists/.test(error.message);
      if (!taken || tries === 10) throw error;
    }
  }
}

/** The last trace: the stack in the state, which has to be empty, and its file. */
export async function removeRehearsalStack({ projectDir, stack, env }: StackPlace): Promise<void> {
  await pulumi(['stack', 'rm', '--yes', '--stack', stack], { cwd: projectDir, env });
  rmSync(stackFile(projectDir, stack), { force: true });
}
