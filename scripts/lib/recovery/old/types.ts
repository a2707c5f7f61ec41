/** One thing that is done to what is left of the lost server. */
export interface Step {
  /** What is done, as shown before and after. */
  says: string;
  act(): Promise<void>;
  /** Its failure stops nothing: what it is for was done by another. */
  optional?: boolean;
  /** Done when nothing answers any more. */
  last?: boolean;
}

export interface OldMachine {
  name: string;
  /** Where it may still answer. */
  addresses: string[];
}

/** What is left of a stack in one account. */
export interface Left {
  machines: OldMachine[];
  steps: Step[];
  /** Access keys that are revoked; whether they still open anything is asked afterwards. */
  keys: string[];
  /** What is not touched, and what is to be known about it. */
  remarks: string[];
}

/** What is looked for. */
export interface Lost {
  stack: string;
  /** Pulumi project: the comments of its records begin with it. */
  project: string;
  domain: string;
  /** Names of its machines. */
  hostnames: string[];
  buckets: string[];
  dns: { provider: string; zoneId?: string };
  /** IDs of what the state knows already: not old, but ours. */
  ours: ReadonlySet<string>;
}

/** A name nobody else has, and by which it is found again: `lost-123.primary.social.coop`. */
export const lostName = (id: string | number, name: string): string => `lost-${id}.${name}`;

/** Whether a machine is one of those looked for, and whether a run before has put it out of the way already. */
export function isLost(name: string, hostnames: readonly string[]): 'as it was' | 'renamed' | undefined {
  if (hostnames.includes(name)) return 'as it was';
  return hostnames.includes(name.replace(/^lost-\d+\./, '')) ? 'renamed' : undefined;
}

/** An address of nobody (RFC 5737): a rule for it lets nothing through, and an empty list may mean anything. */
export const NOBODY = '192.0.2.1/32';
