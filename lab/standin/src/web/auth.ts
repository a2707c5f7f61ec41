import type { Row } from '../core/db.ts';
import { findToken } from '../model/tokens.ts';
import type { Context } from './context.ts';
import { HttpError } from './errors.ts';

/** The request's token, if it carries a valid one. */
export async function optionalToken(context: Context): Promise<Row | undefined> {
  const header = /^Bearer\s+(\S+)$/i.exec(context.req.headers.authorization ?? '')?.[1];
  const text = header ?? context.url.searchParams.get('access_token') ?? undefined;
  if (!text) return undefined;
  context.token = await findToken(context.app.db, text);
  if (!context.token) throw new HttpError(401, 'The access token is invalid');
  return context.token;
}

/** A token of the right scope, of an app alone or of a user. */
export async function requireToken(context: Context, scope: string): Promise<Row> {
  const token = await optionalToken(context);
  if (!token) throw new HttpError(401, 'The access token is invalid');
  if (!covers(String(token.scopes ?? ''), scope))
    throw new HttpError(403, 'This action is outside the authorized scopes');
  return token;
}

/** A token of a user who may act: confirmed, approved, not disabled. */
export async function requireUser(context: Context, scope: string): Promise<Row> {
  const token = await requireToken(context, scope);
  if (!token.user_id) throw new HttpError(422, 'This method requires an authenticated user');
  if (token.disabled || token.suspended_at) throw new HttpError(403, 'Your login is currently disabled');
  if (!token.confirmed_at) throw new HttpError(403, 'Your login is missing a confirmed e-mail address');
  if (!token.approved) throw new HttpError(403, 'Your login is currently pending approval');
  return token;
}

const covers = (granted: string, wanted: string): boolean =>
  granted.split(/\s+/).some((scope) => scope === wanted || wanted.startsWith(`${scope}:`));
