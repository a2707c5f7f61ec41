import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from 'yaml';
import { VisibleError } from '../../components/errors.ts';
import { bringUp, type PlannedStep, planUp, refuseLoss, showPlan } from './bring-up.ts';
import type { Context } from './context.ts';
import { fileDiff } from './file-diff.ts';
import { type Answer, type Door, doorOf, type OpenStack, onEach, withStack } from './machines.ts';
import type { PassphraseSource } from './passphrase.ts';
import type { Progress } from './progress.ts';
import { readStackFile, requireStack, stackFile, textOf } from './stack-file.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

/** An edit of who may log in. */
export interface AdminEdit {
  kind: 'add' | 'remove';
  name: string;
  edit: (document: Document, file: string) => void;
}

export interface EditResult {
  stack: string;
  /** Whether it holds on every machine. */
  ok: boolean;
  /** What happened on each machine, by role. */
  machines: Record<string, string>;
  /** What is left to do, as sentences. */
  remains: string[];
}

/** What the verb shows and asks: the difference in the file and the plan. */
export type Agree = (stack: string, diff: string[], plan: string[]) => Promise<void>;

/** Edits one stack's admins and has it take effect on all its machines. Until `agree` comes back nothing is changed. */
export function editAdmins(
  context: Context,
  stack: string,
  source: PassphraseSource,
  change: AdminEdit,
  agree: Agree,
  progress: Progress,
): Promise<EditResult> {
  requireStack(context.projectDir, stack);
  const file = stackFile(context.projectDir, stack);
  const { text, document } = readStackFile(file);
  change.edit(document, file);
  const next = textOf(document, text);
  return withStack(context, stack, source, async (open) => {
    const candidate = join(open.directory, `Pulumi.${stack}.yaml`);
    writeFileSync(candidate, next, { mode: 0o600 });
    const door = doorOf(open);
    const [plan, reached] = await progress.step(`plan of ${stack}, and its machines asked`, () =>
      Promise.all([
        planUp(open.place, { configFile: candidate }),
        onEach(open, door, ['id', '-u', change.name]),
      ]),
    );
    refuseLoss(plan, stack);
    if (change.kind === 'add') refuseSystemAccount(change.name, reached);
    const away = reached.filter((answer) => 'unreachable' in answer).map(({ machine }) => machine.role);
    await agree(stack, fileDiff(text, next), showPlan(plan));
    if (readStackFile(file).text !== text)
      throw new VisibleError(`the stack file changed meanwhile — ${file} — nothing was written; run again`);
    writeFileAtomically(file, next);
    const machines: Record<string, string> = {};
    const remains: string[] = [];
    if (change.kind === 'remove') await close(open, door, change.name, machines, remains, progress);
    await settle(open, plan, away, progress, remains);
    for (const { role } of open.machines)
      machines[role] ??= away.includes(role) ? 'does not answer: not changed' : 'changed';
    return { stack, ok: remains.length === 0, machines, remains };
  });
}

function refuseSystemAccount(name: string, answers: Answer[]): void {
  for (const answer of answers)
    if ('result' in answer && answer.result.code === 0 && Number(answer.result.stdout) < 1000)
      throw new VisibleError(
        `${name} is a system account — ${answer.machine.role} (${answer.machine.address}) — choose another name; nothing was changed`,
      );
}

/** At once and whatever state the machine is in: an apply takes longer, and stops at files changed by hand. */
async function close(
  open: OpenStack,
  door: Door,
  name: string,
  machines: Record<string, string>,
  remains: string[],
  progress: Progress,
): Promise<void> {
  const { stack } = open.place;
  const answers = await progress.step(`${name} is locked out`, () =>
    onEach(open, door, ['instance', 'access', 'close', name]),
  );
  for (const answer of answers) {
    const { role, address } = answer.machine;
    if ('unreachable' in answer) {
      machines[role] = 'does not answer: not changed';
      remains.push(
        `${role} (${address}) did not answer: ${name} can still log in there if it runs. When it is back: pulumi up -s ${stack}. If it never comes back, switch it off at its provider.`,
      );
    } else if (answer.result.code === 0) machines[role] = 'locked out';
    else {
      machines[role] = 'failed';
      remains.push(
        `${role} (${address}) did not close the account: ${answer.result.stderr.trim() || `exit ${answer.result.code}`}. Do it there: coop ssh ${stack} instance access close ${name}`,
      );
    }
  }
}

/** `pulumi up`; with a machine away only for the others, because waiting for it takes a quarter of an hour. */
async function settle(
  open: OpenStack,
  plan: PlannedStep[],
  away: string[],
  progress: Progress,
  remains: string[],
): Promise<void> {
  const { stack } = open.place;
  const targets = plan.filter(({ name }) => !away.includes(roleOf(name))).map(({ urn }) => urn);
  if (away.length > 0 && remains.length === 0)
    remains.push(
      `${away.join(', ')} did not answer and has not changed. When it is back: pulumi up -s ${stack}`,
    );
  if (plan.length === 0 || (away.length > 0 && targets.length === 0)) return;
  try {
    await bringUp(open.place, progress, away.length > 0 ? { targets } : {});
  } catch (error) {
    if (!(error instanceof VisibleError)) throw error;
    progress.note(error.message);
    remains.push(
      `pulumi up did not come to its end, so a later apply may undo this. Mend what it says, then: pulumi up -s ${stack}`,
    );
  }
}

/** Whose apply a resource is, by its name in the program. */
const roleOf = (name: string): string => (name.includes('secondary') ? 'secondary' : 'primary');
