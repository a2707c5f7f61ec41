import { setTimeout as sleep } from 'node:timers/promises';
import { bare } from '../../components/config/keys.ts';
import { VisibleError } from '../../components/errors.ts';
import { bringUp } from './bring-up.ts';
import { type Answer, type Door, doorOf, onEach } from './machines.ts';
import { makeSshKeyPair } from './openssh.ts';
import { encrypt, openDraft, planDraft, type Run, requireAll, save } from './rotate.ts';
import { type Journal, journalValues, readJournal, writeJournal } from './rotation-journal.ts';
import { prefix } from './stack-file.ts';

type Which = 'hostKey' | 'secondaryHostKey' | 'deployKey';
const publicKeyName = {
  hostKey: 'hostPublicKey',
  secondaryHostKey: 'secondaryHostPublicKey',
  deployKey: 'deployPublicKey',
} as const;
/** A cloud's own entry of the deploy key is made anew with it; no machine is. */
const sshKeyTypes = ['digitalocean:index/sshKey:SshKey', 'hcloud:index/sshKey:SshKey'];

interface Pair {
  privateKey: string;
  publicKey: string;
}

/**
 * A key of SSH itself: machines take the new one and prove it before the stack file does, so that there is always a key
 * that opens. The new one lies in the stack file from the start, so that a run that was killed can be finished.
 */
export async function rotateSshKey(run: Run): Promise<void> {
  const { open, rotation, progress } = run;
  const which = rotation.name as Which;
  let draft = openDraft(open);
  let journal = readJournal(draft.document);
  if (!journal?.placed) {
    const pair = journal
      ? { privateKey: journalValues(open.config)[which] ?? '', publicKey: journal.publicKey ?? '' }
      : makeSshKeyPair(`${which.replace(/(Host)?Key$/, '')}@${open.place.stack}`);
    if (journal) progress.note(`an earlier rotation of ${which} is finished, with the key it made`);
    else await requireAll(open, doorOf(open), progress);
    const values = journal?.values ?? (await encrypt(open, draft.document, { [which]: pair.privateKey }));
    journal = { secret: rotation.name, values, publicKey: pair.publicKey };
    // The plan is of what the stack file will say in the end.
    const end = openDraft(open);
    place(end.document, which, journal);
    await run.agree(await planDraft(run, end, { [which]: pair.privateKey }, sshKeyTypes));
    writeJournal(draft.document, journal);
    draft = save(draft);
    if (which === 'deployKey') await giveDeployKey(run, pair);
    else await giveHostKey(run, pair, which === 'hostKey' ? 'primary' : 'secondary');
    place(draft.document, which, journal);
    draft = save(draft);
  }
  await bringUp(open.place, progress);
  writeJournal(draft.document, undefined);
  save(draft);
}

/** The end of it: the new key where the old one was, and on record that the machines carry it although they booted otherwise. */
function place(document: Parameters<typeof writeJournal>[0], which: Which, journal: Journal): void {
  const config = (name: string) => ['config', `${prefix}${name}`];
  document.setIn([...config('secrets'), which], document.createNode(journal.values[which]));
  document.setIn(config(publicKeyName[which]), journal.publicKey);
  const carried = Object.fromEntries(
    Object.values(publicKeyName).flatMap((name) => {
      const line = document.getIn(config(name));
      return typeof line === 'string' ? [[name, bare(line)]] : [];
    }),
  );
  document.setIn(config('rotated'), document.createNode(carried));
  writeJournal(document, { secret: journal.secret, values: {}, placed: true });
}

/** The new one beside the old, then proven, then alone. */
async function giveDeployKey(run: Run, pair: Pair): Promise<void> {
  const { open, progress } = run;
  const old = doorOf(open);
  const next: Door = { ...old, privateKey: pair.privateKey };
  const lines = `${open.config.values[`${prefix}deployPublicKey`] ?? ''}\n${pair.publicKey}\n`;
  const access = (what: string) => ['instance', 'access', 'deploy-key', what];
  await progress.step('every machine takes the new key beside the old one', async () => {
    const known = await onEach(open, next, ['true']);
    const others = known.flatMap((answer) => ('unreachable' in answer ? [answer.machine] : []));
    requireSuccess(run, await onEach({ ...open, machines: others }, old, access('add'), lines));
  });
  await progress.step('the new key logs in on every machine', async () =>
    requireSuccess(run, await onEach(open, next, ['true'])),
  );
  await progress.step('every machine forgets the old key', async () => {
    requireSuccess(run, await onEach(open, next, access('replace'), lines));
    const still = (await onEach(open, old, ['true'])).filter((answer) => 'result' in answer);
    if (still.length > 0) throw new Error(`the old deploy key still opens ${still[0]?.machine.address}`);
  });
}

/** sshd shows one key of a kind: the machine changes over in a moment, and coop believes both meanwhile. */
async function giveHostKey(run: Run, pair: Pair, role: string): Promise<void> {
  const open = { ...run.open, machines: run.open.machines.filter((machine) => machine.role === role) };
  const old = doorOf(open);
  const believing = (keys: string[]): Door => ({ ...old, hostKeys: { [role]: keys } });
  const both = believing([...(old.hostKeys[role] ?? []), pair.publicKey]);
  await run.progress.step(`the ${role} takes the new host key`, async () =>
    requireSuccess(run, await onEach(open, both, ['instance', 'access', 'host-key'], pair.privateKey)),
  );
  await run.progress.step(`the ${role} shows the new host key`, async () => {
    let answers: Answer[] = [];
    // While sshd reads its configuration anew it lets nobody in for a moment.
    for (const seconds of [0, 1, 2, 4, 8]) {
      await sleep(seconds * 1000);
      answers = await onEach(open, believing([pair.publicKey]), ['true']);
      if (answers.every((answer) => 'result' in answer)) break;
    }
    requireSuccess(run, answers);
  });
}

function requireSuccess({ rotation, open }: Run, answers: Answer[]): void {
  for (const answer of answers) {
    if ('result' in answer && answer.result.code === 0) continue;
    const said =
      'result' in answer ? answer.result.stderr.trim() || `exit ${answer.result.code}` : answer.unreachable;
    throw new VisibleError(
      `the rotation stopped: ${said} — ${answer.machine.role} (${answer.machine.address}) — mend that, then finish it: coop rotate ${rotation.name} ${open.place.stack}`,
    );
  }
}
