import { existsSync } from 'node:fs';
import { clients } from '../../components/accounts/clients.ts';
import { readSettings } from '../../components/accounts/settings.ts';
import type { Clouds } from '../../components/accounts/types.ts';
import { type Provider, providersOf, tokenVariables } from '../lib/accounts.ts';
import type { Context } from '../lib/context.ts';
import { hasPassphrase, type PassphraseSource, withPassphrase } from '../lib/passphrase.ts';
import { withPrivateDir } from '../lib/private-dir.ts';
import { readStackConfig } from '../lib/stack-config.ts';
import { configOf, readStackFile, stackFile } from '../lib/stack-file.ts';
import { checks } from './checks/index.ts';
import { readState } from './state.ts';
import type { Check, Finding, Patient } from './types.ts';

export interface Result extends Finding {
  check: string;
}

export interface ExamineOptions extends PassphraseSource {
  clouds?: Clouds;
  now?: Date;
  only?: Check[];
}

/** Longer than this nobody waits: a check that takes more is shown as not done. */
const patience = 8000;

/** Runs every check at once and returns what they found, in their order. */
export async function examine(
  context: Context,
  stack: string | undefined,
  options: ExamineOptions = {},
): Promise<Result[]> {
  const work = (env: NodeJS.ProcessEnv, noPassphrase?: string) =>
    withPrivateDir((directory) => {
      const patient = makePatient({ ...context, env }, stack, directory, options, noPassphrase);
      return runAll(options.only ?? checks, patient);
    });
  const { salt } = readPlain(context, stack);
  if (salt === undefined) return work(context.env);
  if (!hasPassphrase(options, context.env))
    return work(context.env, 'the passphrase is not at hand: neither option nor environment names it');
  let begun = false;
  try {
    return await withPassphrase(options, context.env, (env) => {
      begun = true;
      return work(env);
    });
  } catch (error) {
    // A file that is not there, a command that fails: a finding, not the end.
    if (begun) throw error;
    return work(context.env, (error as Error).message.split(' — ').slice(0, 2).join(': '));
  }
}

/** The stack file's plain values; of secrets only the names, each with an empty value. */
function readPlain(
  context: Context,
  stack: string | undefined,
): { plain: Record<string, unknown>; salt: string | undefined } {
  const file = stackFile(context.projectDir, stack ?? '');
  if (stack === undefined || !existsSync(file)) return { plain: {}, salt: undefined };
  const { document } = readStackFile(file);
  const salt = document.get('encryptionsalt');
  return { plain: configOf(document, () => ''), salt: typeof salt === 'string' ? salt : undefined };
}

function makePatient(
  context: Context,
  stack: string | undefined,
  directory: string,
  options: ExamineOptions,
  noPassphrase: string | undefined,
): Patient {
  const { plain, salt } = readPlain(context, stack);
  const place = { projectDir: context.projectDir, stack: stack ?? '', env: context.env };
  const set = (Object.keys(tokenVariables) as Provider[]).filter(
    (provider) => context.env[tokenVariables[provider]],
  );
  const settings = readSettings(context.env);
  const region = String((plain.storage as { region?: string } | undefined)?.region ?? 'fra1');
  return {
    context,
    stack,
    plain: plain as Patient['plain'],
    salt,
    providers: stack === undefined ? set : providersOf(plain),
    noPassphrase,
    config: once(() =>
      noPassphrase === undefined ? readStackConfig(place) : Promise.reject(new Error(noPassphrase)),
    ),
    state: once(async () => (context.backend ? readState(place) : undefined)),
    settings,
    clouds: options.clouds ?? clients(settings, region),
    directory,
    now: options.now ?? new Date(),
  };
}

async function runAll(all: Check[], patient: Patient): Promise<Result[]> {
  const wanted = all.filter(({ ofStack }) => !ofStack || patient.stack !== undefined);
  const found = await Promise.all(
    wanted.map(async (check) => {
      const findings = await inTime(check.run(patient));
      return findings.map((finding) => ({ check: check.name, ...finding }));
    }),
  );
  return found.flat();
}

async function inTime(work: Promise<Finding[]>): Promise<Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding[]>((resolve) => {
    timer = setTimeout(
      () =>
        resolve([{ level: 'warning', text: `no answer within ${patience / 1000} s`, remedy: 'run again' }]),
      patience,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    // Whoever asks hears of the failure; nobody asking is no unhandled one.
    made.catch(() => {});
    return made;
  };
}
