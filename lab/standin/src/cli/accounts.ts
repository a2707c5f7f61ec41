import { resolveAcct } from '../activitypub/resolve.ts';
import type { App } from '../core/app.ts';
import { many, one } from '../core/db.ts';
import { Problem } from '../core/problem.ts';
import { hashPassword } from '../crypto/password.ts';
import { enqueue } from '../jobs/enqueue.ts';
import { accountById, localAccount } from '../model/accounts.ts';
import { follow } from '../model/follows.ts';
import { deleteStatus } from '../model/statuses.ts';
import { createUser, generatePassword, invalidSignUp } from '../model/users.ts';
import type { Parsed } from './arguments.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function roleId(app: App, name: string | true | undefined): Promise<number | undefined> {
  if (typeof name !== 'string') return undefined;
  const role = await one(app.db, 'SELECT id FROM user_roles WHERE name = $1', [name]);
  if (!role) throw new Problem('Cannot find user role with that name');
  return Number(role.id);
}

async function named(app: App, name: string | undefined) {
  const account = name ? await localAccount(app, name) : undefined;
  if (!account) throw new Problem('No user with such username');
  return account;
}

async function create(app: App, { words, options }: Parsed): Promise<void> {
  const username = words[0] ?? '';
  const email = options.get('email');
  if (typeof email !== 'string') throw new Problem("No value provided for required options '--email'");
  const password = generatePassword();
  const wrong = await invalidSignUp(app, { username, email, password });
  const [field] = Object.keys(wrong);
  if (field) throw new Problem(`Failure/Error: ${field} ${wrong[field]}`);
  const role = await roleId(app, options.get('role'));
  const user = await createUser(app, {
    username,
    email,
    password,
    confirmed: options.has('confirmed'),
    approved: true,
    roleId: role,
  });
  if (!options.has('confirmed'))
    await enqueue(
      app.redis,
      'ActionMailer::MailDeliveryJob',
      'UserMailer',
      'confirmation_instructions',
      user.id,
    );
  say('OK');
  say(`New password: ${password}`);
}

async function modify(app: App, { words, options }: Parsed): Promise<void> {
  const account = await named(app, words[0]);
  const set = (sql: string, ...values: unknown[]): Promise<unknown> =>
    app.db.query(`UPDATE users SET ${sql}, updated_at = now() WHERE account_id = $1`, [
      account.id,
      ...values,
    ]);
  const role = await roleId(app, options.get('role'));
  if (role !== undefined) await set('role_id = $2', role);
  if (options.has('remove-role')) await set('role_id = NULL');
  if (typeof options.get('email') === 'string') await set('email = lower($2)', options.get('email'));
  if (options.has('confirm') || options.has('confirmed'))
    await set('confirmed_at = coalesce(confirmed_at, now()), confirmation_token = NULL');
  if (options.has('approve')) await set('approved = true');
  if (options.has('disable')) await set('disabled = true');
  if (options.has('enable')) await set('disabled = false');
  if (options.has('disable-2fa')) await set('otp_required_for_login = false');
  say('OK');
  if (!options.has('reset-password')) return;
  const password = generatePassword();
  await set('encrypted_password = $2', await hashPassword(password));
  say(`New password: ${password}`);
}

async function remove(app: App, { words }: Parsed): Promise<void> {
  const account = await named(app, words[0]);
  say(`Deleting user with ${account.username}, this might take a while...`);
  for (const { id } of await many(app.db, 'SELECT id FROM statuses WHERE account_id = $1', [account.id]))
    await deleteStatus(app, id);
  await app.db.query('DELETE FROM users WHERE account_id = $1', [account.id]);
  await app.db.query('UPDATE accounts SET suspended_at = now() WHERE id = $1', [account.id]);
  say('OK');
}

async function approve(app: App, { words, options }: Parsed): Promise<void> {
  if (options.has('all')) await app.db.query('UPDATE users SET approved = true');
  else
    await app.db.query('UPDATE users SET approved = true WHERE account_id = $1', [
      (await named(app, words[0])).id,
    ]);
  say('OK');
}

/** Every local account follows one account. */
async function followAll(app: App, { words }: Parsed): Promise<void> {
  const [username = '', domain] = (words[0] ?? '').replace(/^@/, '').split('@');
  const target = await resolveAcct(app, username, domain);
  if (!target) throw new Problem('No such account');
  let count = 0;
  for (const { account_id } of await many(app.db, 'SELECT account_id FROM users WHERE account_id <> $1', [
    target.id,
  ])) {
    const account = await accountById(app, account_id);
    if (account) await follow(app, account, target);
    count++;
  }
  say(`OK, followed target from ${count} accounts`);
}

export const accountCommands: Record<string, (app: App, parsed: Parsed) => Promise<void>> = {
  'accounts create': create,
  'accounts modify': modify,
  'accounts delete': remove,
  'accounts approve': approve,
  'accounts follow': followAll,
};
