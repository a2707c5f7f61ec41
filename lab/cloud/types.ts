import type { Backends } from './backends.ts';

export type Properties = Record<string, unknown>;

/** A customer of one provider: who holds the token sees these objects and no others. */
export interface Account {
  provider: string;
  name: string;
  token: string;
  /** A second token of the same account, which may only look. */
  readToken?: string;
  /** How many objects of a type it may have, where that is not what a new account has. */
  limits?: Record<string, number>;
  /** DigitalOcean: the key pair that reaches every bucket of the account. */
  spaces?: { accessKey: string; secretKey: string };
  /** Cloudflare: the zones this token may edit. */
  zones?: { id: string; name: string }[];
}

export interface CloudObject {
  provider: string;
  type: string;
  id: string;
  account: string;
  /** As given, with the provider's defaults. */
  inputs: Properties;
  outputs: Properties;
  /** What the provider keeps to itself: hardware addresses, assignments. */
  hidden: Properties;
  /** `creating` is written before anything real is made, so that a crash loses no machine. */
  phase: 'creating' | 'ready' | 'deleting';
  /** Who asked for it. Until the answer has been delivered, the same request gets the same object again. */
  request?: string;
  delivered?: boolean;
}

export interface Fault {
  provider: string;
  type: string;
  op: 'create' | 'read' | 'update' | 'delete';
  kind: 'rate-limit' | 'out-of-stock' | 'timeout-after' | 'server-error';
  times: number;
}

export interface State {
  version: 1;
  /** Last number handed out; ids, hardware addresses and addresses come from it. */
  counter: number;
  accounts: Account[];
  objects: CloudObject[];
  faults: Fault[];
}

/** What a kind of resource may use while it works for one account. */
export interface Context {
  account: Account;
  backends: Backends;
  /** A number never used before in this lab. */
  next(): number;
  /** Objects of this account. */
  list(type: string): CloudObject[];
  /** Objects of every account: names that are unique in the world, addresses in use. */
  world(type: string): CloudObject[];
  /** Objects of every account of any provider. */
  everywhere(provider: string, type: string): CloudObject[];
}

/** One type of resource. `realise` and `remove` are run again after a crash: they must be idempotent. */
export interface Kind {
  /** Refuses by throwing; reserves an id and addresses; touches nothing real. */
  plan(context: Context, inputs: Properties): Pick<CloudObject, 'id' | 'inputs' | 'outputs' | 'hidden'>;
  realise?(context: Context, object: CloudObject): Promise<void>;
  /** Brings `outputs` up to date; false when somebody removed the real thing. */
  refresh?(context: Context, object: CloudObject): Promise<boolean>;
  /** Changes `object` in place from its old inputs to `inputs`; refuses by throwing. */
  update(context: Context, object: CloudObject, inputs: Properties): Promise<void>;
  /** Throws where the customer may not delete it as it is. */
  refuseRemoval?(context: Context, object: CloudObject): void;
  remove?(context: Context, object: CloudObject): Promise<void>;
  /** What it cannot outlive: at the provider it is no thing of its own, but a property of these. */
  partOf?(inputs: Properties, object: CloudObject): [type: string, id: string][];
}
