import type { App } from '../../core/app.ts';
import { one, type Row } from '../../core/db.ts';
import { decrypt } from '../../crypto/encryption.ts';
import { verifyPassword } from '../../crypto/password.ts';
import { createApplication, createToken, redeemGrant } from '../../model/tokens.ts';
import { requireToken } from '../auth.ts';
import type { Context } from '../context.ts';
import { HttpError, unprocessable } from '../errors.ts';
import type { Form } from '../form.ts';
import { route } from '../router.ts';

/** The user an address and a password belong to; reads the encrypted column, so wrong keys show at once. */
export async function logIn(app: App, email: string, password: string): Promise<Row | undefined> {
  const user = await one(app.db, 'SELECT * FROM users WHERE email = lower($1)', [email]);
  if (!user || !(await verifyPassword(password, user.encrypted_password))) return undefined;
  if (user.otp_secret) decrypt(app.env.encryption, user.otp_secret);
  await app.db.query(
    'UPDATE users SET current_sign_in_at = now(), sign_in_count = sign_in_count + 1 WHERE id = $1',
    [user.id],
  );
  return user;
}

async function register(context: Context): Promise<void> {
  const form = await context.form();
  const name = form.get('client_name');
  const redirect = form.all('redirect_uris').join('\n');
  if (!name) throw unprocessable("Application name can't be blank");
  if (!redirect) throw unprocessable("Redirect URI can't be blank");
  const app = await createApplication(
    context.app.db,
    name,
    redirect,
    form.get('scopes') || 'read',
    form.get('website'),
  );
  context.json({
    id: app.id,
    name: app.name,
    website: app.website,
    scopes: String(app.scopes).split(/\s+/),
    redirect_uri: app.redirect_uri,
    redirect_uris: String(app.redirect_uri).split(/\s+/),
    client_id: app.uid,
    client_secret: app.secret,
    vapid_key: context.app.env.vapid.publicKey,
  });
}

const refused = (): HttpError =>
  new HttpError(401, 'invalid_client', {
    error_description:
      'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.',
  });
const badGrant = (): HttpError =>
  new HttpError(400, 'invalid_grant', {
    error_description:
      'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
  });

async function client(context: Context, form: Form): Promise<Row> {
  const basic = /^Basic (.+)$/i.exec(context.req.headers.authorization ?? '')?.[1];
  const [id, secret] = basic
    ? Buffer.from(basic, 'base64').toString('utf8').split(':')
    : [form.get('client_id'), form.get('client_secret')];
  const app = await one(context.app.db, 'SELECT * FROM oauth_applications WHERE uid = $1 AND secret = $2', [
    id,
    secret,
  ]);
  if (!app) throw refused();
  return app;
}

async function token(context: Context): Promise<void> {
  const form = await context.form();
  const { db } = context.app;
  const app = await client(context, form);
  const allowed = String(app.scopes).split(/\s+/);
  const scopes = (form.get('scope') || 'read').split(/\s+/);
  if (scopes.some((scope) => !allowed.some((one) => one === scope || scope.startsWith(`${one}:`))))
    throw new HttpError(400, 'invalid_scope', {
      error_description: 'The requested scope is invalid, unknown, or malformed.',
    });
  const issue = async (userId: string | null, granted: string): Promise<void> => {
    const row = await createToken(db, app.id, userId, granted);
    const created = Math.floor((row.created_at as Date).getTime() / 1000);
    context.json({ access_token: row.token, token_type: 'Bearer', scope: row.scopes, created_at: created });
  };
  const grant = form.get('grant_type');
  if (grant === 'client_credentials') return issue(null, scopes.join(' '));
  if (grant === 'password') {
    const user = await logIn(context.app, form.get('username') ?? '', form.get('password') ?? '');
    if (!user) throw badGrant();
    return issue(user.id, scopes.join(' '));
  }
  if (grant === 'authorization_code') {
    const found = await redeemGrant(db, form.get('code') ?? '', app.id, form.get('redirect_uri') ?? '');
    if (!found) throw badGrant();
    return issue(found.resource_owner_id, found.scopes);
  }
  throw new HttpError(400, 'unsupported_grant_type', {
    error_description: 'The authorization grant type is not supported by the authorization server.',
  });
}

async function revoke(context: Context): Promise<void> {
  const form = await context.form();
  const app = await client(context, form);
  await context.app.db.query(
    'UPDATE oauth_access_tokens SET revoked_at = now() WHERE token = $1 AND application_id = $2',
    [form.get('token'), app.id],
  );
  context.json({});
}

export const oauthRoutes = [
  route('POST', '/api/v1/apps', register),
  route('POST', '/oauth/token', token),
  route('POST', '/oauth/revoke', revoke),
  route('GET', '/api/v1/apps/verify_credentials', async (context) => {
    const found = await requireToken(context, 'read');
    context.json({ name: found.app_name, vapid_key: context.app.env.vapid.publicKey });
  }),
];
