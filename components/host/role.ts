import type { StackConfig } from '../config/types.ts';
import type { HostFacts } from './types.ts';

/** Timers with something to do on a machine that stands by; the others work on what only the primary has. */
const standbyTimers = new Set(['egress-refresh', 'watch']);

/** All that happens by itself on a copy: it takes itself down. */
const copyTimers = new Set(['restore-deadline']);

/** What stands around a copy, and nowhere else. */
const onlyOnCopy = /\/(social-coop-fence|fence-watch|restore-deadline|20-fence|fence\.nft)\b/;

/** Units of a second backup repository. */
const onlyWithRepo2 = /^\/etc\/systemd\/system\/repo2-storage\./;

/** What is encrypted to the recovery key; a copy of a stack has none. */
const onlyWithKit = ['secrets-escrow', 'pg-dump-to-s3'];

/** The yardstick of a restore is written where the backups are made, and nowhere else. */
const heartbeat = /^\/(?:etc\/systemd\/system\/heartbeat\.service|opt\/social\.coop\/libexec\/heartbeat)$/;

const timer = /^\/etc\/systemd\/system\/([^/]+)\.timer$/;
const unit = /^\/etc\/systemd\/system\/([^/]+)\.(?:service|timer)$/;

/** Jobs that a stack has no use for, by the names of their units: a timer that is not there cannot fire. */
function needless({ federation, retention }: StackConfig): string[] {
  return [
    ...(federation === 'open' ? ['egress-refresh'] : []),
    ...(retention.mediaDays === 0 ? ['tootctl-media'] : []),
    ...(retention.profileDays === 0 ? ['tootctl-profiles'] : []),
    ...(retention.previewCardDays === 0 ? ['tootctl-preview-cards'] : []),
    ...(retention.statusDays === 0 ? ['tootctl-statuses'] : []),
  ];
}

/** Whether a file under host/ belongs on this machine. */
export function belongs(path: string, { config, machine, kit }: HostFacts): boolean {
  if (!kit && onlyWithKit.includes(unit.exec(path)?.[1] ?? '')) return false;
  if (needless(config).includes(unit.exec(path)?.[1] ?? '')) return false;
  if (!config.repo2 && onlyWithRepo2.test(path)) return false;
  if (machine.role === 'secondary' && path.includes('/database-client@')) return false;
  if ((machine.role === 'secondary' || config.restore) && heartbeat.test(path)) return false;
  if (!config.search.enabled && path === '/etc/sysctl.d/60-social-coop-search.conf') return false;
  if (!config.restore && onlyOnCopy.test(path)) return false;
  if (config.restore && !onCopy(path, config.restore)) return false;
  const name = timer.exec(path)?.[1];
  return name === undefined || machine.role === 'primary' || standbyTimers.has(name);
}

function onCopy(path: string, { media }: NonNullable<StackConfig['restore']>): boolean {
  const name = unit.exec(path)?.[1];
  if (path.includes('/media-storage.')) return media !== 'empty';
  return name === undefined || !path.endsWith('.timer') || copyTimers.has(name);
}
