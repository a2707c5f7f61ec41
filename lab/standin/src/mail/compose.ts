import type { App } from '../core/app.ts';
import { one, type Row } from '../core/db.ts';

export interface Mail {
  subject: string;
  text: string;
}

/** Words of a mail; undefined when what it would tell is gone or already done. */
export async function composeMail(
  app: App,
  mailer: string,
  method: string,
  user: Row,
  otherId?: string,
): Promise<Mail | undefined> {
  const sign = `\n\n-- \nA Mastodon stand-in at ${app.origin}\n`;
  if (mailer === 'UserMailer' && method === 'confirmation_instructions') {
    if (!user.confirmation_token) return undefined;
    const link = `${app.origin}/auth/confirmation?confirmation_token=${user.confirmation_token}`;
    return {
      subject: `Confirmation instructions for ${app.env.localDomain}`,
      text: `Welcome, ${user.username}!\n\nConfirm your e-mail address:\n${link}${sign}`,
    };
  }
  if (mailer === 'UserMailer' && method === 'welcome')
    return { subject: 'Welcome to Mastodon', text: `You can log in now as ${user.username}.${sign}` };
  if (mailer === 'AdminMailer' && method === 'new_pending_account') {
    const pending = await one(
      app.db,
      'SELECT u.email, a.username FROM users u JOIN accounts a ON a.id = u.account_id WHERE u.id = $1',
      [otherId],
    );
    return (
      pending && {
        subject: `New account up for review (${pending.username})`,
        text: `${pending.username} waits for approval.${sign}`,
      }
    );
  }
  if (mailer === 'NotificationMailer') {
    const from = await one(app.db, 'SELECT username, domain FROM accounts WHERE id = $1', [otherId]);
    const name = from && `${from.username}${from.domain ? `@${from.domain}` : ''}`;
    return from && { subject: `${name}: ${method}`, text: `You have a new ${method} from ${name}.${sign}` };
  }
  throw new Error(`no such mail: ${mailer}#${method}`);
}
