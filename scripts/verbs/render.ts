import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Role } from '../../components/machine/machine.ts';
import { announce, findContext } from '../lib/context.ts';
import { verb } from '../lib/verb.ts';

interface Flags {
  out: string;
  machine: Role;
  json?: boolean;
}

/** `coop render STACK --out DIR`: what would land on the machine. */
export function renderVerb(): Command {
  return verb('render', {
    summary: 'write what would land on the machine, secrets masked',
    details: `Writes every file of the host tree below DIR, at the path and with the mode it has on the machine; secrets are
placeholders of the same shape. Needs no engine, no network and no passphrase: for reading, comparing, and checking with
the tools' own linters.`,
    examples: [
      ['coop render staging --out tree', 'then: less tree/etc/nginx/…'],
      ['coop render staging --out before', 'change something, render again elsewhere, and: diff -r'],
      ['coop render prod --out tree --machine secondary', 'the machine that stands by'],
      ['coop render staging --out tree --json', 'the list of files with modes and owners'],
    ],
  })
    .argument('<stack>', 'whose file is read')
    .requiredOption('--out <dir>', 'empty, new, or written by an earlier render')
    .addOption(
      new Option('--machine <role>', 'which of its machines')
        .choices(['primary', 'secondary'])
        .default('primary'),
    )
    .action(render);
}

async function render(stack: string, flags: Flags): Promise<void> {
  const context = findContext();
  announce(context, stack);
  // Only here, so that other verbs do not wait for them.
  const { renderFacts } = await import('../lib/render-facts.ts');
  const { renderHost } = await import('../../components/host/render.ts');
  const { writeTree } = await import('../lib/render-dir.ts');
  const { facts, placeholders } = renderFacts(context.projectDir, stack, flags.machine);
  const files = renderHost(facts);
  const out = resolve(flags.out);
  writeTree(out, stack, files);
  if (flags.json) {
    const list = files.map(({ path, mode, owner, group }) => ({
      path,
      mode: mode.toString(8).padStart(4, '0'),
      owner,
      group,
    }));
    process.stdout.write(`${JSON.stringify({ ok: true, out, placeholders, files: list }, null, 2)}\n`);
    return;
  }
  for (const placeholder of placeholders) process.stderr.write(`placeholder: ${placeholder}\n`);
  process.stdout.write(`${files.length} files in ${out}\n`);
}
