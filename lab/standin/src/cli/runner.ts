import { randomBytes, sign, verify } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { type Db, many, one, openDb, type Row } from '../core/db.ts';
import { type Env, readEnv } from '../core/env.ts';
import { Problem } from '../core/problem.ts';
import { DecryptionError, decrypt } from '../crypto/encryption.ts';
import { isPasswordHash, verifyPassword } from '../crypto/password.ts';

class NotTested extends Error {}
class Wrong extends Error {}

type Answer = [figure: string, values: Record<string, number>];

/** The oldest and the newest rows of a query that can be ordered by id. */
const sample = (db: Db, query: string): Promise<Row[]> =>
  many(
    db,
    `(${query} ORDER BY id LIMIT 10) UNION (${query} ORDER BY id DESC LIMIT 10)`.replaceAll(/\s+/g, ' '),
  );

async function encryptedColumn(db: Db, env: Env): Promise<Answer> {
  const rows = await sample(db, 'SELECT id, otp_secret FROM users WHERE otp_secret IS NOT NULL');
  if (rows.length === 0) throw new NotTested('no row holds an encrypted value (users.otp_secret)');
  for (const { id, otp_secret } of rows)
    try {
      decrypt(env.encryption, otp_secret);
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error;
      throw new Wrong(
        `users.otp_secret of row ${id} cannot be decrypted (Decryption): ACTIVE_RECORD_ENCRYPTION_* are not the keys it was written with`,
      );
    }
  return [`${rows.length} value(s) of 1 column(s) decrypt`, { 'users.otp_secret': rows.length }];
}

async function keyPair(db: Db): Promise<Answer> {
  const rows = await sample(
    db,
    `SELECT id, private_key, public_key FROM accounts WHERE domain IS NULL AND private_key <> ''`,
  );
  if (rows.length === 0) throw new NotTested('no local account has a key pair');
  for (const { id, private_key, public_key } of rows) {
    const message = randomBytes(16);
    let fits: boolean;
    try {
      fits = verify('sha256', message, public_key, sign('sha256', message, private_key));
    } catch {
      throw new Wrong(`accounts ${id}: its key pair cannot be read`);
    }
    if (!fits) throw new Wrong(`accounts ${id}: its public key does not verify what its private key signs`);
  }
  return [`${rows.length} pair(s) sign and verify`, { pairs: rows.length }];
}

async function admin(db: Db): Promise<Answer> {
  const admins = await many(
    db,
    `SELECT users.*, confirmed_at IS NOT NULL AND approved AND NOT disabled AND suspended_at IS NULL AS functional FROM users
      JOIN user_roles ON user_roles.id = role_id JOIN accounts ON accounts.id = account_id WHERE position >= 100`,
  );
  if (admins.length === 0) throw new Wrong('nobody has a role that may change settings');
  const able = admins.filter(({ functional }) => functional);
  if (able.length === 0)
    throw new Wrong(`none of ${admins.length} admin(s) may log in: unconfirmed, disabled or suspended`);
  for (const { id, encrypted_password } of able) {
    if (!isPasswordHash(encrypted_password))
      throw new Wrong(`the password hash of user ${id} cannot be read`);
    if (await verifyPassword(randomBytes(16).toString('hex'), encrypted_password))
      throw new Wrong(`user ${id} is let in by any password`);
  }
  return [`${able.length} of ${admins.length} admin(s) can`, { admins: admins.length, able: able.length }];
}

async function insert(db: Db): Promise<Answer> {
  const client = await db.connect();
  try {
    await client.query('BEGIN');
    const account = await one(
      client,
      `INSERT INTO accounts (username, domain) VALUES ($1, 'verify.invalid') RETURNING id`,
      [`verify${randomBytes(8).toString('hex')}`],
    );
    const status = await one(
      client,
      `INSERT INTO statuses (account_id, text) VALUES ($1, 'verify') RETURNING id`,
      [account?.id],
    );
    if (!(Number(status?.id) > 0)) throw new Wrong('a new row got no id');
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
  return ['an account and a status, rolled back', {}];
}

const questions: Record<string, (db: Db, env: Env) => Promise<Answer>> = {
  'encrypted-column': encryptedColumn,
  'key-pair': keyPair,
  admin,
  insert,
};

async function answer(name: string, db: Db, env: Env): Promise<object> {
  try {
    const [figure, values] = await (questions[name] as (typeof questions)[string])(db, env);
    return { check: name, status: 'passed', figure, values, reason: '' };
  } catch (error) {
    const status = error instanceof NotTested ? 'not-tested' : 'failed';
    const { name: kind, message } = error as Error;
    const reason = error instanceof NotTested || error instanceof Wrong ? message : `${kind}: ${message}`;
    return { check: name, status, figure: '', values: {}, reason };
  }
}

/**
 * `rails runner - NAME…`: the stand-in runs no Ruby. It knows the questions of one program by their names, and answers
 * them from its own rows, in that program's words.
 */
export async function runner([from, ...names]: string[]): Promise<void> {
  const program = from === '-' ? await text(process.stdin) : '';
  const known = (name: string): boolean =>
    Object.hasOwn(questions, name) && program.includes(`def ${name.replaceAll('-', '_')}\n`);
  const unknown = names.filter((name) => !known(name));
  if (names.length === 0 || unknown.length > 0)
    throw new Problem(
      `the stand-in runs no Ruby — bin/rails runner — it answers ${Object.keys(questions).join(', ')} when a program on stdin asks them, and not ${unknown.join(', ') || 'anything else'}`,
    );
  const env = readEnv(process.env);
  const db = openDb(env, 2);
  try {
    for (const name of names) process.stdout.write(`\n${JSON.stringify(await answer(name, db, env))}\n`);
  } finally {
    await db.end();
  }
}
