import type { Access } from '../accounts.ts';
import { type ApiError, unprocessable } from '../api-error.ts';
import { refusalsOf } from '../refusals.ts';
import type { Properties } from '../types.ts';

/** A request to make something: refused for the token first, then for what is missing. Only the plugins really make. */
export function refuseToMake({ account, permissions }: Access, body: Properties, missing: ApiError): never {
  if (permissions === 'read') throw refusalsOf(account.provider).readOnly();
  if (Object.keys(body).length === 0) throw missing;
  throw unprocessable('the lab makes things through its plugins only');
}
