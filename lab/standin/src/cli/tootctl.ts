import { closeApp, openApp } from '../core/app.ts';
import { readEnv } from '../core/env.ts';
import { Problem } from '../core/problem.ts';
import { parseVersion } from '../core/version.ts';
import { migrationGate, refuseForeignSchema } from '../schema/gate.ts';
import { accountCommands } from './accounts.ts';
import { parseArguments } from './arguments.ts';
import { housekeepingCommands } from './housekeeping.ts';

const COMMANDS = { ...accountCommands, ...housekeepingCommands };

/** `tootctl GROUP COMMAND …`: the commands an operator needs, with the real ones' words and answers. */
export async function tootctl(args: string[]): Promise<void> {
  if (['--version', '-v', 'version'].includes(args[0] ?? '')) {
    process.stdout.write(`${parseVersion(process.env.MASTODON_STANDIN_VERSION || '4.5.20').full}\n`);
    return;
  }
  const parsed = parseArguments(args);
  const length = [3, 2, 1].find((n) => Object.hasOwn(COMMANDS, parsed.words.slice(0, n).join(' ')));
  const run = length ? COMMANDS[parsed.words.slice(0, length).join(' ')] : undefined;
  if (!run || !length || parsed.options.has('help')) {
    process.stdout.write(
      `Commands of the stand-in:\n${Object.keys(COMMANDS)
        .map((name) => `  tootctl ${name}`)
        .join('\n')}\n`,
    );
    if (parsed.options.has('help') || args.length === 0 || args[0] === 'help') return;
    throw new Problem(`Could not find command "${args.join(' ')}".`);
  }
  const env = readEnv(process.env);
  const app = openApp(env, Math.min(env.db.pool ?? 5, 5));
  try {
    await refuseForeignSchema(app.db, env);
    await migrationGate(app.db, env)();
    await run(app, { ...parsed, words: parsed.words.slice(length) });
  } finally {
    await closeApp(app);
  }
}
