import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labDir } from '../../lab/paths.ts';
import { inLab } from './measure.ts';

const directory = join(labDir, 'bench-empty');
const where = ['--cwd', directory, '--stack', 'empty', '--non-interactive'];

/** The baseline: a Pulumi TypeScript program with nothing in it, run by the same engine in the same way. */
export async function makeEmpty(): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const project = 'name: empty\nruntime:\n  name: nodejs\n  options: { typescript: false }\nmain: index.ts\n';
  writeFileSync(join(directory, 'Pulumi.yaml'), project);
  writeFileSync(join(directory, 'package.json'), '{ "type": "module", "main": "index.ts" }\n');
  writeFileSync(join(directory, 'index.ts'), "import '@pulumi/pulumi';\n");
  await inLab('pulumi', 'stack', 'init', '--cwd', directory, 'empty', '--non-interactive').catch(
    () => undefined,
  );
  await upEmpty();
}

export const previewEmpty = () => inLab('pulumi', 'preview', ...where);
export const upEmpty = (...more: string[]) =>
  inLab('pulumi', 'up', ...where, '--yes', '--skip-preview', ...more);
