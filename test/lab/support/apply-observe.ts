import type { ApplyLab } from './apply-lab.ts';

interface Problem {
  level: string;
  about: string;
  text: string;
}

/** What a machine's own status says is broken. */
export const red = ({ problems }: { problems?: Problem[] }): Problem[] | undefined =>
  problems?.filter(({ level }) => level === 'red');

/** What runs and since when: containers by service, units by name. Equal before and after: nothing was restarted. */
export async function starts(
  lab: ApplyLab,
): Promise<{ containers: Record<string, string>; units: Record<string, string> }> {
  const containers = await lab.must(
    `docker ps --quiet --all | xargs docker inspect --format '{{index .Config.Labels "com.docker.compose.service"}} {{.Id}} {{.State.StartedAt}}'`,
  );
  const units = await lab.must(
    'systemctl show docker nginx ssh systemd-journald social-coop-firewall backups-storage.socket media-storage.socket image-archive.timer certificate-renew.timer egress-refresh.timer --property=Id,InvocationID',
  );
  const pairs = units
    .trim()
    .split('\n\n')
    .map((block) => {
      const values = Object.fromEntries(block.split('\n').map((line) => line.split('=') as [string, string]));
      return [values.Id as string, values.InvocationID as string];
    });
  const lines = containers
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  return {
    containers: Object.fromEntries(lines.map(([name, ...rest]) => [name as string, rest.join(' ')])),
    units: Object.fromEntries(pairs),
  };
}

/** Names of containers that are not as they were. */
export const restarted = (before: Record<string, string>, after: Record<string, string>): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .sort();

// What the running services write by themselves.
const alive = [
  '/var/log',
  '/var/lib/docker',
  '/var/lib/containerd',
  '/var/lib/systemd',
  '/var/lib/social.coop/postgres',
  '/var/lib/social.coop/redis',
  '/var/lib/social.coop/pgbackrest-spool',
  '/var/lib/social.coop/jobs',
  '/var/lib/social.coop/alerts',
  '/var/lib/node_exporter',
];

/** Files written, created or changed in mode since the marker was set. */
export async function writtenSince(lab: ApplyLab, marker: string): Promise<string[]> {
  const pruned = alive.map((path) => `-path ${path}`).join(' -o ');
  const found = await lab.must(
    `find / /var -xdev '(' ${pruned} ')' -prune -o '(' -type f -o -type l ')' -cnewer ${marker} -print | sort -u`,
  );
  return found.split('\n').filter((path) => path !== '');
}
