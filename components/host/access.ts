import type { HostFacts, HostFile } from './types.ts';

const keys = (name: string, content: string): HostFile => ({
  path: `/etc/ssh/authorized_keys.d/${name}`,
  mode: 0o644,
  owner: 'root',
  group: 'root',
  content,
});

/** Whose keys open which account; root's is the one `pulumi up` uses. */
export function keyFiles({ config }: HostFacts): HostFile[] {
  return [
    keys('root', `${config.deployPublicKey}\n`),
    ...Object.entries(config.admins).map(([name, publicKeys]) => keys(name, `${publicKeys.join('\n')}\n`)),
  ];
}
