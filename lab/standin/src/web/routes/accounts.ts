import { resolveAcct } from '../../activitypub/resolve.ts';
import { one, type Row } from '../../core/db.ts';
import { accountById, localAccount } from '../../model/accounts.ts';
import { follow, relationship, unfollow } from '../../model/follows.ts';
import { optionalToken, requireToken, requireUser } from '../auth.ts';
import type { Context } from '../context.ts';
import { HttpError, notFound } from '../errors.ts';
import { route } from '../router.ts';
import { accountJson } from '../serialize.ts';

async function verifyCredentials(context: Context): Promise<void> {
  const token = await requireToken(context, 'read:accounts');
  if (!token.user_id) throw new HttpError(422, 'This method requires an authenticated user');
  const account = (await accountById(context.app, token.account_id)) as Row;
  const role = token.role_id
    ? await one(context.app.db, 'SELECT id, name FROM user_roles WHERE id = $1', [token.role_id])
    : null;
  context.json({
    ...(await accountJson(context.app, account)),
    source: { privacy: 'public', sensitive: false, language: null, note: account.note, fields: [] },
    role: role ?? { id: '-99', name: '' },
  });
}

async function updateCredentials(context: Context): Promise<void> {
  const token = await requireUser(context, 'write:accounts');
  const form = await context.form();
  await context.app.db.query(
    `UPDATE accounts SET display_name = coalesce($2, display_name), note = coalesce($3, note),
      locked = coalesce($4, locked), updated_at = now() WHERE id = $1`,
    [
      token.account_id,
      form.get('display_name') ?? null,
      form.get('note') ?? null,
      form.flag('locked') ?? null,
    ],
  );
  context.json(await accountJson(context.app, (await accountById(context.app, token.account_id)) as Row));
}

async function target(context: Context): Promise<Row> {
  const account = await accountById(context.app, context.params.id ?? '');
  if (!account) throw notFound();
  return account;
}

async function lookup(context: Context): Promise<void> {
  const [username = '', domain] = (context.url.searchParams.get('acct') ?? '').replace(/^@/, '').split('@');
  const account =
    !domain || domain === context.app.env.localDomain
      ? await localAccount(context.app, username)
      : await one(
          context.app.db,
          'SELECT * FROM accounts WHERE lower(username) = lower($1) AND lower(domain) = lower($2)',
          [username, domain],
        );
  if (!account) throw notFound();
  context.json(await accountJson(context.app, account));
}

async function search(context: Context): Promise<void> {
  const token = await optionalToken(context);
  const match = /^@?([a-z0-9_]+)(?:@([^@\s]+))?$/i.exec((context.url.searchParams.get('q') ?? '').trim());
  // only a signed-in member may make this server ask another one
  const remote = token?.user_id && ['true', '1'].includes(context.url.searchParams.get('resolve') ?? '');
  let account: Row | undefined;
  if (match?.[1] && (!match[2] || remote))
    account = await resolveAcct(context.app, match[1], match[2]).catch(() => undefined);
  context.json({
    accounts: account ? [await accountJson(context.app, account)] : [],
    statuses: [],
    hashtags: [],
  });
}

async function followRoute(context: Context): Promise<void> {
  const token = await requireUser(context, 'write:follows');
  const account = await target(context);
  if (account.id === token.account_id) throw new HttpError(403, 'This action is not allowed');
  const self = (await accountById(context.app, token.account_id)) as Row;
  await follow(context.app, self, account);
  context.json(await relationship(context.app, self.id, account.id));
}

async function unfollowRoute(context: Context): Promise<void> {
  const token = await requireUser(context, 'write:follows');
  const account = await target(context);
  await unfollow(context.app, (await accountById(context.app, token.account_id)) as Row, account);
  context.json(await relationship(context.app, token.account_id, account.id));
}

async function relationships(context: Context): Promise<void> {
  const token = await requireUser(context, 'read:follows');
  const ids = [...context.url.searchParams.getAll('id[]'), ...context.url.searchParams.getAll('id')].filter(
    (id) => /^\d+$/.test(id),
  );
  context.json(await Promise.all(ids.map((id) => relationship(context.app, token.account_id, id))));
}

export const accountRoutes = [
  route('GET', '/api/v1/accounts/verify_credentials', verifyCredentials),
  route('PATCH', '/api/v1/accounts/update_credentials', updateCredentials),
  route('GET', '/api/v1/accounts/lookup', lookup),
  route('GET', '/api/v1/accounts/relationships', relationships),
  route('GET', '/api/v2/search', search),
  route('GET', '/api/v1/accounts/:id', async (context) =>
    context.json(await accountJson(context.app, await target(context))),
  ),
  route('POST', '/api/v1/accounts/:id/follow', followRoute),
  route('POST', '/api/v1/accounts/:id/unfollow', unfollowRoute),
];
