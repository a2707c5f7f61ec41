import { one, type Queryable } from '../core/db.ts';
import type { Env } from '../core/env.ts';
import { accountKeys } from '../crypto/keypair.ts';

/** The account that signs what the instance itself does; Mastodon gives it this id too. */
export const INSTANCE_ACTOR = '-99';
const ROLES = [
  [-99, 'Everyone', -1],
  [1, 'Moderator', 10],
  [2, 'Admin', 100],
  [3, 'Owner', 1000],
] as const;

/** Rows every instance has; running it again changes nothing. */
export async function seed(db: Queryable, env: Env): Promise<void> {
  for (const [id, name, position] of ROLES)
    await db.query('INSERT INTO user_roles (id, name, position) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
      id,
      name,
      position,
    ]);
  await db.query(`SELECT setval('user_roles_id_seq', greatest(3, (SELECT max(id) FROM user_roles)))`);
  if (await one(db, 'SELECT 1 FROM accounts WHERE id = $1', [INSTANCE_ACTOR])) return;
  const keys = await accountKeys();
  await db.query(
    `INSERT INTO accounts (id, username, actor_type, locked, private_key, public_key)
      VALUES ($1, $2, 'Application', true, $3, $4) ON CONFLICT DO NOTHING`,
    [INSTANCE_ACTOR, env.localDomain, keys.privateKey, keys.publicKey],
  );
}
