import { Argument, type Command } from 'commander';
import { type ConnectionFlags, withConnection } from '../lib/connection.ts';
import { announce, findContext } from '../lib/context.ts';
import { endWith } from '../lib/exit-code.ts';
import { driftListWords, driftWords } from '../lib/instance-words.ts';
import { withConnectionOptions } from '../lib/options.ts';
import { remoteOutput, remoteSession } from '../lib/remote.ts';
import { asRoot } from '../lib/ssh-command.ts';
import { verb } from '../lib/verb.ts';

/** `coop drift STACK`: what somebody changed on the server by hand. */
export function driftVerb(): Command {
  const command = verb('drift', {
    summary: 'show, keep or revert what was changed on the server by hand',
    details: `Compares every file that pulumi up laid down with what is there now. An apply stops at a changed file until somebody
says which of the two is right.`,
    examples: [
      ['coop drift staging', 'the differences'],
      ['coop drift staging keep /etc/nginx/nginx.conf', 'the change on the server stays'],
      ['coop drift staging revert /etc/nginx/nginx.conf', 'the file as it was applied comes back'],
    ],
  })
    .argument('<stack>', 'whose machine')
    .addArgument(new Argument('[action]', 'what to do').choices(['diff', 'keep', 'revert']).default('diff'))
    .argument('[path]', 'absolute path of the file, with keep and revert');
  return withConnectionOptions(command).action(drift);
}

async function drift(
  stack: string,
  action: string,
  path: string | undefined,
  flags: ConnectionFlags & { json?: boolean },
): Promise<void> {
  const words = driftWords(action, path);
  const context = findContext();
  announce(context, stack);
  await withConnection(context, stack, flags, async (target) => {
    if (flags.json) {
      const { code, stdout, stderr } = await remoteOutput(target, action === 'diff' ? driftListWords : words);
      const said = action === 'diff' && code === 0 ? { files: JSON.parse(stdout) } : { stdout, stderr };
      process.stdout.write(`${JSON.stringify({ ok: code === 0, ...said }, null, 2)}\n`);
      endWith(code);
    } else endWith(await remoteSession(target, { remote: asRoot(target.user, words) }));
  });
}
