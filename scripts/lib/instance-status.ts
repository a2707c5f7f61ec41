/** What `instance status --json` says; every part may be missing, and is then shown as unknown, never as well. */
export interface InstanceStatus {
  domain?: string;
  app?: { name?: string; version?: string; expected?: string };
  federation?: string;
  maintenance?: { on: boolean; since?: string };
  services?: { name: string; state: string; health?: string; restarts?: number }[];
  queues?: { name: string; size: number; latency?: number }[];
  backup?: { last?: string; type?: string; count?: number; walAge?: number; failing?: boolean };
  certificate?: { notAfter?: string; issuer?: string; placeholder?: boolean };
  disk?: { path: string; usedPercent: number; freeBytes?: number }[];
  timers?: {
    name: string;
    enabled: boolean;
    active: boolean;
    next?: string;
    last?: string;
    result?: string;
  }[];
  drift?: { path: string; kept?: boolean }[];
  /** Packets the firewall refused, by counter; missing when there is no firewall. */
  refused?: Record<string, number>;
  /** What the machine itself finds wrong. */
  problems?: { level: 'red' | 'yellow'; text: string }[];
}

/** Reads what the machine printed; undefined when it is no status. A null is what could not be found out: left out. */
export function readInstanceStatus(text: string): InstanceStatus | undefined {
  try {
    const value: unknown = JSON.parse(text, (_key, item) => item ?? undefined);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
