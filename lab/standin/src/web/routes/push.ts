import { one, type Row } from '../../core/db.ts';
import { requireUser } from '../auth.ts';
import type { Context } from '../context.ts';
import { notFound, unprocessable } from '../errors.ts';
import { route } from '../router.ts';

const json = (context: Context, row: Row): void =>
  context.json({
    id: row.id,
    endpoint: row.endpoint,
    alerts: row.data?.alerts ?? {},
    policy: 'all',
    standard: true,
    server_key: context.app.env.vapid.publicKey,
  });

async function subscribe(context: Context): Promise<void> {
  const { db } = context.app;
  const token = await requireUser(context, 'push');
  const form = await context.form();
  const endpoint = form.get('subscription[endpoint]') ?? '';
  const key = form.get('subscription[keys][p256dh]') ?? '';
  const auth = form.get('subscription[keys][auth]') ?? '';
  if (!endpoint.startsWith('https://') || !key || !auth) throw unprocessable('Endpoint is invalid');
  await db.query('DELETE FROM web_push_subscriptions WHERE access_token_id = $1', [token.id]);
  const row = await one(
    db,
    `INSERT INTO web_push_subscriptions (endpoint, key_p256dh, key_auth, data, access_token_id, user_id)
      VALUES ($1, $2, $3, $4, $5, $6) RETURNING *`,
    [
      endpoint,
      key,
      auth,
      JSON.stringify({ alerts: { mention: true, follow: true, favourite: true } }),
      token.id,
      token.user_id,
    ],
  );
  json(context, row as Row);
}

async function show(context: Context): Promise<void> {
  const token = await requireUser(context, 'push');
  const row = await one(context.app.db, 'SELECT * FROM web_push_subscriptions WHERE access_token_id = $1', [
    token.id,
  ]);
  if (!row) throw notFound();
  json(context, row);
}

async function unsubscribe(context: Context): Promise<void> {
  const token = await requireUser(context, 'push');
  await context.app.db.query('DELETE FROM web_push_subscriptions WHERE access_token_id = $1', [token.id]);
  context.json({});
}

export const pushRoutes = [
  route('POST', '/api/v1/push/subscription', subscribe),
  route('GET', '/api/v1/push/subscription', show),
  route('DELETE', '/api/v1/push/subscription', unsubscribe),
];
