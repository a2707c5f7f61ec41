import type { HostFacts } from './types.ts';

/** Timers with something to do on a machine that stands by; the others work on what only the primary has. */
const standbyTimers = new Set(['egress-refresh']);

const timer = /^\/etc\/systemd\/system\/([^/]+)\.timer$/;
/** Units that a stack with open federation has no use for. */
const onlyWhenClosed = /^\/etc\/systemd\/system\/egress-refresh\.(?:service|timer)$/;

/** Whether a file under host/ belongs on this machine. */
export function belongs(path: string, { config, machine }: HostFacts): boolean {
  if (config.federation === 'open' && onlyWhenClosed.test(path)) return false;
  const name = timer.exec(path)?.[1];
  return name === undefined || machine.role === 'primary' || standbyTimers.has(name);
}
