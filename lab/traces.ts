import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** Lines a command prints; none when it fails or is not installed. */
async function lines(command: string, ...args: string[]): Promise<string[]> {
  try {
    const { stdout } = await exec(command, args, { timeout: 20_000 });
    return stdout.split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

/** What a Docker daemon that no longer runs would bring back: it keeps containers and volumes on disk. */
function keptByDocker(root = '/var/lib/docker'): string[] {
  const named = (kind: string, file: string) =>
    existsSync(`${root}/${kind}`)
      ? readdirSync(`${root}/${kind}`).filter((id) => {
          const path = `${root}/${kind}/${id}/${file}`;
          return (
            id.includes('coop-lab') ||
            (existsSync(path) && readFileSync(path, 'utf8').includes('coop-lab-do'))
          );
        })
      : [];
  return [
    ...named('containers', 'config.v2.json').map((id) => `container ${id} on disk`),
    ...named('volumes', 'opts.json').map((id) => `volume ${id} on disk`),
  ];
}

/** Running processes whose command line or working directory lies in the lab's directory. */
function processesUnder(directory: string): string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      if (command.includes(`${directory}/`)) found.push(`process ${pid}: ${command.slice(0, 100)}`);
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

function cgroupsNamed(part: string): string[] {
  const roots = ['/sys/fs/cgroup/memory', '/sys/fs/cgroup/unified', '/sys/fs/cgroup'].filter(existsSync);
  return roots.flatMap((root) =>
    ['.', 'docker', 'system.slice']
      .map((parent) => `${root}/${parent}`)
      .filter(existsSync)
      .flatMap((parent) =>
        readdirSync(parent).filter((name) => name.replace('cooplab', 'coop-lab').includes(part)),
      )
      .map((name) => `cgroup ${name}`),
  );
}

/**
 * Everything of the lab that is still on this machine, found without the lab's own records: empty when `coop lab down`
 * did its work. Caches outside the checkout and Docker's image store are kept on purpose and not listed.
 */
export async function traces(directory: string): Promise<string[]> {
  const [containers, volumes, networks, links, tables, mounts] = await Promise.all([
    lines('docker', 'ps', '-a', '--filter', 'name=coop-lab', '--format', 'container {{.Names}}'),
    lines('docker', 'volume', 'ls', '--filter', 'name=coop-lab', '--format', 'volume {{.Name}}'),
    lines('docker', 'network', 'ls', '--filter', 'name=coop-lab', '--format', 'network {{.Name}}'),
    lines('ip', '-o', 'link', 'show'),
    lines('nft', 'list', 'tables'),
    lines('cat', '/proc/mounts'),
  ]);
  return [
    ...containers,
    ...keptByDocker(),
    ...volumes,
    ...networks,
    ...links.filter((line) => line.includes(' coop0')).map((line) => `interface ${line.slice(0, 60)}`),
    ...tables.filter((line) => line.includes('coop_lab')).map((line) => `firewall ${line}`),
    ...mounts.filter((line) => line.includes(directory)).map((line) => `mount ${line.slice(0, 100)}`),
    ...processesUnder(directory),
    ...cgroupsNamed('coop-lab'),
    ...(existsSync(directory) ? [`directory ${directory}`] : []),
    ...(existsSync('/etc/docker/certs.d/198.18.0.11') ? ['file /etc/docker/certs.d/198.18.0.11'] : []),
  ];
}
