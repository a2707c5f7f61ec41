import type { Access } from '../accounts.ts';
import type { CloudObject, Context, Properties, State } from '../types.ts';

export interface ApiRequest {
  method: string;
  /** Below the provider's own part of the address. */
  path: string[];
  query: URLSearchParams;
  /** As they came: an S3 signature covers them. */
  pathname: string;
  headers: Record<string, string | string[] | undefined>;
  body: Properties;
}

/** What a request may look at. */
export interface Seen {
  state: State;
  /** Whose token it is; throws the provider's refusal. */
  access(): Access;
  /** What of a type the token's account has. */
  list(type: string): CloudObject[];
  /** The account as its kinds of resources see it. */
  context(): Context;
}

/** What a request may change, in the account of its token. */
export interface Change {
  /** Throws the provider's refusal where there is none. */
  find(type: string, id: string): CloudObject;
  create(type: string, inputs: Properties): Promise<CloudObject>;
  update(object: CloudObject, inputs: Properties): Promise<void>;
  remove(object: CloudObject): Promise<void>;
  /** As the console's button does: the plug is pulled. */
  powerOff(object: CloudObject): Promise<void>;
}

/** Its answer without a body is undefined. */
export type Changed = [status: number, body?: Properties];

/** One provider's HTTP API, as far as anybody asks it. */
export interface Api {
  /** What is changed by hand or by `coop recover`; undefined for every other request. Where it is absent nothing can be. */
  change?(request: ApiRequest, seen: Seen, change: Change): Promise<Changed> | undefined;
  answer(request: ApiRequest, seen: Seen): Properties | string;
  /** A refusal as this provider writes it: its status, and the body. */
  refusal(error: Error & { status: number; code: string }): [status: number, body: Properties | string];
}
