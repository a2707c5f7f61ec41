import { hostnameOf as copyHostname } from '../restore/machine.ts';
import type { Role } from './machine.ts';

/** What a machine is called, on itself and in its account. */
export function hostnameOf(role: Role, config: { domain: string; restore?: unknown }, stack: string): string {
  return config.restore ? copyHostname(stack) : `${role}.${config.domain}`;
}
