import { kitText } from '../recovery/kit.ts';
import type { HostFacts, HostFile } from './types.ts';

const directory = '/etc/social.coop/recovery';

/** The recovery kit, and whom it is encrypted to before it leaves the machine. */
export function recoveryFiles({ config: { recovery }, kit }: HostFacts): HostFile[] {
  if (!recovery || !kit) return [];
  const file = (name: string, content: string, mode: number): HostFile => ({
    path: `${directory}/${name}`,
    mode,
    owner: 'root',
    group: 'root',
    content,
  });
  return [
    file('kit.json', kitText(kit), 0o600),
    file('recipient', `${recovery.recipient}\n`, 0o644),
    file('identity.age', recovery.identity, 0o644),
  ];
}
