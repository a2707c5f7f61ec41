import type { InstanceStatus } from './instance-status.ts';
import { jobRows } from './job-rows.ts';
import { rehearsalRows } from './rehearsal-row.ts';
import { bytes, day, hour, secondsSince, span } from './spans.ts';
import { type Level, type Row, row } from './status-row.ts';

/** What a status says, judged. What is unknown is red, not grey. */
export function rowsOf(status: InstanceStatus, now: Date): Row[] {
  const rows = [
    ...(status.role === 'secondary' ? [standbyRow] : servingRows(status, now)),
    ...diskRows(status),
    ...jobRows(status, now),
    firewallRow(status),
    ...unitRows(status),
    ...driftRows(status),
    ...rebootRows(status),
  ];
  return [...otherProblems(status, rows), ...rows];
}

const standbyRow = row('standby', 'green', 'idle', 'serves nothing; replication is not set up');

/** A fenced copy serves nobody, and makes no backups. */
const servingRows = (status: InstanceStatus, now: Date): Row[] => [
  appRow(status),
  ...(status.copyOf ? [] : [...maintenanceRows(status, now), siteRow(status)]),
  ...serviceRows(status),
  ...queueRows(status),
  ...(status.copyOf
    ? []
    : [...backupRows(status, now), ...certificateRows(status, now), ...rehearsalRows(status, now)]),
];

/** What the machine finds wrong and no row shows already. */
function otherProblems({ problems }: InstanceStatus, rows: Row[]): Row[] {
  const seen = (about: string | undefined, level: Level) =>
    rows.some((shown) => shown.group === about && (shown.level === level || shown.level === 'red'));
  return (problems ?? [])
    .filter(({ about, level }) => !seen(about, level))
    .map(({ level, about, text }) => row(about ?? 'problems', level, '', text));
}

/** A wrong image works as well: the version must be the one configured, or a build of it. */
function appRow({ app, federation }: InstanceStatus): Row {
  const wrong = app?.expected !== undefined && app.version?.startsWith(app.expected) === false;
  const text = [
    app?.version ?? 'version unknown',
    ...(wrong ? [`(${app.expected} configured)`] : []),
    `federation ${federation ?? 'unknown'}`,
  ].join(' ');
  return row('app', !app?.version || wrong ? 'red' : 'green', app?.name ?? 'app', text);
}

function maintenanceRows({ maintenance }: InstanceStatus, now: Date): Row[] {
  if (!maintenance?.on) return [];
  const { since } = maintenance;
  const text = since
    ? ` since ${since.slice(0, 16).replace('T', ' ')} (${span(secondsSince(since, now))})`
    : '';
  return [row('maintenance', 'yellow', 'on', `the page is up${text}`)];
}

/** The way a visitor comes in. */
function siteRow({ site, maintenance }: InstanceStatus): Row {
  if (!site) return row('site', 'red', 'unknown', 'cannot be asked');
  if (site.nginx !== 'active') return row('site', 'red', 'nginx', `is ${site.nginx}`);
  if (site.code === 0) return row('site', 'red', 'nginx', 'does not answer');
  const well = site.code === 200 || (maintenance?.on === true && site.code === 503);
  return row('site', well ? 'green' : 'red', 'nginx', `answers ${site.code}`);
}

function serviceRows({ services }: InstanceStatus): Row[] {
  if (!services || services.length === 0) return [row('services', 'red', 'none', 'no container is running')];
  return services.map(({ name, state, health, restarts, outOfMemory }) => {
    const running = state === 'running';
    const level = !running || health === 'unhealthy' ? 'red' : health === 'starting' ? 'yellow' : 'green';
    const shown = [
      state,
      ...(health && health !== 'none' ? [health] : []),
      ...(outOfMemory ? ['out of memory'] : []),
      ...(restarts ? [`${restarts} restarts`] : []),
    ];
    return row('services', restarts && level === 'green' ? 'yellow' : level, name, shown.join(', '));
  });
}

/** Sets of Sidekiq's beside the queues: their jobs wait for a time, or for ever. */
const sets = ['retry', 'schedule', 'dead'];

/** A queue counts by how long its oldest job waits: five minutes is slow, half an hour is broken. */
function queueRows({ queues }: InstanceStatus): Row[] {
  if (!queues) return [row('queues', 'red', 'unknown', 'not readable')];
  const worked = queues.filter(({ name }) => !sets.includes(name));
  const slow = worked.filter((queue) => (queue.latency ?? 0) >= 300);
  const alone = worked.filter(({ processes }) => processes === 0);
  const total = worked.reduce((sum, queue) => sum + queue.size, 0);
  const rest = queues.filter(({ name, size }) => sets.includes(name) && size > 0);
  const text = [`${total} jobs wait`, ...rest.map(({ name, size }) => `${size} ${setNames[name]}`)].join(
    ', ',
  );
  return [
    ...alone.map(({ name }) => row('queues', 'red', name, 'nobody works on it')),
    ...slow.map(({ name, size, latency = 0 }) =>
      row('queues', latency >= 1800 ? 'red' : 'yellow', name, `${size} jobs, oldest waits ${span(latency)}`),
    ),
    row('queues', 'green', `${worked.length} queues`, text),
  ];
}

const setNames: Record<string, string> = { retry: 'to retry', schedule: 'for later', dead: 'given up' };

function backupRows({ backup }: InstanceStatus, now: Date): Row[] {
  return [lastBackupRow(backup, now), archiveRow(backup), ...heartbeatRows(backup)];
}

function lastBackupRow(backup: InstanceStatus['backup'], now: Date): Row {
  if (!backup?.last) return row('backup', 'red', 'last', 'never');
  const age = secondsSince(backup.last, now);
  const count = backup.count === undefined ? '' : `, ${backup.count} in all`;
  const level = age > 26 * hour ? 'red' : age > 3 * hour ? 'yellow' : 'green';
  return row('backup', level, 'last', `${backup.type ?? 'backup'} ${span(age)} ago${count}`);
}

/** Without it nobody can say how much a restore loses; while it beats there is nothing to say. */
function heartbeatRows({ heartbeatAge }: NonNullable<InstanceStatus['backup']> = {}): Row[] {
  if (heartbeatAge === undefined) return [row('backup', 'red', 'heartbeat', 'there is none')];
  return heartbeatAge > 60 ? [row('backup', 'red', 'heartbeat', `the last ${span(heartbeatAge)} ago`)] : [];
}

/** An idle database archives nothing: age alone is no failure. */
function archiveRow(backup: InstanceStatus['backup']): Row {
  const { walAge, failing } = backup ?? {};
  if (failing) return row('backup', 'red', 'WAL', 'archiving fails');
  if (walAge === undefined) return row('backup', 'red', 'WAL', 'not archived yet');
  return row('backup', walAge > 3600 ? 'yellow' : 'green', 'WAL', `archived ${span(walAge)} ago`);
}

/** certbot renews when a third of a certificate's life is left: at a quarter some attempts failed, at a sixth many. */
function certificateRows({ certificate }: InstanceStatus, now: Date): Row[] {
  if (!certificate?.notAfter) return [row('certificate', 'red', 'TLS', 'no certificate')];
  if (certificate.placeholder)
    return [row('certificate', 'red', 'TLS', 'a placeholder: none was issued yet')];
  const left = -secondsSince(certificate.notAfter, now);
  const life = certificate.notBefore ? left + secondsSince(certificate.notBefore, now) : 90 * day;
  const by = certificate.issuer ? `, by ${issuerName(certificate.issuer)}` : '';
  const level = left < life / 6 ? 'red' : left < life / 4 ? 'yellow' : 'green';
  const text = left <= 0 ? `expired ${span(-left)} ago${by}` : `${span(left)} left${by}`;
  const other = row('certificate', 'red', 'TLS', 'nginx shows another one than the one on the disk');
  return [row('certificate', level, 'TLS', text), ...(certificate.shown === false ? [other] : [])];
}

/** `C = US, O = Let's Encrypt, CN = R11`: the organisation, else the name. */
function issuerName(issuer: string): string {
  const part = (name: string) => new RegExp(`(?:^|, ?)${name} ?= ?([^,]+)`).exec(issuer)?.[1];
  return part('O') ?? part('CN') ?? issuer;
}

function diskRows({ disk }: InstanceStatus): Row[] {
  if (!disk || disk.length === 0) return [row('disk', 'red', 'unknown', 'not readable')];
  return disk.map(({ path, usedPercent, freeBytes, filesPercent = 0 }) => {
    const level = usedPercent >= 90 || filesPercent >= 90 ? 'red' : usedPercent >= 80 ? 'yellow' : 'green';
    const free = freeBytes === undefined ? '' : `, ${bytes(freeBytes)} free`;
    const files = filesPercent >= 90 ? `, ${filesPercent} % of its places for files` : '';
    return row('disk', level, path, `${Math.round(usedPercent)} % used${free}${files}`);
  });
}

function firewallRow({ refused }: InstanceStatus): Row {
  if (!refused) return row('firewall', 'red', 'nftables', 'not there');
  const counts = Object.entries(refused).map(
    ([name, packets]) => `${name.replace(/_refused$/, '')} ${packets}`,
  );
  const text = `up${counts.length > 0 ? `; refused ${counts.join(' ')}` : ''}`;
  return row('firewall', 'green', 'nftables', text);
}

/** Units that are no job of ours; the machine says which of them matter. */
function unitRows({ failed, timers, problems }: InstanceStatus): Row[] {
  const jobs = new Set((timers ?? []).map(({ name }) => `${name}.service`));
  return (failed ?? [])
    .filter((name) => !jobs.has(name))
    .map((name) => {
      const said = problems?.find(({ about, text }) => about === 'units' && text.startsWith(name));
      return row('units', said?.level ?? 'yellow', name, 'has failed');
    });
}

function driftRows({ drift }: InstanceStatus): Row[] {
  return (drift ?? []).map(({ path, kept }) =>
    row('drift', 'yellow', kept ? 'kept' : 'changed by hand', path),
  );
}

function rebootRows({ reboot }: InstanceStatus): Row[] {
  return reboot?.needed ? [row('reboot', 'yellow', 'needed', reboot.why ?? '')] : [];
}
