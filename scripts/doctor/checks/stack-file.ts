import { missingSecrets } from '../../lib/plan-secrets.ts';
import { run } from '../../lib/run.ts';
import { stackFile } from '../../lib/stack-file.ts';
import { stands } from '../state.ts';
import { type Check, type Finding, failure, ok, type Patient, skipped, warning } from '../types.ts';

/** The stack file: every secret in it, the same as the state was written with, and in git. */
export const stackFileCheck: Check = {
  name: 'stack file',
  ofStack: true,
  async run(patient) {
    const { plain, stack = '' } = patient;
    const file = `Pulumi.${stack}.yaml`;
    // Only names: what is in them needs the passphrase.
    const there = Object.keys((plain.secrets ?? {}) as object);
    const missing = missingSecrets(plain, there);
    const state = await patient.state().catch(() => undefined);
    return [
      missing.length === 0
        ? ok(`${file} holds ${there.length} secrets`)
        : lacks(stack, file, missing, stands(state)),
      // Until the first update the state holds what coop init began with.
      ...(stands(state) ? sameSalt(patient, file, state?.salt) : []),
      await committed(patient, file),
    ];
  },
};

/** A new secret beside data that was made with the old one does not open it. */
function lacks(stack: string, file: string, missing: string[], running: boolean): Finding {
  const text = `${file} lacks ${missing.length === 1 ? 'a secret' : `${missing.length} secrets`}: ${missing.join(', ')}`;
  if (!running) return failure(text, `make them: coop init ${stack}`);
  return failure(
    `${text}, and the stack is running`,
    `do not make new ones: get the file from whoever ran pulumi last (git log -- ${file}; their checkout), commit it there, pull here`,
  );
}

function sameSalt({ salt: own }: Patient, file: string, salt: string | undefined): Finding[] {
  if (own === undefined || salt === undefined || own === salt) return [];
  return [
    warning(
      `${file} and the state were encrypted with different passphrases, or the file began anew`,
      `compare with git log -p -- ${file}; if that was meant, pulumi up writes the state anew`,
    ),
  ];
}

async function committed({ context, stack = '' }: Patient, file: string): Promise<Finding> {
  if (context.kind === 'LAB') return skipped(`${file} is the lab's own, and in no git`);
  const said = await run(
    ['git', 'status', '--porcelain', '--ignored', '--', stackFile(context.projectDir, stack)],
    {
      cwd: context.projectDir,
      env: context.env,
    },
  ).catch(() => undefined);
  if (said?.code !== 0) return skipped(`${file}: this is no git checkout`);
  if (said.stdout.trim() === '') return ok(`${file} is committed`);
  return warning(
    `${file} has changes that are not committed: after git clone on another laptop they are missing`,
    `git add ${file} && git commit, then push; its secrets are encrypted`,
  );
}
