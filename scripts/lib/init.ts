import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from 'yaml';
import type { Problem } from '../../components/config/types.ts';
import { VisibleError } from '../../components/errors.ts';
import { readState, stands } from '../doctor/state.ts';
import { findBackend } from './backend.ts';
import { isCopy } from './copy.ts';
import { encryptSecrets } from './encrypt.ts';
import { type PassphraseSource, passphraseIn, withPassphrase } from './passphrase.ts';
import { pinImages } from './pin-images.ts';
import { planSecrets, type SecretPlan } from './plan-secrets.ts';
import { withPrivateDir } from './private-dir.ts';
import { makeProgress, type Progress } from './progress.ts';
import { pulumi } from './pulumi.ts';
import { makeRecoveryKeys } from './recovery/identity.ts';
import { setAnswers } from './set-answers.ts';
import { type RawConfig, readStackConfig, secretsOf } from './stack-config.ts';
import { checkStackName, configOf, prefix, readStackFile, stackFile, textOf } from './stack-file.ts';
import { problemsOf } from './validate.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

export interface InitOptions extends PassphraseSource {
  projectDir: string;
  stack: string;
  /** Plain config by key, objects merged into what the stack file says already; never the place for a secret. */
  answers?: Record<string, unknown>;
  /** The relay's password: the one secret that is given, not made. */
  smtpPassword?: string | undefined;
  /** Changes the file's document before the answers go in. */
  before?: (document: Document) => void;
  /** Secrets that are known already, by their paths: brought back, not made. */
  secrets?: Record<string, string>;
  /** Pulumi's environment: PATH, backend, PULUMI_HOME; the process's own by default. */
  env?: NodeJS.ProcessEnv;
  /** Secrets that may be made anew although the stack is running. */
  newSecrets?: string[];
  /** Asks the registries for the digests of images given by tag; true by default. */
  resolveImages?: boolean;
  /** Makes it the stack that pulumi takes where none is named; true by default. */
  select?: boolean;
  progress?: Progress;
}

export interface InitResult {
  file: string;
  /** Whether the stack file changed. */
  written: boolean;
  /** Whether the stack was created in the state. */
  created: boolean;
  /** Secrets made now, and those that were there and were left alone. */
  generated: string[];
  kept: string[];
  /** Whether the keys of the recovery kit were made now. */
  recovery: boolean;
  /** What could not be done, and what that means. */
  notes: string[];
  /** What is still wrong with the config; empty when `pulumi up` can begin. */
  problems: Problem[];
}

/**
 * Makes a stack ready for its first `pulumi up`: the stack in the state, its file with all plain values, and every secret
 * made here and encrypted by Pulumi. May be run again at any time: what is there is kept. The stack file is replaced in
 * one move at the end, so that an interrupted run leaves the old one.
 */
export async function initStack(options: InitOptions): Promise<InitResult> {
  const { projectDir, stack, progress = makeProgress() } = options;
  checkStackName(stack);
  const backend = findBackend(projectDir, options.env ?? process.env);
  // The scratch directory has a project file of its own, which names no backend.
  const env = { ...(options.env ?? process.env), ...(backend ? { PULUMI_BACKEND_URL: backend } : {}) };
  const file = stackFile(projectDir, stack);
  const { text, document } = readStackFile(file);
  options.before?.(document);
  setAnswers(document, options.answers ?? {}, file);
  const work = (passphraseEnv: NodeJS.ProcessEnv) =>
    withPrivateDir((workDir) =>
      build({ ...options, env: passphraseEnv, progress }, { file, text, document, workDir }),
    );
  // The recovery kit is opened by a passphrase whoever keeps the stack's secrets.
  if (!usesPassphrase(document, backend) && !wantsRecovery(document)) return work(env);
  const isNew = !document.has('encryptionsalt') && options.secrets === undefined;
  return withPassphrase(options, env, work, { isNew, stack });
}

/** Pulumi Cloud and key services encrypt without one, unless the file began with one. */
function usesPassphrase(document: Document, backend: string | undefined): boolean {
  if (document.has('encryptionsalt')) return true;
  const provider = document.get('secretsprovider') ?? 'passphrase';
  return provider === 'passphrase' && !/^https?:/.test(backend ?? '');
}

const recoveryKey = ['config', `${prefix}recovery`];
/** A copy makes no backups, and so has no kit of its own. */
const wantsRecovery = (document: Document) =>
  !document.hasIn(recoveryKey) && !document.hasIn(['config', `${prefix}restore`]);
const plainOf = (document: Document) => configOf(document, () => '');

interface Draft {
  file: string;
  text: string;
  document: Document;
  workDir: string;
}

async function build(
  options: InitOptions & { env: NodeJS.ProcessEnv; progress: Progress },
  draft: Draft,
): Promise<InitResult> {
  const { stack, projectDir, env, progress } = options;
  const { file, document, workDir } = draft;
  writeFileSync(join(workDir, 'Pulumi.yaml'), `name: ${prefix.slice(0, -1)}\nruntime: nodejs\n`);
  const place = { projectDir: workDir, stack, env };

  const plan = planSecrets(document, stack, file, options.secrets);
  if (options.smtpPassword !== undefined && !plan.kept.includes('smtpPassword'))
    plan.make.smtpPassword = options.smtpPassword;
  for (const [key, value] of Object.entries(plan.publicKeys)) document.setIn(['config', prefix + key], value);
  const notes =
    options.resolveImages === false || isCopy(plainOf(document)) ? [] : await pinImages(document, progress);

  const created = await progress.step(`stack ${stack} in the state`, () => createStack(place));
  const names = Object.keys(plan.make);
  if (!created) await refuseBesideData(place, plan, file, options.newSecrets ?? []);
  if (names.length > 0) {
    const encrypted = await progress.step(`${names.length} secrets, encrypted by Pulumi`, () =>
      encryptSecrets(plan.make, { stack, workDir, env, stackFile: document.toJS() ?? {} }),
    );
    for (const [key, value] of Object.entries(encrypted.header)) document.set(key, value);
    for (const name of names)
      document.setIn(
        ['config', `${prefix}secrets`, ...name.split('.')],
        document.createNode({ secure: encrypted.secrets[name] }),
      );
  }

  const recovery = wantsRecovery(document);
  if (recovery) {
    const keys = await progress.step('keys of the recovery kit', () => makeRecoveryKeys(passphraseIn(env)));
    document.setIn(recoveryKey, document.createNode(keys));
  }

  const next = textOf(document, draft.text);
  const config = await progress.step('read back and checked', () => readBack(place, next, plan.make));
  if (readStackFile(file).text !== draft.text)
    throw new VisibleError(`the stack file changed meanwhile — ${file} — nothing was written; run again`);
  const written = next !== draft.text;
  if (written) writeFileAtomically(file, next);
  if (options.select !== false) await pulumi(['stack', 'select', '--stack', stack], { cwd: projectDir, env });
  return {
    file,
    written,
    created,
    generated: names,
    kept: plan.kept,
    recovery,
    notes,
    problems: problemsOf(config, stack),
  };
}

/**
 * A stack that runs keeps data which only the secrets of its first day open: what is missing then was lost on the way to
 * this computer, and a new one would shut it for ever.
 */
async function refuseBesideData(
  place: { projectDir: string; stack: string; env: NodeJS.ProcessEnv },
  plan: SecretPlan,
  file: string,
  allowed: string[],
): Promise<void> {
  const lost = plan.fundamental.filter((name) => !allowed.includes(name));
  if (lost.length === 0 || !stands(await readState(place))) return;
  const { stack } = place;
  throw new VisibleError(
    `stack ${stack} is running, and its file lacks ${lost.join(', ')} — ${file} — get the file from whoever ran pulumi last and commit it there; only a secret that no data was made with may be new: coop init ${stack} --new-secret ${lost[0]}`,
  );
}

/** Whether it had to be created; done from the scratch directory, so that the stack file is written by one hand only. */
async function createStack(place: {
  projectDir: string;
  stack: string;
  env: NodeJS.ProcessEnv;
}): Promise<boolean> {
  try {
    await pulumi(['stack', 'init', '--stack', place.stack, '--no-select'], {
      cwd: place.projectDir,
      env: place.env,
    });
    return true;
  } catch (error) {
    if (error instanceof VisibleError && /already exists/.test(error.message)) return false;
    throw error;
  }
}

/** The config as Pulumi reads it from the new text; a secret that does not come back as it went in must never be used. */
async function readBack(
  place: { projectDir: string; stack: string; env: NodeJS.ProcessEnv },
  text: string,
  made: Record<string, string>,
): Promise<RawConfig> {
  const candidate = stackFile(place.projectDir, place.stack);
  writeFileSync(candidate, text, { mode: 0o600 });
  const config = await readStackConfig(place, candidate);
  const secrets = secretsOf(config);
  const at = (path: string) =>
    path
      .split('.')
      .reduce<unknown>((place, part) => (place as Record<string, unknown> | undefined)?.[part], secrets);
  const lost = Object.keys(made).filter((path) => at(path) !== made[path]);
  if (lost.length > 0) throw new Error(`secrets do not survive encryption: ${lost.join(', ')}`);
  return config;
}
