import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { VisibleError } from '../../components/errors.ts';
import { labDir } from '../../lab/paths.ts';
import { describeAccounts, providersOf } from './accounts.ts';
import { findBackend, showBackend } from './backend.ts';
import { type Place, refuseForeignStack, refuseMixture } from './mixture.ts';
import { checkout } from './paths.ts';
import { expiryReminder, rotationReminder } from './reminders.ts';
import { readJournal } from './rotation-journal.ts';
import { configOf, readStackFile, stackFile } from './stack-file.ts';

/** Where a verb acts: found once, printed at each verb, never mixed. */
export type Context = Place;

/** Finds the project, the state and the accounts; refuses a mixture of lab and real. */
export function findContext(cwd = process.cwd(), env = process.env, lab = labDir): Context {
  const inLab = Boolean(env.COOP_LAB);
  const projectDir = findProject(cwd) ?? (inLab ? join(lab, 'project') : checkout);
  const backend = findBackend(projectDir, env);
  const context: Context = {
    kind: inLab ? 'LAB' : 'REAL',
    projectDir,
    backend,
    env,
    lab,
  };
  refuseMixture(context);
  return context;
}

/** `LAB · stack staging · accounts … · state …`: the line every verb prints on stderr, without asking anybody. */
export function describeContext(
  context: Context,
  stack?: string,
  config = plainConfig(context, stack),
): string {
  const parts = [
    context.kind,
    ...(stack ? [`stack ${stack}`] : []),
    `accounts ${describeAccounts(context.env, config && providersOf(config))}`,
    `state ${showBackend(context.backend)}`,
  ];
  return parts.join(' · ');
}

/** Prints that line, bold on a terminal so that it is not read over; refuses a stack file of the other world. */
export function announce(context: Context, stack?: string): void {
  const config = plainConfig(context, stack);
  const line = describeContext(context, stack, config);
  process.stderr.write(
    process.stderr.isTTY && !process.env.NO_COLOR ? `\u001b[1m${line}\u001b[22m\n` : `${line}\n`,
  );
  if (stack === undefined || !config) return;
  refuseForeignStack(context, stackFile(context.projectDir, stack), config);
  const { document } = readStackFile(stackFile(context.projectDir, stack));
  for (const reminder of [expiryReminder(stack, config), rotationReminder(stack, readJournal(document))])
    if (reminder) process.stderr.write(`${reminder}\n`);
}

/** Refuses where there is no state to write to. */
export function requireBackend({ backend }: Context): void {
  if (!backend)
    throw new VisibleError(
      'not logged in — Pulumi has no place for its state — run: pulumi login s3://BUCKET?region=… (or another backend)',
    );
}

/** What a stack file says in plain; undefined where there is none to read, which is the verb's to say. */
function plainConfig(context: Context, stack: string | undefined): Record<string, unknown> | undefined {
  if (stack === undefined) return undefined;
  const file = stackFile(context.projectDir, stack);
  try {
    return existsSync(file) ? configOf(readStackFile(file).document, () => undefined) : undefined;
  } catch {
    return undefined;
  }
}

/** The nearest directory above that holds a Pulumi project of ours. */
function findProject(from: string): string | undefined {
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    const file = join(directory, 'Pulumi.yaml');
    if (existsSync(file) && parse(readFileSync(file, 'utf8'))?.name === 'instance') return directory;
    if (directory === dirname(directory)) return undefined;
  }
}
