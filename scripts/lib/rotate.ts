import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from 'yaml';
import { VisibleError } from '../../components/errors.ts';
import { findBackend } from './backend.ts';
import { type PlannedStep, planUp, refuseLoss } from './bring-up.ts';
import { encryptSecrets } from './encrypt.ts';
import { type Door, type OpenStack, onEach } from './machines.ts';
import type { Progress } from './progress.ts';
import type { Rotation } from './rotations.ts';
import { readStackConfig, secretsOf } from './stack-config.ts';
import { prefix, readStackFile, stackFile, textOf } from './stack-file.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

/** One run of `coop rotate` on one stack. */
export interface Run {
  open: OpenStack;
  rotation: Rotation;
  progress: Progress;
  /** Shows the plan and asks; until it comes back nothing is changed. */
  agree(plan: PlannedStep[]): Promise<void>;
}

/** A rotation that one machine sleeps through would leave two truths. */
export async function requireAll(open: OpenStack, door: Door, progress: Progress): Promise<void> {
  if (open.machines.length === 0)
    throw new VisibleError(
      `stack ${open.place.stack} has no machine — its outputs name no address — bring it up with: pulumi up -s ${open.place.stack}`,
    );
  const answers = await progress.step('every machine answers', () => onEach(open, door, ['true']));
  const away = answers.flatMap((answer) => ('unreachable' in answer ? [answer] : []));
  if (away.length === 0) return;
  throw new VisibleError(
    `${away.map(({ machine }) => machine.role).join(', ')} does not answer — ${away[0]?.unreachable} — bring it back first, or take it out of the stack; nothing was changed`,
  );
}

/** A stack file under edit. */
export interface Draft {
  file: string;
  text: string;
  document: Document;
}

export function openDraft({ place }: OpenStack): Draft {
  const file = stackFile(place.projectDir, place.stack);
  return { file, ...readStackFile(file) };
}

/** Has Pulumi encrypt values on the stack's own key. */
export async function encrypt(
  { place, directory }: OpenStack,
  document: Document,
  values: Record<string, string>,
): Promise<Record<string, { secure: string }>> {
  writeFileSync(join(directory, 'Pulumi.yaml'), `name: ${prefix.slice(0, -1)}\nruntime: nodejs\n`);
  const backend = findBackend(place.projectDir, place.env);
  const { secrets } = await encryptSecrets(values, {
    stack: place.stack,
    workDir: directory,
    env: { ...place.env, ...(backend ? { PULUMI_BACKEND_URL: backend } : {}) },
    stackFile: (document.toJS() ?? {}) as Record<string, unknown>,
  });
  return Object.fromEntries(Object.entries(secrets).map(([name, secure]) => [name, { secure }]));
}

/** What `pulumi up` would do with the draft; the secrets in it must read back as they were meant. */
export async function planDraft(
  { open, progress }: Run,
  { text, document }: Draft,
  meant: Record<string, string>,
  replaced: string[] = [],
): Promise<PlannedStep[]> {
  const candidate = join(open.directory, `Pulumi.${open.place.stack}.yaml`);
  writeFileSync(candidate, textOf(document, text), { mode: 0o600 });
  return progress.step('plan', async () => {
    const secrets = secretsOf(await readStackConfig(open.place, candidate));
    for (const [name, value] of Object.entries(meant))
      if (secrets[name] !== value) throw new Error(`${name} does not survive encryption`);
    const plan = await planUp(open.place, { configFile: candidate });
    refuseLoss(plan, open.place.stack, replaced);
    return plan;
  });
}

/** Puts the draft in the place of the file it was made from, and begins the next draft. */
export function save(draft: Draft): Draft {
  if (readStackFile(draft.file).text !== draft.text)
    throw new VisibleError(
      `the stack file changed meanwhile — ${draft.file} — run again: what is under way is finished then`,
    );
  const text = textOf(draft.document, draft.text);
  if (text !== draft.text) writeFileAtomically(draft.file, text);
  return { ...draft, text };
}
