import { readFileSync } from 'node:fs';
import { VisibleError } from '../../../../components/errors.ts';
import { initStack } from '../../init.ts';
import { showProblem } from '../../init-report.ts';
import { makeSshKeyPair } from '../../openssh.ts';
import type { Progress } from '../../progress.ts';
import type { StackPlace } from '../../stack-config.ts';
import { prefix, stackFile } from '../../stack-file.ts';
import { writeFileAtomically } from '../../write-file-atomically.ts';
import type { RehearsalMachine } from '../machine.ts';
import { ownerHere, withOwner } from '../owner.ts';
import { createRehearsalStack, keyService, type RehearsalStack, removeRehearsalStack } from '../stack.ts';
import type { Base } from './base.ts';
import type { Dump } from './candidates.ts';
import type { DumpPlace } from './place.ts';
import { shown } from './place.ts';

export interface DumpPlan {
  place: DumpPlace;
  dumps: readonly Dump[];
  base: Base;
  machine: RehearsalMachine;
  hours: number;
}

/** A stack of its own by `coop init`'s own code: every secret that the old server's file did not give is made for it. */
export async function makeDumpStack(
  source: StackPlace,
  plan: DumpPlan,
  progress: Progress,
): Promise<RehearsalStack> {
  const { place, began } = await createRehearsalStack(source);
  try {
    return await fill(place, began, source, plan, progress);
  } catch (error) {
    await removeRehearsalStack(place).catch(() => {});
    throw error;
  }
}

async function fill(
  { projectDir, stack, env }: StackPlace,
  began: Date,
  source: StackPlace,
  { place, dumps, base, machine, hours }: DumpPlan,
  progress: Progress,
): Promise<RehearsalStack> {
  const host = makeSshKeyPair(`host@${stack}`);
  const deploy = makeSshKeyPair(`deploy@${stack}`);
  const owner = ownerHere(shown(place));
  const file = stackFile(projectDir, stack);
  const { endpoint, region, bucket, accessKey, secretKey } = place;
  // In quotes: Pulumi makes of a bare day what nobody wrote.
  const expires = new Date(+began + 86_400_000).toISOString().slice(0, 10);
  writeFileAtomically(file, withOwner(`config:\n  ${prefix}expires: '${expires}'\n`, owner));
  const { problems } = await initStack({
    ...{ projectDir, stack, env, progress, select: false },
    before: (document) => {
      for (const [key, value] of Object.entries(keyService(source))) document.set(key, value);
    },
    answers: {
      ...base.config,
      restore: {
        dump: { endpoint, region, bucket, keys: dumps.map(({ key }) => key), secrets: base.old.complete },
        media: 'empty',
        hours,
      },
      primary: machine,
      hostPublicKey: host.publicKey,
      deployPublicKey: deploy.publicKey,
    },
    secrets: {
      ...base.old.secrets,
      hostKey: host.privateKey.trimEnd(),
      deployKey: deploy.privateKey.trimEnd(),
      dumpAccessKey: accessKey,
      dumpSecretKey: secretKey,
    },
  });
  if (problems.length > 0)
    throw new VisibleError(
      `the copy cannot be described — ${shown(place)} —\n${problems.map(showProblem).join('\n')}\nnothing was made`,
    );
  writeFileAtomically(file, withOwner(readFileSync(file, 'utf8'), owner));
  return { place: { projectDir, stack, env }, began, owner, host, deploy };
}
