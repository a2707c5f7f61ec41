import { randomBytes } from 'node:crypto';
import { checkInputs } from '../lib/check.ts';
import { inferred } from '../lib/dialects.ts';
import { diffInputs } from '../lib/diff.ts';
import type { Log, Provider, Subject } from '../lib/provider.ts';
import type { PackageRules, ResourceRules } from '../lib/rules.ts';
import { hasSecret, type Properties, plainObject, secret } from '../lib/wire.ts';
import rules from '../rules/command.json' with { type: 'json' };
import { copySource } from './copy.ts';
import { type Connection, type RemoteResult, runRemote } from './ssh.ts';

const { package: name, version, resources } = rules as unknown as PackageRules;
const supported = ['command:remote:Command', 'command:remote:CopyToRemote'];
let abort = new AbortController();

function rulesOf({ type }: Subject): ResourceRules {
  const found = resources[type];
  if (!found || !supported.includes(type)) {
    throw new Error(`unknown resource type ${type} — the lab's command plugin knows ${supported.join(', ')}`);
  }
  return found;
}

/** Runs `command` with the inputs' connection and stdin; fails as the published provider does. */
async function run(
  command: string,
  given: Properties,
  stdin: string | Buffer,
  log: Log,
): Promise<RemoteResult> {
  const logging = given.logging ?? 'stdoutAndStderr';
  const result = await runRemote(given.connection as Connection, {
    command,
    stdin,
    environment: (given.environment as Record<string, string> | undefined) ?? {},
    signal: abort.signal,
    onLine: (line, stream) => {
      if (logging === stream || logging === 'stdoutAndStderr') log(line);
    },
    onRetry: (attempt, reason) => log(`dial ${attempt} failed: ${reason}; retrying`),
  });
  if (result.code !== 0) {
    throw new Error(
      `Process exited with status ${result.code}: running ${JSON.stringify(command)}:\n${result.both}`,
    );
  }
  return result;
}

/** Runs the resource's command and returns its outputs. */
async function execute(
  subject: Subject,
  inputs: Properties,
  olds: Properties,
  log: Log,
): Promise<Properties> {
  const given = plainObject(inputs);
  if (subject.type === 'command:remote:CopyToRemote') {
    const { command, content } = await copySource(given);
    await run(command, given, content, log);
    return inputs;
  }
  const command = (Object.keys(olds).length > 0 ? (given.update ?? given.create) : given.create) as
    | string
    | undefined;
  if (command === undefined) return { ...inputs, stdout: olds.stdout ?? '', stderr: olds.stderr ?? '' };
  const previous =
    given.addPreviousOutputInEnv === false || Object.keys(olds).length === 0
      ? {}
      : {
          PULUMI_COMMAND_STDOUT: String(olds.stdout ?? ''),
          PULUMI_COMMAND_STDERR: String(olds.stderr ?? ''),
        };
  const environment = { ...previous, ...(given.environment as Record<string, string> | undefined) };
  const { stdout, stderr } = await run(command, { ...given, environment }, String(given.stdin ?? ''), log);
  // The connection is always secret and says nothing about the output.
  const sensitive = Object.entries(inputs).some(([key, value]) => key !== 'connection' && hasSecret(value));
  const shown = (text: string) => (sensitive ? secret(text.replace(/\n$/, '')) : text.replace(/\n$/, ''));
  return { ...inputs, stdout: shown(stdout), stderr: shown(stderr) };
}

/** The connection is a secret by schema, however it came. */
const sealed = (outputs: Properties): Properties => ({ ...outputs, connection: secret(outputs.connection) });

/** https://www.pulumi.com/registry/packages/command/api-docs/remote/command/ over the system's ssh. */
export const command: Provider = {
  name,
  version,
  check: (subject, _olds, news) => ({
    inputs: news,
    failures: checkInputs(rulesOf(subject), inferred, subject.name, news),
  }),
  diff: (subject, oldInputs, news) => diffInputs(rulesOf(subject), oldInputs, news),
  async create(subject, inputs, log) {
    const outputs = await execute(subject, inputs, {}, log);
    return { id: `${subject.name}${randomBytes(4).toString('hex')}`, outputs: sealed(outputs) };
  },
  // What ran, ran: there is nothing in the world to look at.
  read: async (_subject, _id, inputs, outputs) => ({ inputs, outputs }),
  async update(subject, _id, olds, news, log) {
    return sealed(await execute(subject, news, { stdout: '', stderr: '', ...plainObject(olds) }, log));
  },
  async remove(_subject, _id, outputs, log) {
    const given = plainObject(outputs);
    if (typeof given.delete === 'string') await run(given.delete, given, String(given.stdin ?? ''), log);
  },
  cancel() {
    abort.abort();
    abort = new AbortController();
  },
};
