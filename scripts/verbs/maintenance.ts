import { Argument, type Command } from 'commander';
import { VisibleError } from '../../components/errors.ts';
import { type ConnectionFlags, withConnection } from '../lib/connection.ts';
import { announce, findContext } from '../lib/context.ts';
import { maintenanceWords } from '../lib/instance-words.ts';
import { withConnectionOptions } from '../lib/options.ts';
import { remoteOutput } from '../lib/remote.ts';
import { configOf, readStackFile, stackFile } from '../lib/stack-file.ts';
import { verb } from '../lib/verb.ts';

/** `coop maintenance on|off|status STACK`: the page. */
export function maintenanceVerb(): Command {
  const command = verb('maintenance', {
    summary: 'put up the maintenance page, or take it down',
    details: `While it is up, nginx answers 503 with Retry-After: a readable page to people, JSON to apps, so that other servers try again
later. Static files are still served. Turning on what is on, or off what is off, changes nothing and succeeds.`,
    examples: [
      ['coop maintenance on staging', 'before work on the server'],
      ['coop maintenance off staging', 'afterwards'],
      ['coop maintenance status staging', 'whether it is up, and since when'],
    ],
  })
    .addArgument(new Argument('<state>', 'what it shall be').choices(['on', 'off', 'status']))
    .argument('<stack>', 'whose machine');
  return withConnectionOptions(command).action(maintenance);
}

async function maintenance(
  state: string,
  stack: string,
  flags: ConnectionFlags & { json?: boolean },
): Promise<void> {
  const words = maintenanceWords(state);
  const context = findContext();
  announce(context, stack);
  const { code, stdout, stderr } = await withConnection(context, stack, flags, (target) =>
    remoteOutput(target, words),
  );
  if (code !== 0)
    throw new VisibleError(
      `the maintenance page could not be turned ${state}: ${stderr.trim() || stdout.trim() || `exit ${code}`} — stack ${stack} — look with: coop ssh ${stack}`,
    );
  const since = /is on since ([^\s:]\S*?):? /.exec(stdout)?.[1];
  const on = /\bis on\b/.test(stdout);
  const { domain } = configOf(readStackFile(stackFile(context.projectDir, stack)).document, () => undefined);
  if (flags.json) process.stdout.write(`${JSON.stringify({ ok: true, stack, on, since }, null, 2)}\n`);
  else process.stdout.write(`${stdout.trim()}\n${on ? `see it: https://${domain}/\n` : ''}`);
}
