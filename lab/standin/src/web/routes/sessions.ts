import { one } from '../../core/db.ts';
import { QUEUES } from '../../jobs/job.ts';
import { escapeHtml } from '../../model/format.ts';
import { createGrant } from '../../model/tokens.ts';
import type { Context } from '../context.ts';
import { HttpError } from '../errors.ts';
import { page } from '../pages.ts';
import { route } from '../router.ts';
import { checkFormToken, formToken, sessionUser, startSession } from '../session.ts';
import { logIn } from './oauth.ts';

const hidden = (name: string, value: string): string =>
  `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;

function signInForm(context: Context, next: string, message = ''): string {
  return page(
    context.app,
    'Log in',
    `<p>${escapeHtml(message)}</p><form method="post" action="/auth/sign_in">${hidden('authenticity_token', formToken(context))}${hidden('next', next)}
<label>E-mail <input name="user[email]" type="email" required></label>
<label>Password <input name="user[password]" type="password" required></label><button>Log in</button></form>`,
  );
}

/** Only paths of this site; anything else goes home. */
const safeNext = (next: string | undefined): string => (next && /^\/(?![/\\])/.test(next) ? next : '/');

async function signIn(context: Context): Promise<void> {
  const form = await context.form();
  if (!checkFormToken(context, form.get('authenticity_token') ?? ''))
    throw new HttpError(422, 'Security verification failed. Are you blocking cookies?');
  const user = await logIn(context.app, form.get('user[email]') ?? '', form.get('user[password]') ?? '');
  const next = safeNext(form.get('next'));
  if (!user || user.disabled)
    return context.html(signInForm(context, next, 'Invalid E-mail address or password.'), 422);
  await startSession(context, user.id);
  context.redirect(next);
}

async function authorize(context: Context): Promise<void> {
  const user = await sessionUser(context);
  if (!user)
    return context.redirect(
      `/auth/sign_in?next=${encodeURIComponent(`${context.url.pathname}${context.url.search}`)}`,
    );
  const form = await context.form();
  const redirect = form.get('redirect_uri') ?? '';
  const client = await one(context.app.db, 'SELECT * FROM oauth_applications WHERE uid = $1', [
    form.get('client_id'),
  ]);
  if (!client || !String(client.redirect_uri).split(/\s+/).includes(redirect))
    throw new HttpError(
      400,
      'The requested redirect uri is malformed or does not match client redirect URI.',
    );
  const scope = form.get('scope') || 'read';
  if (context.req.method === 'GET') {
    const fields = ['client_id', 'redirect_uri', 'state', 'scope']
      .map((name) => hidden(name, form.get(name) ?? ''))
      .join('');
    return context.html(
      page(
        context.app,
        'Authorization required',
        `<p>${escapeHtml(client.name)} would like to use your account (${escapeHtml(scope)}).</p>
<form method="post" action="/oauth/authorize">${hidden('authenticity_token', formToken(context))}${fields}<button>Authorize</button></form>`,
      ),
    );
  }
  if (!checkFormToken(context, form.get('authenticity_token') ?? ''))
    throw new HttpError(422, 'Security verification failed.');
  const code = await createGrant(context.app.db, client.id, user.id, redirect, scope);
  if (redirect === 'urn:ietf:wg:oauth:2.0:oob')
    return context.html(page(context.app, 'Authorization code', `<code>${code}</code>`));
  const to = new URL(redirect);
  to.searchParams.set('code', code);
  if (form.get('state')) to.searchParams.set('state', form.get('state') as string);
  context.redirect(to.href);
}

async function dashboard(context: Context): Promise<void> {
  const user = await sessionUser(context);
  if (!user) return context.redirect(`/auth/sign_in?next=${encodeURIComponent(context.url.pathname)}`);
  if (!['Owner', 'Admin', 'Moderator'].includes(user.role))
    throw new HttpError(403, 'You are not allowed to see this.');
  const lengths = await Promise.all(QUEUES.map((queue) => context.app.redis.llen(`queue:${queue}`)));
  const rows = QUEUES.map((queue, i) => `<tr><td>${queue}</td><td>${lengths[i]}</td></tr>`).join('');
  context.html(
    page(
      context.app,
      'Dashboard',
      `<p>Signed in as ${escapeHtml(user.username)}, ${escapeHtml(user.role)}.</p><table>${rows}</table>`,
    ),
  );
}

export const sessionRoutes = [
  route('GET', '/auth/sign_in', (context) =>
    context.html(signInForm(context, safeNext(context.url.searchParams.get('next') ?? undefined))),
  ),
  route('POST', '/auth/sign_in', signIn),
  route('GET', '/oauth/authorize', authorize),
  route('POST', '/oauth/authorize', authorize),
  route('GET', '/admin/dashboard', dashboard),
];
