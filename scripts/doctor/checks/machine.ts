import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../lib/run.ts';
import { knownHostsLine, sshCommand } from '../../lib/ssh-command.ts';
import { type MachineAddress, machinesIn, secretsOf } from '../../lib/stack-config.ts';
import { type Check, type Finding, failure, ok, type Patient, skipped } from '../types.ts';

const seconds = 4;

/** Every machine answers over SSH with the host key that the stack pinned, and takes the deploy key. */
export const machine: Check = {
  name: 'machine',
  ofStack: true,
  async run(patient) {
    const state = await patient.state().catch(() => undefined);
    const machines = machinesIn(state?.outputs ?? {});
    if (machines.length === 0) return [skipped('none was made yet: pulumi up makes it')];
    let key: unknown;
    try {
      key = secretsOf(await patient.config()).deployKey;
    } catch {
      return [skipped('the deploy key needs the passphrase')];
    }
    if (typeof key !== 'string') return [skipped('there is no deploy key')];
    const files = {
      identity: join(patient.directory, 'deploy-key'),
      knownHosts: join(patient.directory, 'known_hosts'),
    };
    writeFileSync(files.identity, key.endsWith('\n') ? key : `${key}\n`, { mode: 0o600 });
    return Promise.all(machines.map((one) => reach(patient, one, files)));
  },
};

async function reach(
  { stack = '', plain, context }: Patient,
  { role, address, user }: MachineAddress,
  files: { identity: string; knownHosts: string },
): Promise<Finding> {
  const key = role === 'secondary' ? plain.secondaryHostPublicKey : plain.hostPublicKey;
  const hostPublicKey = String(key ?? '');
  const knownHosts = `${files.knownHosts}-${role}`;
  writeFileSync(knownHosts, knownHostsLine(stack, hostPublicKey), { mode: 0o600 });
  const [ssh, ...rest] = sshCommand(
    { stack, address, user, hostPublicKey, ...files, knownHosts },
    { remote: ['true'] },
  );
  // The first value of an option counts.
  const argv = [ssh as string, '-o', `ConnectTimeout=${seconds}`, '-o', 'BatchMode=yes', ...rest];
  const { code, stderr } = await run(argv, { env: context.env });
  if (code === 0) return ok(`${role} ${address} answers, with the pinned host key`);
  const said = stderr.trim().split('\n').at(-1) || 'ssh ended without a word';
  if (/host key/i.test(stderr))
    return failure(
      `${address} shows another host key than the pinned one`,
      'do not connect: somebody is in between, or it was made by hand',
    );
  if (/permission denied/i.test(stderr))
    return failure(
      `${address} does not take the stack's deploy key`,
      `lay it down again: pulumi up --stack ${stack}`,
    );
  return failure(
    `${address} cannot be reached: ${said}`,
    'is your address in sshFrom? does the server run (see the provider)?',
  );
}
