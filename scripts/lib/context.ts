import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { parse } from 'yaml';
import { VisibleError } from '../../components/errors.ts';
import { labDir } from '../../lab/paths.ts';
import { findBackend, showBackend } from './backend.ts';
import { checkout } from './paths.ts';

/** Where a verb acts: found once, printed at each verb, never mixed. */
export interface Context {
  kind: 'LAB' | 'REAL';
  projectDir: string;
  backend: string | undefined;
  /** Which account, as far as it can be told without asking anybody. */
  account: string;
  env: NodeJS.ProcessEnv;
}

/** Finds the project, the state and the account; refuses a mixture of lab and real. */
export function findContext(cwd = process.cwd(), env = process.env, lab = labDir): Context {
  const inLab = Boolean(env.COOP_LAB);
  const projectDir = findProject(cwd) ?? (inLab ? join(lab, 'project') : checkout);
  const backend = findBackend(projectDir, env);
  const context: Context = {
    kind: inLab ? 'LAB' : 'REAL',
    projectDir,
    backend,
    account: account(env),
    env,
  };
  refuseMixture(context, lab);
  return context;
}

/** `LAB · stack staging · account … · state …`: the line every verb prints on stderr. */
export function describeContext(context: Context, stack?: string): string {
  const parts = [
    context.kind,
    ...(stack ? [`stack ${stack}`] : []),
    `account ${context.account}`,
    `state ${showBackend(context.backend)}`,
  ];
  return parts.join(' · ');
}

/** Prints that line; bold on a terminal, so that it is not read over. */
export function announce(context: Context, stack?: string): void {
  const line = describeContext(context, stack);
  process.stderr.write(
    process.stderr.isTTY && !process.env.NO_COLOR ? `\u001b[1m${line}\u001b[22m\n` : `${line}\n`,
  );
}

/** The nearest directory above that holds a Pulumi project of ours. */
function findProject(from: string): string | undefined {
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    const file = join(directory, 'Pulumi.yaml');
    if (existsSync(file) && parse(readFileSync(file, 'utf8'))?.name === 'instance') return directory;
    if (directory === dirname(directory)) return undefined;
  }
}

/** A token is named by a fingerprint: the same token always reads the same, and nobody can use what is printed. */
function account(env: NodeJS.ProcessEnv): string {
  const token = env.DIGITALOCEAN_TOKEN;
  if (!token) return 'unknown (no DIGITALOCEAN_TOKEN)';
  return `digitalocean token ${createHash('sha256').update(token).digest('hex').slice(0, 8)}`;
}

function refuseMixture(context: Context, lab: string): void {
  const { kind, backend, projectDir, env } = context;
  const state = backend?.startsWith('file://') ? backend.slice('file://'.length) : undefined;
  const labThings = [
    ...(state && inside(state, lab) ? [`state ${backend}`] : []),
    ...(inside(projectDir, lab) ? [`project ${projectDir}`] : []),
    ...(env.PULUMI_HOME && inside(env.PULUMI_HOME, lab) ? [`PULUMI_HOME ${env.PULUMI_HOME}`] : []),
    ...(env.LAB_CLOUD ? [`LAB_CLOUD ${env.LAB_CLOUD}`] : []),
  ];
  if (kind === 'REAL' && labThings.length > 0)
    throw new VisibleError(
      `lab and real are mixed — COOP_LAB is not set, but ${labThings.join(', ')} belongs to the lab — enter it with: coop lab shell`,
    );
  if (kind === 'LAB' && !(state && inside(state, lab)))
    throw new VisibleError(
      `lab and real are mixed — COOP_LAB is set, but the state is ${showBackend(backend)} and not in ${lab} — leave this shell, or enter the lab again with: coop lab shell`,
    );
}

/** Whether a path lies in a directory, through symlinks where both exist. */
function inside(path: string, directory: string): boolean {
  const real = (name: string) => (existsSync(name) ? realpathSync(name) : resolve(name));
  return `${real(path)}${sep}`.startsWith(`${real(directory)}${sep}`);
}
