import type { Command } from 'commander';
import { type ConnectionFlags, withConnection } from '../lib/connection.ts';
import { announce, findContext } from '../lib/context.ts';
import { endWith } from '../lib/exit-code.ts';
import { tootctlWords } from '../lib/instance-words.ts';
import { withConnectionOptions, withoutDashes } from '../lib/options.ts';
import { remoteOutput, remoteSession } from '../lib/remote.ts';
import { asRoot } from '../lib/ssh-command.ts';
import { verb } from '../lib/verb.ts';

/** `coop tootctl STACK ARGS…`: Mastodon's own administration. */
export function tootctlVerb(): Command {
  const command = verb('tootctl', {
    summary: "run Mastodon's own administration commands",
    details: `Everything after STACK goes to tootctl as it is (https://docs.joinmastodon.org/admin/tootctl/). tootctl self-destruct is
refused; what deletes asks first, and without a terminal wants --yes before STACK. --json, before STACK, prints output and exit code as JSON.`,
    examples: [
      ['coop tootctl staging accounts create ana --email ana@example.org --confirmed', 'a new account'],
      ['coop tootctl staging accounts modify ana --role Owner', 'make someone an owner'],
      ['coop tootctl staging media usage', 'how much there is'],
      ['coop tootctl --yes staging accounts delete ana', 'what deletes, without being asked'],
      ['coop tootctl staging help', "tootctl's own help"],
    ],
  })
    .argument('<stack>', 'whose machine')
    .argument('<command...>', 'words for tootctl')
    .option('-y, --yes', 'do not ask before what deletes')
    .passThroughOptions();
  return withConnectionOptions(command).action(tootctl);
}

async function tootctl(
  stack: string,
  words: string[],
  flags: ConnectionFlags & { json?: boolean; yes?: boolean },
): Promise<void> {
  const remote = tootctlWords(withoutDashes(words), flags.yes);
  const context = findContext();
  announce(context, stack);
  await withConnection(context, stack, flags, async (target) => {
    if (flags.json) {
      const { code, stdout, stderr } = await remoteOutput(target, remote);
      process.stdout.write(`${JSON.stringify({ ok: code === 0, code, stdout, stderr }, null, 2)}\n`);
      endWith(code);
      return;
    }
    const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
    endWith(await remoteSession(target, { terminal, remote: asRoot(target.user, remote) }));
  });
}
