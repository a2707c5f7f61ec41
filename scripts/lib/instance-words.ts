import { VisibleError } from '../../components/errors.ts';
import { refuseSelfDestruct } from './tootctl.ts';

// What coop asks of `instance` on the machine, as words: built here, quoted once, run by ssh.

export const statusWords = (): string[] => ['instance', 'status', '--json'];

export interface LogsFlags {
  follow?: boolean;
  since?: string;
  lines?: string;
}

export function logsWords(services: string[], flags: LogsFlags): string[] {
  for (const service of services)
    if (!/^[a-z0-9][a-z0-9@._-]*$/i.test(service))
      throw new VisibleError(`not a service — ${service} — see the names with: coop status STACK`);
  if (flags.lines !== undefined && !/^\d+$/.test(flags.lines))
    throw new VisibleError(`not a number — --lines ${flags.lines} — e.g. --lines 200`);
  return [
    'instance',
    'logs',
    ...services,
    ...(flags.follow ? ['-f'] : []),
    ...(flags.since ? ['--since', flags.since] : []),
    ...(flags.lines ? ['--lines', flags.lines] : []),
  ];
}

/** `agreed`: what deletes does not ask over there. */
export function tootctlWords(words: string[], agreed = false): string[] {
  refuseSelfDestruct(words);
  return ['instance', 'tootctl', ...(agreed ? ['--yes'] : []), ...words];
}

export function maintenanceWords(state: string): string[] {
  if (!['on', 'off', 'status'].includes(state))
    throw new VisibleError(`not a state — maintenance ${state} — on, off or status`);
  return ['instance', 'maintenance', state];
}

/** The files without their differences, for programs. */
export const driftListWords = ['instance', 'drift', '--json'];

export function driftWords(action: string | undefined, path: string | undefined): string[] {
  if (action === undefined || action === 'diff') return ['instance', 'drift', 'diff'];
  if (action !== 'keep' && action !== 'revert')
    throw new VisibleError(`not an action — drift ${action} — diff, keep PATH or revert PATH`);
  if (!path?.startsWith('/'))
    throw new VisibleError(`no path — drift ${action} — give the absolute path that coop drift STACK shows`);
  return ['instance', 'drift', action, path];
}
