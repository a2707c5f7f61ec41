/** What `instance status --json` says; every part may be missing, and is then shown as unknown, never as well. */
export interface InstanceStatus {
  domain?: string;
  app?: { name?: string; version?: string; expected?: string };
  federation?: string;
  maintenance?: { on: boolean; since?: string };
  services?: { name: string; state: string; health?: string; restarts?: number }[];
  queues?: { name: string; size: number; latency?: number }[];
  backup?: { last?: string; type?: string; walAge?: number };
  certificate?: { notAfter?: string; issuer?: string };
  disk?: { path: string; usedPercent: number; freeBytes?: number }[];
  timers?: {
    name: string;
    enabled: boolean;
    active: boolean;
    next?: string;
    last?: string;
    result?: string;
  }[];
}

/** Reads what the machine printed; undefined when it is no status. */
export function readInstanceStatus(text: string): InstanceStatus | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
