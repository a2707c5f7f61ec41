import type { Command } from 'commander';
import { nearest } from '../../components/config/nearest.ts';
import { secrets as schema } from '../../components/config/secrets.ts';
import { VisibleError } from '../../components/errors.ts';
import { type PlannedStep, showPlan } from '../lib/bring-up.ts';
import { announce, findContext } from '../lib/context.ts';
import { withStack } from '../lib/machines.ts';
import { withPassphraseOptions } from '../lib/options.ts';
import type { PassphraseSource } from '../lib/passphrase.ts';
import { makeProgress } from '../lib/progress.ts';
import { askHidden, canAsk, confirm } from '../lib/prompt.ts';
import { readGiven } from '../lib/read-given.ts';
import type { Run } from '../lib/rotate.ts';
import { rotateCloudKey } from '../lib/rotate-cloud-key.ts';
import { rotateSshKey } from '../lib/rotate-ssh-key.ts';
import { rotateValue } from '../lib/rotate-value.ts';
import { readJournal, refuseOther } from '../lib/rotation-journal.ts';
import { type Rotation, rotations } from '../lib/rotations.ts';
import { configOf, readStackFile, requireStack, stackFile } from '../lib/stack-file.ts';
import { verb } from '../lib/verb.ts';

interface Flags extends PassphraseSource {
  list?: boolean;
  fromFile?: string;
  evenSo?: boolean;
  yes?: boolean;
  json?: boolean;
  color?: boolean;
}

/** `coop rotate SECRET STACK`: a new value for one secret, everywhere it is used. */
export function rotateVerb(): Command {
  const command = verb('rotate', {
    summary: 'give one secret of a stack a new value, everywhere it is used',
    details: `Says what will happen, in which order, what members notice and what ends with the old value; asks; does it; and proves that
the old value no longer opens anything, where that can be asked. The old value is kept until the new one works. Stopped
in between, the same command finishes it. Commit the stack file afterwards.`,
    examples: [
      ['coop rotate --list', 'every secret: how, what restarts, what breaks, whether it can be undone'],
      ['coop rotate databasePassword staging', 'made here, known to nobody'],
      [
        'coop rotate smtpPassword prod --from-file new',
        'made elsewhere: from a file, - for stdin, or asked for',
      ],
      ['coop rotate vapid prod --even-so --yes', 'with the loss it brings'],
    ],
  })
    .argument('[secret]', 'which one; see --list')
    .argument('[stack]', 'whose')
    .option('--list', 'the secrets, and what rotating each means')
    .option('--from-file <file>', 'file with the new value, for one that is made elsewhere; - reads stdin')
    .option('--even-so', 'accept what ends with the old value')
    .option('-y, --yes', 'do not ask');
  return withPassphraseOptions(command).action(rotate);
}

async function rotate(name: string | undefined, stack: string | undefined, flags: Flags): Promise<void> {
  const context = findContext();
  announce(context, stack);
  if (flags.list || name === undefined) return list(flags);
  const rotation = find(name);
  if (stack === undefined)
    throw new VisibleError(`no stack — coop rotate ${name} — say whose: coop rotate ${name} STACK`);
  requireStack(context.projectDir, stack);
  const file = stackFile(context.projectDir, stack);
  const { document } = readStackFile(file);
  const journal = readJournal(document);
  refuseOther(journal, name, stack);
  if (rotation.way === 'never')
    throw new VisibleError(`${name} ${rotation.downtime} — stack ${stack} — instead: ${rotation.undo}`);
  const { secrets = {} } = configOf(document, () => undefined) as { secrets?: object };
  if (rotation.secrets.length > 0 && !rotation.secrets.some((secret) => secret in secrets))
    throw new VisibleError(
      `${stack} has no ${name} — ${file} — nothing to rotate; its secrets: ${Object.keys(secrets).join(', ')}`,
    );
  const given = rotation.way === 'given' && !journal ? await newValues(rotation, flags) : undefined;
  await withStack(context, stack, flags, async (open) => {
    const run: Run = {
      open,
      rotation,
      progress: makeProgress(process.stderr, flags),
      agree: (plan) => agree(rotation, plan, flags),
    };
    if (rotation.way === 'ssh-key') await rotateSshKey(run);
    else if (rotation.way === 'cloud-key') await rotateCloudKey(run);
    else await rotateValue(run, given);
  });
  const next = rotation.secrets.length > 0 ? `commit Pulumi.${stack}.yaml` : undefined;
  const after = rotation.way === 'given' ? rotation.order.at(-1) : undefined;
  if (flags.json) process.stdout.write(`${JSON.stringify({ ok: true, stack, secret: name }, null, 2)}\n`);
  else
    process.stdout.write(
      `${[`${name} of ${stack} is another one now`, next, after].filter(Boolean).join('\n')}\n`,
    );
}

function find(name: string): Rotation {
  const names = rotations.map((rotation) => rotation.name);
  const found = rotations.find((rotation) => rotation.name === name);
  if (found) return found;
  const meant = nearest(name, names);
  throw new VisibleError(
    `no secret ${name} — coop rotate — ${meant ? `did you mean ${meant}?` : `one of ${names.join(', ')}`}`,
  );
}

/** Values that are made elsewhere: one a line of the file, in the order of the table. */
async function newValues({ secrets: names }: Rotation, flags: Flags): Promise<Record<string, string>> {
  let values: string[] = [];
  if (flags.fromFile) values = readGiven(flags.fromFile, 'the new value').trim().split('\n');
  else if (canAsk() && !flags.json) for (const name of names) values.push(await askHidden(`New ${name}`));
  else
    throw new VisibleError(
      `no new value — ${names.join(', ')} — give it: --from-file FILE, or --from-file - for stdin; one a line`,
    );
  if (values.length !== names.length)
    throw new VisibleError(
      `${values.length} lines where ${names.length} are wanted — ${names.join(', ')} — one a line, in this order`,
    );
  return Object.fromEntries(
    names.map((name, index) => {
      const found = schema.shape[name].safeParse(values[index]?.trim());
      if (found.success && found.data) return [name, found.data];
      throw new VisibleError(
        `the new value ${found.error?.issues[0]?.message ?? 'is empty'} — ${name} — make another; nothing was changed`,
      );
    }),
  );
}

async function agree(rotation: Rotation, plan: PlannedStep[], flags: Flags): Promise<void> {
  process.stderr.write(`${describe(rotation).join('\n')}\nplan:\n${showPlan(plan).join('\n')}\n`);
  if (rotation.loses && !flags.evenSo && (flags.yes || flags.json || !canAsk()))
    throw new VisibleError(
      `this ends something for good: ${rotation.loses} — ${rotation.name} — say that you want it: --even-so; nothing was changed`,
    );
  if (flags.yes) return;
  if (!canAsk() || flags.json)
    throw new VisibleError(
      `nobody can be asked — ${rotation.name} — read the plan above, then say --yes; nothing was changed`,
    );
  if (!(await confirm(rotation.loses ? 'Do this, with what it ends?' : 'Do this?')))
    throw new VisibleError('stopped — at the prompt — nothing was changed; run again when ready');
}

/** One secret, for people. */
function describe({ name, what, order, downtime, loses, undo }: Rotation): string[] {
  return [
    `${name}: ${what}`,
    ...order.map((step, index) => `  ${index + 1}. ${step}`),
    `  ${order.length > 0 ? 'downtime: ' : ''}${downtime}`,
    ...(loses ? [`  ends for good: ${loses}`] : []),
    `  ${order.length > 0 ? 'can be undone: ' : 'instead: '}${undo}`,
  ];
}

function list(flags: Flags): void {
  if (flags.json) process.stdout.write(`${JSON.stringify({ ok: true, secrets: rotations }, null, 2)}\n`);
  else process.stdout.write(`${rotations.map((rotation) => describe(rotation).join('\n')).join('\n\n')}\n`);
}
