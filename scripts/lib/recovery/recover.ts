import { type Document, isMap } from 'yaml';
import type { RecoverConfig } from '../../../components/config/types.ts';
import { VisibleError } from '../../../components/errors.ts';
import type { Kit } from '../../../components/recovery/kit.ts';
import { readKit } from '../../../components/recovery/read-kit.ts';
import { type StackState, stands } from '../../doctor/state.ts';
import { bringUp } from '../bring-up.ts';
import { type InitResult, initStack } from '../init.ts';
import type { Progress } from '../progress.ts';
import type { StackPlace } from '../stack-config.ts';
import { prefix, readStackFile, stackFile, textOf } from '../stack-file.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';
import { type Ask, type ReadableBucket, readObject } from './bucket.ts';
import { openIdentity, openSealed } from './identity.ts';
import { plainOf, secretsOf } from './kit-file.ts';

export interface FoundKit {
  kit: Kit;
  /** When the machine put it into the bucket. */
  stored: Date | undefined;
}

/** The kit out of a bucket, opened with the passphrase; nothing is written anywhere. */
export async function findKit(from: ReadableBucket, passphrase: string, ask: Ask): Promise<FoundKit> {
  const place = (key: string) => `s3://${from.bucket}/${key}`;
  const [identity, sealed] = ['recovery/identity.age', 'recovery/kit.age'];
  const found = [await readObject(from, identity, ask), await readObject(from, sealed, ask)] as const;
  const secret = await openIdentity(Buffer.from(found[0].bytes).toString(), passphrase, place(identity));
  const text = await openSealed(found[1].bytes, secret, place(sealed));
  return { kit: readKit(text, place(sealed)), stored: found[1].stored };
}

/** Refuses where nothing is lost: a stack file with secrets, or a state that knows a server; and a kit of something else. */
export function refuseWhatIsThere(
  { projectDir, stack }: StackPlace,
  { bucket }: ReadableBucket,
  kit: Kit,
  state: StackState | undefined,
): void {
  if (kit.stack !== stack)
    throw new VisibleError(
      `the recovery kit is of another stack — ${kit.stack}, not ${stack} — for that one: coop recover ${kit.stack}; nothing was written`,
    );
  const { bucket: kits } = kit.buckets.backups;
  if (kits !== bucket)
    throw new VisibleError(
      `the recovery kit is of a server with another bucket of backups — ${kits}, not ${bucket} — say --bucket ${kits}, or copy everything back into it: the new server goes on there; nothing was written`,
    );
  const file = stackFile(projectDir, stack);
  if (readStackFile(file).document.hasIn(['config', `${prefix}secrets`]))
    throw new VisibleError(
      `the stack file is there, with its secrets — ${file} — it is not lost: use it; to begin from the kit nevertheless, move it away first; nothing was written`,
    );
  if (stands(state))
    throw new VisibleError(
      `the state knows a server of ${stack} — stack ${stack} — its state is not lost: get the stack file from git or a colleague, and see: pulumi stack -s ${stack}; nothing was written`,
    );
}

/** The stack file as it was, its secrets encrypted with the passphrase at hand, fresh SSH keys; and the stack in the state. */
export async function writeStack(
  place: StackPlace,
  { kit }: FoundKit,
  where: string,
  changes: Record<string, unknown>,
  progress: Progress,
): Promise<InitResult> {
  const { projectDir, stack, env } = place;
  const answers = { ...plainOf(kit, projectDir), ...changes };
  return initStack({
    projectDir,
    stack,
    env,
    answers,
    before: (document) => clear(document, answers),
    secrets: secretsOf(kit, where),
    resolveImages: false,
    progress,
  });
}

/** How long the stack is to stay is not in a kit. */
const kept = ['protect', 'expires'].map((name) => prefix + name);

/** The kit has the last word: what a file that ships says beside it goes. */
function clear(document: Document, answers: Record<string, unknown>): void {
  const config = document.get('config');
  if (!isMap(config)) return;
  const said = (document.toJS() as { config: Record<string, unknown> }).config;
  for (const [key, value] of Object.entries(said)) {
    if (!key.startsWith(prefix) || kept.includes(key)) continue;
    if (JSON.stringify(answers[key.slice(prefix.length)]) !== JSON.stringify(value)) config.delete(key);
  }
}

const key = ['config', `${prefix}recover`];

/** What a stack file says of a recovery that was begun and did not come to its end; undefined where there was none. */
export function begun({ projectDir, stack }: StackPlace): RecoverConfig | undefined {
  const { document } = readStackFile(stackFile(projectDir, stack));
  return (document.toJS() as { config?: Record<string, RecoverConfig> } | null)?.config?.[key[1] as string];
}

/** A recovery that was begun goes on from another backup: that one is damaged is seen only when it is fetched. */
export function beginWith({ projectDir, stack }: StackPlace, backup: string): void {
  const file = stackFile(projectDir, stack);
  const { text, document } = readStackFile(file);
  document.setIn([...key, 'backup'], backup);
  writeFileAtomically(file, textOf(document, text));
}

/**
 * Makes the server, takes the buckets over and brings the database back, as the stack file says; then the file says it no
 * more, and the stack is one like any other. Safe to run again from any point.
 */
export async function bringBack(place: StackPlace, progress: Progress): Promise<void> {
  await bringUp(place, progress);
  const file = stackFile(place.projectDir, place.stack);
  const { text, document } = readStackFile(file);
  document.deleteIn(key);
  writeFileAtomically(file, textOf(document, text));
  await bringUp(place, progress);
}
