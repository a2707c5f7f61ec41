/** Whom a token belongs to, and what it may do. */
export interface Identity {
  /** As the provider names it; undefined where its API does not tell. */
  account?: string | undefined;
  access: 'read-write' | 'read' | 'unknown';
  /** Rights that the program needs and the token lacks, in the provider's words. */
  missing?: string[];
  /** Why the provider lets nothing be made in the account now. */
  locked?: string;
  /** Something else the provider says about it: an expiry, a warning. */
  remark?: string;
}

export interface Quota {
  what: string;
  limit: number;
  used: number;
  /** How many more the machines need that are asked about; what is there already needs no room. */
  wanted: number;
}

/** What a stack makes there. */
export type Makes = 'machines' | 'buckets';

/** Who rents machines. */
export interface Cloud {
  /** `makes`: `buckets` where the account holds no machine of the stack, and needs fewer rights. */
  whoami(makes?: Makes): Promise<Identity>;
  /** Whether this token sees the thing of that id. */
  sees(kind: 'server' | 'firewall', id: string): Promise<boolean>;
  /** Whether the account holds the machine of that name, or the SSH key that is called after it. */
  holds(machine: string): Promise<boolean>;
  /** Limits of the account, as far as its API tells them; `machines`: names of those the stack has there. */
  quotas(machines: string[]): Promise<Quota[]>;
}

/** Who keeps buckets. */
export interface ObjectStore {
  whoami(): Promise<Identity>;
}

export interface Zone {
  name: string;
  account?: string | undefined;
}

export interface SeenRecord {
  id: string;
  type: string;
  name: string;
  content: string;
}

/** Who serves names. */
export interface NameServer {
  whoami(zoneId: string): Promise<Identity>;
  /** Undefined where the token sees no such zone. */
  zone(id: string): Promise<Zone | undefined>;
  /** Every record of these names. */
  records(zoneId: string, names: string[]): Promise<SeenRecord[]>;
}

/** One client per account a stack may need; a token that is not set is the checks' business. */
export interface Clouds {
  hetzner: Cloud;
  digitalocean: Cloud;
  spaces: ObjectStore;
  cloudflare: NameServer;
}

/** The provider answered, and refused. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly status: number;
  /** The provider's own code, or ''. */
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The provider did not answer. */
export class Silence extends Error {
  override name = 'Silence';
}
