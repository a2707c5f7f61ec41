import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machinePaths } from './names.ts';
import type { MachineSpec } from './types.ts';

/** What cloud-init reads at first boot: its NoCloud data source, by file name. */
export function seedFiles(spec: MachineSpec): Record<string, string> {
  return {
    // JSON is YAML.
    'meta-data': `${JSON.stringify({ 'instance-id': spec.id, 'local-hostname': spec.name, 'public-keys': spec.sshKeys })}\n`,
    'user-data': spec.userData || '#cloud-config\n{}\n',
  };
}

/** User data carries the host's private key: for root's eyes only, here and in the machine. */
export function writeSeed(spec: MachineSpec): void {
  const { seed } = machinePaths(spec.id);
  mkdirSync(seed, { recursive: true, mode: 0o700 });
  for (const [file, content] of Object.entries(seedFiles(spec)))
    writeFileSync(join(seed, file), content, { mode: 0o600 });
}
