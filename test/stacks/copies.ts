import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from '../../lab/paths.ts';
import { Stack } from './stacks.ts';
import { run } from './support.ts';

/** A plain stack that is a fenced copy of another: `coop init`, and `pulumi up`. */
export class Copy extends Stack {
  constructor(name: string, source: Stack) {
    super({ ...source, name, federation: 'off', provider: 'digitalocean' });
  }

  /** As somebody makes it who knows nothing but the name of the source. */
  async make(restore: Record<string, string>): Promise<void> {
    const set = Object.entries(restore).flatMap(([key, value]) => ['--set', `restore.${key}=${value}`]);
    await this.coop('init', '--yes', ...set);
  }

  /** Takes it down, whatever became of it. */
  async remove(): Promise<void> {
    const file = join(paths.project, `Pulumi.${this.name}.yaml`);
    if (!existsSync(file)) return;
    await run(this.pulumiCommand('destroy', '--yes', '--skip-preview', '--remove'), { seconds: 170 });
    rmSync(file, { force: true });
  }
}
