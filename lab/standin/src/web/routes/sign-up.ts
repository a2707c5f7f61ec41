import { many, one } from '../../core/db.ts';
import { enqueue } from '../../jobs/enqueue.ts';
import { registrationsMode } from '../../model/settings.ts';
import { createToken } from '../../model/tokens.ts';
import { createUser, invalidSignUp } from '../../model/users.ts';
import { requireToken } from '../auth.ts';
import type { Context } from '../context.ts';
import { HttpError } from '../errors.ts';
import { page } from '../pages.ts';
import { route } from '../router.ts';

async function signUp(context: Context): Promise<void> {
  const { app } = context;
  const token = await requireToken(context, 'write:accounts');
  const mode = await registrationsMode(app.db, app.env);
  if (mode === 'none' || app.env.singleUser) throw new HttpError(403, 'This action is not allowed');
  const form = await context.form();
  const user = {
    username: form.get('username') ?? '',
    email: form.get('email') ?? '',
    password: form.get('password') ?? '',
  };
  const wrong = await invalidSignUp(app, user);
  if (form.flag('agreement') !== true) wrong.agreement = 'must be accepted';
  if (Object.keys(wrong).length > 0)
    throw new HttpError(
      422,
      `Validation failed: ${Object.entries(wrong)
        .map(([name, why]) => `${name} ${why}`)
        .join(', ')}`,
      {
        details: Object.fromEntries(
          Object.entries(wrong).map(([name, why]) => [name, [{ error: 'ERR_INVALID', description: why }]]),
        ),
      },
    );
  const created = await createUser(app, {
    ...user,
    confirmed: false,
    approved: mode === 'open',
    locale: form.get('locale'),
    ip: context.remoteIp,
  });
  await enqueue(
    app.redis,
    'ActionMailer::MailDeliveryJob',
    'UserMailer',
    'confirmation_instructions',
    created.id,
  );
  if (mode === 'approved')
    for (const staff of await many(app.db, 'SELECT id FROM users WHERE role_id IN (1, 2, 3)'))
      await enqueue(
        app.redis,
        'ActionMailer::MailDeliveryJob',
        'AdminMailer',
        'new_pending_account',
        staff.id,
        created.id,
      );
  const issued = await createToken(app.db, token.application_id, created.id, token.scopes);
  context.json({
    access_token: issued.token,
    token_type: 'Bearer',
    scope: issued.scopes,
    created_at: Math.floor((issued.created_at as Date).getTime() / 1000),
  });
}

async function confirm(context: Context): Promise<void> {
  const { app } = context;
  const user = await one(
    app.db,
    `UPDATE users SET confirmed_at = coalesce(confirmed_at, now()), confirmation_token = NULL
      WHERE confirmation_token = $1 AND confirmation_sent_at > now() - interval '2 days' RETURNING id`,
    [context.url.searchParams.get('confirmation_token') ?? ''],
  );
  if (!user) throw new HttpError(422, 'Confirmation token is invalid');
  await enqueue(app.redis, 'ActionMailer::MailDeliveryJob', 'UserMailer', 'welcome', user.id);
  context.html(page(app, 'Confirmed', '<p>Your e-mail address has been successfully confirmed.</p>'));
}

async function resend(context: Context): Promise<void> {
  const token = await requireToken(context, 'write:accounts');
  if (!token.user_id || token.confirmed_at)
    throw new HttpError(403, 'This method is only available while the e-mail is awaiting confirmation');
  await enqueue(
    context.app.redis,
    'ActionMailer::MailDeliveryJob',
    'UserMailer',
    'confirmation_instructions',
    token.user_id,
  );
  context.json({});
}

export const signUpRoutes = [
  route('POST', '/api/v1/accounts', signUp),
  route('POST', '/api/v1/emails/confirmations', resend),
  route('GET', '/auth/confirmation', confirm),
];
