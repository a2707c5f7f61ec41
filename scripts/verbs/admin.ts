import type { Command } from 'commander';
import { VisibleError } from '../../components/errors.ts';
import { addAdmin, adminsOf, describeKey, readKeys, removeAdmin } from '../lib/admins.ts';
import { announce, findContext } from '../lib/context.ts';
import { type AdminEdit, type Agree, type EditResult, editAdmins } from '../lib/edit-admins.ts';
import { leaving, showLeaving } from '../lib/leaving.ts';
import { withPassphraseOptions } from '../lib/options.ts';
import type { PassphraseSource } from '../lib/passphrase.ts';
import { makeProgress } from '../lib/progress.ts';
import { canAsk, confirm } from '../lib/prompt.ts';
import { readGiven } from '../lib/read-given.ts';
import { configOf, readStackFile, requireStack, stackFile } from '../lib/stack-file.ts';
import { verb } from '../lib/verb.ts';

interface Flags extends PassphraseSource {
  key?: string;
  another?: boolean;
  yes?: boolean;
  json?: boolean;
  color?: boolean;
}

/** `coop admin add|remove|list`: who may log in, on every machine of a stack. */
export function adminVerb(): Command {
  return verb('admin', {
    summary: 'who may log in to the machines: add, remove, list',
    details: `Admins have an account of their own on every machine of a stack, their own SSH keys and sudo. They stand in the stack file
under admins.`,
    examples: [
      ['coop admin add ana staging prod --key ana.pub', 'on every machine of both stacks'],
      ['coop admin remove ana staging prod', 'at once, and what to rotate afterwards'],
      ['coop admin list prod', 'who they are'],
    ],
  })
    .enablePositionalOptions()
    .addCommand(addVerb())
    .addCommand(removeVerb())
    .addCommand(listVerb());
}

function addVerb(): Command {
  const command = verb('add', {
    summary: 'give a person an account with sudo on every machine',
    details: `Adds the person to the stack file, shows the difference and the plan, asks, and runs pulumi up, which replaces no machine.
Commit the stack file afterwards.`,
    examples: [
      ['coop admin add ana staging --key ana.pub', 'their public key from a file'],
      ['curl -fsS https://github.com/ana.keys | coop admin add ana prod --key - --yes', 'from stdin'],
      ['coop admin add ana prod --key laptop.pub --another', 'a further key of theirs'],
    ],
  })
    .argument('<name>', 'user name on the machines')
    .argument('<stacks...>', 'whose machines')
    .requiredOption('--key <file>', 'file with their public keys, one a line; - reads stdin')
    .option('--another', 'they are an admin already: this is a further key')
    .option('-y, --yes', 'do not ask');
  return withPassphraseOptions(command).action((name: string, stacks: string[], flags: Flags) => {
    const from = flags.key === '-' ? 'stdin' : String(flags.key);
    const keys = readKeys(readGiven(String(flags.key), 'the public key (.pub)'), from);
    return change(stacks, flags, {
      kind: 'add',
      name,
      edit: (document, file) => addAdmin(document, file, name, keys, flags),
    });
  });
}

function removeVerb(): Command {
  const command = verb('remove', {
    summary: 'take a person off every machine at once, and say what to rotate',
    details: `Takes the person out of the stack file, shows the difference and the plan, asks; then locks them out of every machine at once
(keys, account, sudo, whatever they have running), and runs pulumi up, so that it stays so. Ends with what they could have
read, and how each of it is rotated. The last admin cannot be removed.`,
    examples: [
      ['coop admin remove ana staging prod', 'on every machine of both stacks'],
      ["coop admin remove ana prod --yes --json | jq '.leaving'", 'what to rotate, for programs'],
    ],
  })
    .argument('<name>', 'user name on the machines')
    .argument('<stacks...>', 'whose machines')
    .option('-y, --yes', 'do not ask');
  return withPassphraseOptions(command).action((name: string, stacks: string[], flags: Flags) =>
    change(stacks, flags, {
      kind: 'remove',
      name,
      edit: (document, file) => removeAdmin(document, file, name),
    }),
  );
}

function listVerb(): Command {
  return verb('list', {
    summary: 'list the admins of a stack and their keys',
    examples: [
      ['coop admin list prod', 'names and fingerprints, as the stack file has them'],
      ['coop admin list prod --json', 'for programs'],
    ],
  })
    .argument('<stack>', 'whose file is read')
    .action((stack: string, flags: Flags) => {
      const context = findContext();
      announce(context, stack);
      requireStack(context.projectDir, stack);
      const admins = adminsOf(readStackFile(stackFile(context.projectDir, stack)).document);
      const list = Object.entries(admins).map(([name, keys]) => ({ name, keys: keys.map(describeKey) }));
      if (flags.json) process.stdout.write(`${JSON.stringify({ ok: true, stack, admins: list }, null, 2)}\n`);
      else
        for (const { name, keys } of list)
          for (const [index, { type, fingerprint, comment }] of keys.entries())
            process.stdout.write(
              `${(index === 0 ? name : '').padEnd(16)} ${type} ${fingerprint} ${comment}\n`,
            );
    });
}

async function change(stacks: string[], flags: Flags, edit: AdminEdit): Promise<void> {
  const context = findContext();
  // Everything that can be refused without asking anybody, for every stack, before the first one changes.
  for (const stack of stacks) {
    announce(context, stack);
    requireStack(context.projectDir, stack);
    const file = stackFile(context.projectDir, stack);
    edit.edit(readStackFile(file).document, file);
  }
  const progress = makeProgress(process.stderr, flags);
  const results: EditResult[] = [];
  for (const stack of new Set(stacks)) {
    if (stacks.length > 1) announce(context, stack);
    results.push(await editAdmins(context, stack, flags, edit, agreeWith(flags), progress));
  }
  const ok = results.every((result) => result.ok);
  const todo =
    edit.kind === 'remove' ? results.map(({ stack }) => whatToRotate(context.projectDir, stack)) : [];
  if (flags.json)
    process.stdout.write(
      `${JSON.stringify({ ok, stacks: results, ...(edit.kind === 'remove' ? { leaving: todo } : {}) }, null, 2)}\n`,
    );
  else {
    for (const result of results) process.stdout.write(show(edit, result));
    for (const list of todo) process.stdout.write(`\n${showLeaving(edit.name, list)}`);
  }
  if (!ok) process.exitCode = 1;
}

const whatToRotate = (projectDir: string, stack: string) =>
  leaving(
    stack,
    configOf(readStackFile(stackFile(projectDir, stack)).document, () => '[secret]'),
  );

function agreeWith(flags: Flags): Agree {
  return async (stack, diff, plan) => {
    const lines = [
      `Pulumi.${stack}.yaml:`,
      ...diff,
      'plan:',
      ...(plan.length > 0 ? plan : ['  nothing to do on the machines']),
    ];
    process.stderr.write(`${lines.join('\n')}\n`);
    if (flags.yes) return;
    if (!canAsk() || flags.json)
      throw new VisibleError(
        `nobody can be asked — ${stack} — read the plan above, then say --yes; nothing was changed`,
      );
    if (!(await confirm('Do this?')))
      throw new VisibleError('stopped — at the prompt — nothing was written; run again when ready');
  };
}

function show(edit: AdminEdit, { stack, ok, machines, remains }: EditResult): string {
  const places = Object.entries(machines).map(([role, what]) => `  ${role}: ${what}`);
  const headline =
    edit.kind === 'add'
      ? `${edit.name} may log in: coop ssh --as ${edit.name} ${stack}`
      : `${edit.name} is no longer an admin of ${stack}`;
  const next = `commit Pulumi.${stack}.yaml`;
  return `${[ok ? headline : `${stack}: not done everywhere`, ...places, ...remains.map((line) => `left to do: ${line}`), next].join('\n')}\n`;
}
