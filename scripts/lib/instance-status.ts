/** What `instance status --json` says; every part may be missing, and is then shown as unknown, never as well. */
export interface InstanceStatus {
  domain?: string;
  stack?: string;
  machine?: string;
  /** `secondary` stands by: it has nothing of the app, and no part about it. */
  role?: 'primary' | 'secondary';
  app?: { name?: string; version?: string; expected?: string };
  federation?: string;
  /** The stack it is a fenced copy of. */
  copyOf?: string;
  maintenance?: { on: boolean; since?: string };
  /** What nginx is, and what it answers to a visitor (0: nothing). */
  site?: { nginx: string; code: number };
  services?: { name: string; state: string; health?: string; restarts?: number; outOfMemory?: boolean }[];
  queues?: { name: string; size: number; latency?: number; processes?: number }[];
  backup?: {
    last?: string;
    type?: string;
    count?: number;
    walAge?: number;
    failing?: boolean;
    /** Seconds since the newest row of the table that gets one every second. */
    heartbeatAge?: number;
  };
  certificate?: {
    notBefore?: string;
    notAfter?: string;
    issuer?: string;
    placeholder?: boolean;
    /** Whether nginx shows this one. */
    shown?: boolean;
  };
  /** The last rehearsals of its backups; a copy, and whoever stands by, has none. */
  rehearsal?: {
    /** Since when there is data. */
    since?: string;
    last?: Rehearsal;
    /** The last that passed. */
    passed?: Rehearsal;
  };
  disk?: { path: string; usedPercent: number; freeBytes?: number; filesPercent?: number }[];
  timers?: JobStatus[];
  /** Units of the system that failed. */
  failed?: string[];
  reboot?: { needed: boolean; why?: string };
  drift?: { path: string; kept?: boolean }[];
  /** Packets the firewall refused, by counter; missing when there is no firewall. */
  refused?: Record<string, number>;
  /** What the machine itself finds wrong; `about` is the word the runbook has it under. */
  problems?: { level: 'red' | 'yellow'; about?: string; text: string }[];
}

/** What `coop rehearse` says of a rehearsal to the machine whose backups were restored. */
export interface Rehearsal {
  ended: string;
  result: 'passed' | 'failed';
  rpoSeconds?: number;
  ttrSeconds?: number;
}

/** A job that a timer starts. */
export interface JobStatus {
  name: string;
  enabled: boolean;
  active: boolean;
  next?: string;
  /** Since when its timer waits. */
  since?: string;
  /** When it was last started since the machine booted. */
  started?: string;
  running?: boolean;
  /** systemd's word for how its last run ended. */
  result?: string;
  /** When it last did what it is for. */
  last?: string;
  /** Seconds after which that is too long ago. */
  staleAfter?: number;
  /** What it said about it. */
  said?: string;
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
