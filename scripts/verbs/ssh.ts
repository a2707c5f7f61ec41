import type { Command } from 'commander';
import { type ConnectionFlags, withConnection } from '../lib/connection.ts';
import { announce, findContext } from '../lib/context.ts';
import { endWith } from '../lib/exit-code.ts';
import { withConnectionOptions, withoutDashes } from '../lib/options.ts';
import { remoteSession } from '../lib/remote.ts';
import { verb } from '../lib/verb.ts';

/** `coop ssh STACK [COMMAND…]`: a shell, or one command, on the machine. */
export function sshVerb(): Command {
  const command = verb('ssh', {
    summary: 'open a shell on the machine, or run one command there',
    details: `The host key is the one coop init made: another machine is refused. Without --as: root, with the stack's deploy key,
which lies in a private file while the connection lasts. --json prints where a connection would go, and opens none.`,
    examples: [
      ['coop ssh staging', 'a shell as root'],
      ['coop ssh --as ana staging', 'as yourself, with your own keys'],
      ['coop ssh staging -- instance queues', 'one command'],
      ["coop ssh staging 'docker ps | wc -l'", 'a line for the shell over there, as with ssh itself'],
    ],
  })
    .argument('<stack>', 'whose machine')
    .argument('[command...]', 'run there instead of a shell')
    .passThroughOptions();
  return withConnectionOptions(command).action(ssh);
}

async function ssh(
  stack: string,
  remote: string[],
  flags: ConnectionFlags & { json?: boolean },
): Promise<void> {
  const context = findContext();
  announce(context, stack);
  await withConnection(context, stack, flags, async (target) => {
    if (flags.json) {
      const { address, user, hostPublicKey } = target;
      process.stdout.write(`${JSON.stringify({ ok: true, stack, address, user, hostPublicKey }, null, 2)}\n`);
      return;
    }
    const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
    endWith(await remoteSession(target, { terminal, line: withoutDashes(remote).join(' ') }));
  });
}
