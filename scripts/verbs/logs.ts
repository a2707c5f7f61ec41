import type { Command } from 'commander';
import { type ConnectionFlags, withConnection } from '../lib/connection.ts';
import { announce, findContext } from '../lib/context.ts';
import { endWith } from '../lib/exit-code.ts';
import { type LogsFlags, logsWords } from '../lib/instance-words.ts';
import { parseLogLine } from '../lib/log-line.ts';
import { withConnectionOptions } from '../lib/options.ts';
import { remoteLines, remoteSession } from '../lib/remote.ts';
import { asRoot } from '../lib/ssh-command.ts';
import { verb } from '../lib/verb.ts';

/** `coop logs STACK [SERVICE…]`: the journal of the machine's services. */
export function logsVerb(): Command {
  const command = verb('logs', {
    summary: "read the services' logs",
    details:
      'Without a service: all of them. Service names are those that coop status shows. --json: one object per line, with time, service and message.',
    examples: [
      ['coop logs staging', 'the last lines of everything'],
      ['coop logs staging web --follow', 'as they come, until Ctrl-C'],
      ['coop logs staging db --since "1 hour ago"', 'of one service, from a time on'],
    ],
  })
    .argument('<stack>', 'whose machine')
    .argument('[services...]', 'web, streaming, db, redis, sidekiq, nginx, …')
    .option('-f, --follow', 'keep reading')
    .option('--since <time>', 'from then on, as journalctl reads it: "1 hour ago", "2026-11-22 10:00"')
    .option('-n, --lines <number>', 'how many lines from the end');
  return withConnectionOptions(command).action(logs);
}

async function logs(
  stack: string,
  services: string[],
  flags: LogsFlags & ConnectionFlags & { json?: boolean },
): Promise<void> {
  const words = logsWords(services, flags);
  const context = findContext();
  announce(context, stack);
  const code = await withConnection(context, stack, flags, (target) =>
    flags.json
      ? remoteLines(target, words, (line) => process.stdout.write(`${JSON.stringify(parseLogLine(line))}\n`))
      : remoteSession(target, { remote: asRoot(target.user, words) }),
  );
  endWith(code);
}
