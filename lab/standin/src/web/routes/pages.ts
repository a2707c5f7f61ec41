import { many, type Row } from '../../core/db.ts';
import { localAccount } from '../../model/accounts.ts';
import { escapeHtml, formatText } from '../../model/format.ts';
import { forTheWorld, isLocalOnly } from '../../model/local-only.ts';
import { mediaKey } from '../../model/media.ts';
import { mediaOf } from '../../model/media-order.ts';
import { statusById } from '../../model/statuses.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';
import { page } from '../pages.ts';
import { route } from '../router.ts';

async function article(context: Context, status: Row): Promise<string> {
  const { app } = context;
  const media = await mediaOf(app.db, app.env, [status.id]);
  const pictures = media
    .filter((row) => row.type === 0)
    .map(
      (row) =>
        `<img src="${escapeHtml(app.storage.url(mediaKey(row.id, 'small', row.file_file_name)))}" alt="${escapeHtml(row.description ?? '')}">`,
    );
  return `<article>${formatText(status.text)}${pictures.join('')}<time>${(status.created_at as Date).toISOString()}</time></article>`;
}

async function home(context: Context): Promise<void> {
  const { app } = context;
  context.html(
    page(
      app,
      app.env.localDomain,
      '<p>Accounts, statuses and media here are test data.</p><p><a href="/auth/sign_in">Log in</a></p>',
    ),
  );
}

async function profile(context: Context): Promise<void> {
  const account = await localAccount(context.app, context.params.name ?? '');
  if (!account) throw notFound();
  const rows = await many(
    context.app.db,
    `SELECT * FROM statuses WHERE account_id = $1 AND visibility <= 1 AND deleted_at IS NULL${forTheWorld(context.app)}
      ORDER BY id DESC LIMIT 20`,
    [account.id],
  );
  const articles = await Promise.all(rows.map((row) => article(context, row)));
  context.html(
    page(context.app, `@${account.username}`, `${formatText(account.note)}${articles.join('\n')}`),
  );
}

async function status(context: Context): Promise<void> {
  const row = await statusById(context.app, context.params.id ?? '');
  if (!row || row.visibility > 1 || isLocalOnly(context.app, row)) throw notFound();
  context.html(page(context.app, `@${context.params.name}`, await article(context, row)));
}

export const pageRoutes = [
  route('GET', '/', home),
  route('GET', '/about', home),
  route('GET', '/@:name', profile),
  route('GET', '/@:name/:id', status),
];
