import type { Access } from '../accounts.ts';
import type { CloudObject, Properties, State } from '../types.ts';

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
}

/** One provider's HTTP API, as far as anybody asks it. */
export interface Api {
  answer(request: ApiRequest, seen: Seen): Properties | string;
  /** A refusal as this provider writes it: its status, and the body. */
  refusal(error: Error & { status: number; code: string }): [status: number, body: Properties | string];
}
