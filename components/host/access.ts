import type { HostFacts, HostFile } from './types.ts';

const keys = (name: string, publicKeys: string[]): HostFile => ({
  path: `/etc/ssh/authorized_keys.d/${name}`,
  mode: 0o644,
  owner: 'root',
  group: 'root',
  content: `${publicKeys.join('\n')}\n`,
});

/** Accounts `pulumi up` may log in to: root, and on an existing host whoever the configuration names. */
function deployUsers({ config, machine }: HostFacts): string[] {
  const here = config[machine.role];
  return here?.provider === 'existing' && here.user !== 'root' ? ['root', here.user] : ['root'];
}

/** Accounts that may log in at all. */
export function sshUsers(facts: HostFacts): string[] {
  return [...new Set([...deployUsers(facts), ...Object.keys(facts.config.admins).sort()])];
}

/** Whose keys open which account. */
export function keyFiles(facts: HostFacts): HostFile[] {
  const { admins, deployPublicKey } = facts.config;
  const deployed = deployUsers(facts);
  return sshUsers(facts).map((name) =>
    keys(name, [...(deployed.includes(name) ? [deployPublicKey] : []), ...(admins[name] ?? [])]),
  );
}
