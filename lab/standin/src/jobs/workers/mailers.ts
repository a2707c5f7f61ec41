import type { App } from '../../core/app.ts';
import { one, type Row } from '../../core/db.ts';
import { log } from '../../core/log.ts';
import { composeMail } from '../../mail/compose.ts';

type Transport = { sendMail(mail: object): Promise<unknown> };
let transport: Transport | undefined;

async function openTransport(app: App): Promise<Transport> {
  const { smtp } = app.env;
  if (!smtp) throw new Error('no mail server — SMTP_SERVER is not set');
  // loaded by the processes that send mail only: it costs memory
  const { createTransport } = await import('nodemailer');
  return createTransport({
    host: smtp.host,
    port: smtp.port,
    secure: smtp.secure,
    name: smtp.domain,
    ignoreTLS: smtp.starttls === 'never',
    requireTLS: smtp.starttls === 'always',
    auth: smtp.login ? { user: smtp.login, pass: smtp.password ?? '' } : undefined,
    tls: { rejectUnauthorized: smtp.verify },
    connectionTimeout: 10_000,
    socketTimeout: 20_000,
  });
}

/** Sends one mail: what a member or the staff is told, from what the database says now. */
export async function sendMail(
  app: App,
  mailer: string,
  method: string,
  userId: string,
  otherId?: string,
): Promise<void> {
  const user = await one(
    app.db,
    'SELECT u.*, a.username FROM users u JOIN accounts a ON a.id = u.account_id WHERE u.id = $1',
    [userId],
  );
  if (!user || user.disabled) return;
  const mail = await composeMail(app, mailer, method, user as Row, otherId);
  if (!mail) return;
  const { smtp } = app.env;
  if (smtp && smtp.method !== 'smtp') {
    log.info(`mail ${mailer}#${method} not sent: SMTP_DELIVERY_METHOD is ${smtp.method}`);
    return;
  }
  transport ??= await openTransport(app);
  await transport.sendMail({ ...mail, from: smtp?.from, replyTo: smtp?.replyTo, to: user.email });
}
