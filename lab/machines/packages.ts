import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LabError } from '../error.ts';
import { run } from './exec.ts';

/** Programs the machines need on the host, each with Debian's packages that may hold it, the newest release's first. */
const programs: Record<string, string[]> = {
  dockerd: ['docker.io'],
  docker: ['docker-cli', 'docker.io'],
  debootstrap: ['debootstrap'],
  nft: ['nftables'],
  iptables: ['iptables'],
  ip: ['iproute2'],
  'mkfs.ext4': ['e2fsprogs'],
  mount: ['mount'],
  nsenter: ['util-linux'],
};

const directories = () => [
  ...new Set([...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin', '/bin']),
];

/** True when a program of that name can be executed. */
function installed(program: string): boolean {
  return directories().some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Programs of the list above that this host lacks. */
export const missingPrograms = (): string[] => Object.keys(programs).filter((program) => !installed(program));

/** Installs Debian's packages of what is missing and says which; refuses where there is no apt or no root. */
export async function ensurePackages(say: (line: string) => void = console.error): Promise<void> {
  const missing = missingPrograms();
  if (missing.length === 0) return;
  if (!installed('apt-get'))
    throw new LabError(
      `${missing.join(', ')} missing — this host has no apt — the lab runs on Debian or Ubuntu`,
    );
  if (process.getuid?.() !== 0)
    throw new LabError(`${missing.join(', ')} missing — not root — run ./scripts/prerequisites with sudo`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env, timeoutMs: 300_000 });
  const names = [...new Set(await Promise.all(missing.map((program) => packageOf(program))))];
  say(`installing Debian packages: ${names.join(' ')}`);
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], {
    env,
    timeoutMs: 900_000,
  });
}

/** The first package of the list that this release has: Debian 13 split docker-cli from docker.io. */
async function packageOf(program: string): Promise<string> {
  const candidates = programs[program] ?? [];
  for (const name of candidates) {
    const { stdout } = await run('apt-cache', ['policy', name], { allowFailure: true });
    if (/Candidate: (?!\(none\))/.test(stdout)) return name;
  }
  throw new LabError(`no package for ${program} — apt sources of this host — add Debian's main section`);
}
