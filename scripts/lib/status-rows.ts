import type { InstanceStatus } from './instance-status.ts';

export type Level = 'red' | 'yellow' | 'green';

export interface Row {
  group: string;
  level: Level;
  label: string;
  text: string;
}

/** What a status says, judged. What is unknown or never ran is red, not grey. */
export function rowsOf(status: InstanceStatus, now: Date): Row[] {
  return [
    appRow(status),
    ...(status.maintenance?.on
      ? [row('state', 'yellow', 'maintenance', `page is up${since(status.maintenance.since, now)}`)]
      : []),
    ...serviceRows(status),
    ...queueRows(status),
    ...backupRows(status, now),
    certificateRow(status, now),
    ...diskRows(status),
    ...timerRows(status, now),
  ];
}

const row = (group: string, level: Level, label: string, text: string): Row => ({
  group,
  level,
  label,
  text,
});

function appRow({ app, federation }: InstanceStatus): Row {
  const wrong = app?.expected !== undefined && app.version !== undefined && app.version !== app.expected;
  const text = [
    app?.version ?? 'version unknown',
    ...(wrong ? [`(${app.expected} configured)`] : []),
    `federation ${federation ?? 'unknown'}`,
  ].join(' ');
  return row('state', !app?.version ? 'red' : wrong ? 'yellow' : 'green', app?.name ?? 'app', text);
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

/** A queue counts by how long its oldest job waits: five minutes is slow, half an hour is broken. */
function queueRows({ queues }: InstanceStatus): Row[] {
  if (!queues) return [row('queues', 'red', 'unknown', 'not readable')];
  const total = queues.reduce((sum, queue) => sum + queue.size, 0);
  const slow = queues.filter((queue) => (queue.latency ?? 0) >= 300);
  if (slow.length === 0) return [row('queues', 'green', `${queues.length} queues`, `${total} jobs waiting`)];
  return slow.map((queue) => {
    const latency = queue.latency ?? 0;
    return row(
      'queues',
      latency >= 1800 ? 'red' : 'yellow',
      queue.name,
      `${queue.size} jobs, oldest waits ${span(latency)}`,
    );
  });
}

function backupRows({ backup }: InstanceStatus, now: Date): Row[] {
  const age = backup?.last ? secondsSince(backup.last, now) : undefined;
  const last =
    age === undefined
      ? row('backup', 'red', 'last', 'never')
      : row(
          'backup',
          age > 8 * day ? 'red' : age > 2 * day ? 'yellow' : 'green',
          'last',
          `${backup?.type ?? 'backup'} ${span(age)} ago`,
        );
  const wal = backup?.walAge;
  const archive =
    wal === undefined
      ? row('backup', 'red', 'WAL', 'not archived yet')
      : row(
          'backup',
          wal > 3600 ? 'red' : wal > 900 ? 'yellow' : 'green',
          'WAL',
          `archived ${span(wal)} ago`,
        );
  return [last, archive];
}

function certificateRow({ certificate }: InstanceStatus, now: Date): Row {
  if (!certificate?.notAfter) return row('certificate', 'red', 'TLS', 'no certificate');
  const left = -secondsSince(certificate.notAfter, now);
  const issuer = certificate.issuer ? `, ${certificate.issuer}` : '';
  if (left <= 0) return row('certificate', 'red', 'TLS', `expired ${span(-left)} ago${issuer}`);
  return row(
    'certificate',
    left < 7 * day ? 'red' : left < 21 * day ? 'yellow' : 'green',
    'TLS',
    `${span(left)} left${issuer}`,
  );
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
      timer.name,
      text.join(', '),
    );
  });
}

const day = 86_400;
const secondsSince = (iso: string, now: Date) => (now.getTime() - Date.parse(iso)) / 1000;
const since = (iso: string | undefined, now: Date) =>
  iso ? ` since ${iso.slice(0, 16).replace('T', ' ')} (${span(secondsSince(iso, now))})` : '';

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
