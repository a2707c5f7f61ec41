import { randomBytes } from 'node:crypto';
import type { App } from '../core/app.ts';
import { one, type Row, transaction } from '../core/db.ts';
import { encrypt } from '../crypto/encryption.ts';
import { accountKeys } from '../crypto/keypair.ts';
import { hashPassword } from '../crypto/password.ts';

export interface NewUser {
  username: string;
  email: string;
  password: string;
  confirmed: boolean;
  approved: boolean;
  roleId?: number;
  locale?: string;
  ip?: string;
}

/** Creates an account with its key pair and the user that owns it. */
export async function createUser(app: App, user: NewUser): Promise<Row> {
  const keys = await accountKeys();
  const password = await hashPassword(user.password);
  return transaction(app.db, async (db) => {
    const account = await one(
      db,
      `INSERT INTO accounts (username, private_key, public_key, actor_type, discoverable)
        VALUES ($1, $2, $3, 'Person', true) RETURNING id`,
      [user.username, keys.privateKey, keys.publicKey],
    );
    const created = await one(
      db,
      `INSERT INTO users (email, account_id, encrypted_password, otp_secret, role_id, confirmation_token,
          confirmation_sent_at, confirmed_at, approved, locale, sign_up_ip)
        VALUES ($1, $2, $3, $4, $5, $6, now(), $7, $8, $9, $10) RETURNING *`,
      [
        user.email.toLowerCase(),
        account?.id,
        password,
        // Mastodon writes it with two-factor login only; here every user proves that the keys fit
        encrypt(app.env.encryption, randomBytes(20).toString('hex')),
        user.roleId ?? null,
        user.confirmed ? null : randomBytes(15).toString('base64url'),
        user.confirmed ? new Date() : null,
        user.approved,
        user.locale ?? 'en',
        user.ip ?? null,
      ],
    );
    return created as Row;
  });
}

/** A password such as tootctl prints. */
export const generatePassword = (): string => randomBytes(16).toString('hex');

const USERNAME = /^[a-z0-9_]{1,30}$/i;
const EMAIL = /^[^\s@]+@[^\s@]+\.?[^\s@]+$/;

/** What is wrong with a sign-up, by field, in Mastodon's words. */
export async function invalidSignUp(
  app: App,
  user: Pick<NewUser, 'username' | 'email' | 'password'>,
): Promise<Record<string, string>> {
  const wrong: Record<string, string> = {};
  if (!USERNAME.test(user.username)) wrong.username = 'must contain only letters, numbers and underscores';
  else if (
    await one(app.db, 'SELECT 1 FROM accounts WHERE lower(username) = lower($1) AND domain IS NULL', [
      user.username,
    ])
  )
    wrong.username = 'has already been taken';
  if (!EMAIL.test(user.email)) wrong.email = 'is invalid';
  else if (await one(app.db, 'SELECT 1 FROM users WHERE email = lower($1)', [user.email]))
    wrong.email = 'has already been taken';
  if (user.password.length < 8) wrong.password = 'is too short (minimum is 8 characters)';
  return wrong;
}
