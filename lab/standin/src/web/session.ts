import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { App } from '../core/app.ts';
import { one, type Row } from '../core/db.ts';
import type { Context } from './context.ts';

const COOKIE = '_session_id';

const sign = (app: App, text: string): string =>
  createHmac('sha256', app.env.secretKeyBase).update(`session:${text}`).digest('base64url');

const equal = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** Signed in with SECRET_KEY_BASE: another key ends every session. */
function sessionId(context: Context): string | undefined {
  const cookie = new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(context.req.headers.cookie ?? '')?.[1] ?? '';
  const [id = '', mac = ''] = cookie.split('.');
  return id !== '' && equal(mac, sign(context.app, id)) ? id : undefined;
}

export async function startSession(context: Context, userId: string): Promise<void> {
  const { app } = context;
  const id = randomBytes(16).toString('hex');
  // up to 4.5 the browser's push subscription hung on the session
  const legacy = app.env.version.minor <= 405 ? ', web_push_subscription_id' : '';
  await app.db.query(
    `INSERT INTO session_activations (session_id, user_id, user_agent, ip${legacy}) VALUES ($1, $2, $3, $4${legacy ? ', NULL' : ''})`,
    [id, userId, String(context.req.headers['user-agent'] ?? '').slice(0, 255), context.remoteIp],
  );
  await app.db.query(
    `DELETE FROM session_activations WHERE user_id = $1 AND id NOT IN
      (SELECT id FROM session_activations WHERE user_id = $1 ORDER BY id DESC LIMIT $2)`,
    [userId, app.env.maxSessions],
  );
  context.res.setHeader(
    'set-cookie',
    `${COOKIE}=${id}.${sign(app, id)}; path=/; secure; HttpOnly; SameSite=Lax; max-age=31556952`,
  );
}

/** The user of the browser's session, with account and role; undefined when not signed in. */
export async function sessionUser(context: Context): Promise<Row | undefined> {
  const id = sessionId(context);
  if (!id) return undefined;
  return one(
    context.app.db,
    `SELECT u.*, a.username, r.name AS role FROM session_activations s JOIN users u ON u.id = s.user_id
      JOIN accounts a ON a.id = u.account_id LEFT JOIN user_roles r ON r.id = u.role_id
      WHERE s.session_id = $1 AND NOT u.disabled`,
    [id],
  );
}

/** Token a form of this site carries, so that another site cannot send it in a member's name. */
export const formToken = (context: Context): string => {
  const nonce = randomBytes(8).toString('hex');
  return `${nonce}.${sign(context.app, `form:${sessionId(context) ?? ''}:${nonce}`)}`;
};

export function checkFormToken(context: Context, token: string): boolean {
  const [nonce = '', mac = ''] = token.split('.');
  return equal(mac, sign(context.app, `form:${sessionId(context) ?? ''}:${nonce}`));
}
