import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { bare } from '../../../components/config/keys.ts';
import { run } from '../../lib/run.ts';
import { type Check, type Finding, failure, ok, warning } from '../types.ts';

/** The SSH client, and whether one of this person's keys is an admin's. */
export const sshClient: Check = {
  name: 'ssh here',
  async run({ context, plain, stack }) {
    const version = await run(['ssh', '-V'], { env: context.env }).catch(() => undefined);
    if (!version) return [failure('ssh is not installed', 'Debian: apt install openssh-client')];
    const client = ok(version.stderr.trim().split(',')[0] || 'ssh');
    return stack === undefined ? [client] : [client, await mine(context.env, stack, plain)];
  },
};

async function mine(env: NodeJS.ProcessEnv, stack: string, plain: Record<string, unknown>): Promise<Finding> {
  const keys = [...(await agentKeys(env)), ...fileKeys(env)].map(bare);
  if (keys.length === 0)
    return warning('you have no SSH key', 'ssh-keygen -t ed25519, then have the .pub file added to admins');
  const admins = (plain.admins ?? {}) as Record<string, unknown>;
  const me = Object.entries(admins).find(
    ([, theirs]) => Array.isArray(theirs) && theirs.some((key) => keys.includes(bare(String(key)))),
  );
  if (me) return ok(`your key is that of admin ${me[0]}`);
  return warning(
    'none of your SSH keys is an admin’s: only the deploy key lets you in',
    `coop init ${stack} --admin NAME=~/.ssh/id_ed25519.pub, then pulumi up`,
  );
}

async function agentKeys(env: NodeJS.ProcessEnv): Promise<string[]> {
  const said = await run(['ssh-add', '-L'], { env }).catch(() => undefined);
  return said?.code === 0 ? said.stdout.split('\n').filter(Boolean) : [];
}

function fileKeys(env: NodeJS.ProcessEnv): string[] {
  const directory = join(env.HOME || homedir(), '.ssh');
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.pub'))
      .map((name) => readFileSync(join(directory, name), 'utf8'));
  } catch {
    return [];
  }
}
