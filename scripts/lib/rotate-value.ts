import { VisibleError } from '../../components/errors.ts';
import { bringUp, planUp, refuseLoss } from './bring-up.ts';
import { secretGroups } from './generate-secrets.ts';
import { doorOf, onEach } from './machines.ts';
import { encrypt, openDraft, planDraft, type Run, requireAll, save } from './rotate.ts';
import { type Journal, journalValues, readJournal, writeJournal } from './rotation-journal.ts';
import { secretsOf } from './stack-config.ts';
import { prefix } from './stack-file.ts';

const path = (name: string) => ['config', `${prefix}secrets`, name];

/**
 * A secret that is a value: the new one takes its place in the stack file, the old one stays beside it until the machines
 * have taken the new one and refuse the old. Killed in between, the next run goes on from there.
 */
export async function rotateValue(run: Run, given?: Record<string, string>): Promise<void> {
  const { open, rotation, progress } = run;
  let draft = openDraft(open);
  const begun = readJournal(draft.document);
  await requireAll(open, doorOf(open), progress);
  let old = journalValues(open.config);
  let now = secretsOf(open.config) as Record<string, string>;
  if (begun) {
    progress.note(`an earlier rotation of ${rotation.name} is finished, with the value it made`);
    const plan = await progress.step('plan', () => planUp(open.place));
    refuseLoss(plan, open.place.stack);
    await run.agree(plan);
  } else {
    const values = given ?? made(rotation.secrets[0] ?? '', open.place.stack);
    const secure = await progress.step('new value, encrypted by Pulumi', () =>
      encrypt(open, draft.document, values),
    );
    const journal: Journal = { secret: rotation.name, values: {} };
    for (const name of Object.keys(values)) {
      journal.values[name] = (draft.document.toJS() as { config: Record<string, typeof secure> }).config[
        `${prefix}secrets`
      ]?.[name] as unknown as { secure: string };
      draft.document.setIn(path(name), draft.document.createNode(secure[name]));
    }
    writeJournal(draft.document, journal);
    await run.agree(await planDraft(run, draft, values));
    draft = save(draft);
    old = Object.fromEntries(Object.keys(values).map((name) => [name, String(now[name])]));
    now = { ...now, ...values };
  }
  await bringUp(open.place, progress);
  const name = rotation.secrets[0] ?? '';
  if (rotation.proof) await prove(run, rotation.proof, String(old[name]), String(now[name]));
  writeJournal(draft.document, undefined);
  save(draft);
}

function made(name: string, stack: string): Record<string, string> {
  const group = secretGroups.find(({ secrets }) => (secrets as string[]).includes(name));
  if (!group) throw new Error(`nothing makes ${name}`);
  return group.make(stack);
}

/** The service itself says so: the new value opens it, and the old one no longer does. */
async function prove(run: Run, service: string, old: string, now: string): Promise<void> {
  const { open, progress } = run;
  const primary = { ...open, machines: open.machines.filter(({ role }) => role === 'primary') };
  const ask = async (value: string) => {
    const [answer] = await onEach(primary, doorOf(open), ['instance', 'opens', service], `${value}\n`);
    return answer && 'result' in answer ? answer.result.stdout.trim() : 'no answer';
  };
  await progress.step(`${service} opens to the new value and refuses the old one`, async () => {
    const [withNew, withOld] = [await ask(now), await ask(old)];
    if (withNew === 'opens' && withOld === 'refused') return;
    throw new VisibleError(
      `the rotation is not proven: the new value ${withNew}, the old one ${withOld} — ${service} of ${open.place.stack} — look at it: coop status ${open.place.stack}; then run this again`,
    );
  });
}
