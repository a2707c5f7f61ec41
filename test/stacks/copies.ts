import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { paths } from '../../lab/paths.ts';
import { makeSshKeyPair } from '../../scripts/lib/openssh.ts';
import { Stack } from './stacks.ts';
import { inLab, must, run } from './support.ts';

/** A plain stack that is a fenced copy of another: its file, its keys, and `pulumi up`. */
export class Copy extends Stack {
  constructor(name: string, source: Stack) {
    super({ ...source, name, federation: 'off', provider: 'digitalocean' });
  }

  get file(): string {
    return join(paths.project, `Pulumi.${this.name}.yaml`);
  }

  /** Writes the stack file as somebody would, and gives it the two keys that are its own. */
  async make(restore: Record<string, unknown>): Promise<void> {
    const [host, deploy] = [makeSshKeyPair('host'), makeSshKeyPair('deploy')];
    const config = {
      'instance:restore': restore,
      'instance:primary': { provider: 'digitalocean', region: 'fra1', size: 's-4vcpu-8gb' },
      'instance:hostPublicKey': host.publicKey,
      'instance:deployPublicKey': deploy.publicKey,
    };
    writeFileSync(this.file, stringify({ config }, { lineWidth: 0 }), { mode: 0o600 });
    await must(inLab('pulumi', 'stack', 'init', this.name, '--no-select'));
    for (const [name, { privateKey }] of [
      ['hostKey', host],
      ['deployKey', deploy],
    ] as const)
      await must(this.pulumiCommand('config', 'set', '--secret', '--path', `instance:secrets.${name}`), {
        input: privateKey,
      });
  }

  /** Takes it down, whatever became of it. */
  async remove(): Promise<void> {
    if (!existsSync(this.file)) return;
    await run(this.pulumiCommand('destroy', '--yes', '--skip-preview', '--remove'), { seconds: 170 });
    rmSync(this.file, { force: true });
  }
}
