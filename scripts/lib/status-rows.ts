import type { InstanceStatus } from './instance-status.ts';

export type Level = 'red' | 'yellow' | 'green';

export interface Row {
  group: string;
  level: Level;
  label: string;
  text: string;
}

/** What a status says, judged. What is unknown is red, not grey. */
export function rowsOf(status: InstanceStatus, now: Date): Row[] {
  return [
    ...(status.problems ?? []).map(({ level, text }) => row('problems', level, '', text)),
    appRow(status),
    ...maintenanceRows(status, now),
    ...serviceRows(status),
    ...queueRows(status),
    ...backupRows(status, now),
    certificateRow(status, now),
    ...diskRows(status),
    ...timerRows(status, now),
    firewallRow(status),
    ...driftRows(status),
  ];
}

const row = (group: string, level: Level, label: string, text: string): Row => ({
  group,
  level,
  label,
  text,
});

/** A wrong image works as well: the version must be the one configured, or a build of it. */
function appRow({ app, federation }: InstanceStatus): Row {
  const wrong = app?.expected !== undefined && app.version?.startsWith(app.expected) === false;
  const text = [
    app?.version ?? 'version unknown',
    ...(wrong ? [`(${app.expected} configured)`] : []),
    `federation ${federation ?? 'unknown'}`,
  ].join(' ');
  return row('state', !app?.version || wrong ? 'red' : 'green', app?.name ?? 'app', text);
}

function maintenanceRows({ maintenance }: InstanceStatus, now: Date): Row[] {
  if (!maintenance?.on) return [];
  const { since } = maintenance;
  const text = since
    ? ` since ${since.slice(0, 16).replace('T', ' ')} (${span(secondsSince(since, now))})`
    : '';
  return [row('state', 'yellow', 'maintenance', `the page is up${text}`)];
}

function serviceRows({ services }: InstanceStatus): Row[] {
  if (!services || services.length === 0) return [row('services', 'red', 'none', 'no container is running')];
  return services.map(({ name, state, health, restarts }) => {
    const running = state === 'running';
    const level = !running || health === 'unhealthy' ? 'red' : health === 'starting' ? 'yellow' : 'green';
    const shown = [
      state,
      ...(health && health !== 'none' ? [health] : []),
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
  const total = worked.reduce((sum, queue) => sum + queue.size, 0);
  const rest = queues.filter(({ name, size }) => sets.includes(name) && size > 0);
  const text = [`${total} jobs wait`, ...rest.map(({ name, size }) => `${size} ${setNames[name]}`)].join(
    ', ',
  );
  const late = slow.map(({ name, size, latency = 0 }) =>
    row('queues', latency >= 1800 ? 'red' : 'yellow', name, `${size} jobs, oldest waits ${span(latency)}`),
  );
  return [...late, row('queues', 'green', `${worked.length} queues`, text)];
}

const setNames: Record<string, string> = { retry: 'to retry', schedule: 'for later', dead: 'given up' };

function backupRows({ backup }: InstanceStatus, now: Date): Row[] {
  return [lastBackupRow(backup, now), archiveRow(backup)];
}

function lastBackupRow(backup: InstanceStatus['backup'], now: Date): Row {
  if (!backup?.last) return row('backup', 'red', 'last', 'never');
  const age = secondsSince(backup.last, now);
  const count = backup.count === undefined ? '' : `, ${backup.count} in all`;
  const level = age > 8 * day ? 'red' : age > 2 * day ? 'yellow' : 'green';
  return row('backup', level, 'last', `${backup.type ?? 'backup'} ${span(age)} ago${count}`);
}

/** An idle database archives nothing: age alone is no failure. */
function archiveRow(backup: InstanceStatus['backup']): Row {
  const { walAge, failing } = backup ?? {};
  if (failing) return row('backup', 'red', 'WAL', 'archiving fails');
  if (walAge === undefined) return row('backup', 'red', 'WAL', 'not archived yet');
  return row('backup', walAge > 3600 ? 'yellow' : 'green', 'WAL', `archived ${span(walAge)} ago`);
}

function certificateRow({ certificate }: InstanceStatus, now: Date): Row {
  if (!certificate?.notAfter) return row('certificate', 'red', 'TLS', 'no certificate');
  if (certificate.placeholder) return row('certificate', 'red', 'TLS', 'a placeholder: none was issued yet');
  const left = -secondsSince(certificate.notAfter, now);
  const by = certificate.issuer ? `, by ${issuerName(certificate.issuer)}` : '';
  if (left <= 0) return row('certificate', 'red', 'TLS', `expired ${span(-left)} ago${by}`);
  const level = left < 7 * day ? 'red' : left < 21 * day ? 'yellow' : 'green';
  return row('certificate', level, 'TLS', `${span(left)} left${by}`);
}

/** `C = US, O = Let's Encrypt, CN = R11`: the organisation, else the name. */
function issuerName(issuer: string): string {
  const part = (name: string) => new RegExp(`(?:^|, ?)${name} ?= ?([^,]+)`).exec(issuer)?.[1];
  return part('O') ?? part('CN') ?? issuer;
}

function diskRows({ disk }: InstanceStatus): Row[] {
  if (!disk || disk.length === 0) return [row('disk', 'red', 'unknown', 'not readable')];
  return disk.map(({ path, usedPercent, freeBytes }) =>
    row(
      'disk',
      usedPercent >= 90 ? 'red' : usedPercent >= 80 ? 'yellow' : 'green',
      path,
      `${Math.round(usedPercent)} % used${freeBytes === undefined ? '' : `, ${bytes(freeBytes)} free`}`,
    ),
  );
}

function timerRows({ timers }: InstanceStatus, now: Date): Row[] {
  if (!timers || timers.length === 0) return [row('timers', 'red', 'unknown', 'none is known')];
  return timers.map((timer) => {
    const dead = !timer.enabled || !timer.active || !timer.next;
    const failed = timer.result !== undefined && timer.result !== 'success';
    const text = [
      ...(dead ? [!timer.enabled ? 'not enabled' : !timer.active ? 'not active' : 'no next run'] : []),
      ...(failed ? [`last run: ${timer.result}`] : []),
      timer.last ? `ran ${span(secondsSince(timer.last, now))} ago` : 'has not run yet',
      ...(timer.next && !dead ? [`next in ${span(Math.max(0, -secondsSince(timer.next, now)))}`] : []),
    ];
    return row(
      'timers',
      dead || failed ? 'red' : timer.last ? 'green' : 'yellow',
      timer.name.replace(/\.timer$/, ''),
      text.join(', '),
    );
  });
}

function firewallRow({ refused }: InstanceStatus): Row {
  if (!refused) return row('firewall', 'red', 'nftables', 'not there');
  const counts = Object.entries(refused).map(
    ([name, packets]) => `${name.replace(/_refused$/, '')} ${packets}`,
  );
  return row(
    'firewall',
    'green',
    'nftables',
    `up${counts.length > 0 ? `; refused ${counts.join(' ')}` : ''}`,
  );
}

function driftRows({ drift }: InstanceStatus): Row[] {
  return (drift ?? []).map(({ path, kept }) =>
    row('drift', 'yellow', kept ? 'kept' : 'changed by hand', path),
  );
}

const day = 86_400;
const secondsSince = (iso: string, now: Date) => (now.getTime() - Date.parse(iso)) / 1000;

/** `42 s`, `12 min`, `3 h`, `9 days`: the largest unit that says something. */
export function span(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 120) return `${s} s`;
  if (s < 2 * 3600) return `${Math.round(s / 60)} min`;
  if (s < 2 * day) return `${Math.round(s / 3600)} h`;
  return `${Math.round(s / day)} days`;
}

function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return `${(count / 1000 ** power).toFixed(power > 2 ? 1 : 0)} ${units[power]}`;
}
