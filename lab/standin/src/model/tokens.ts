import { randomBytes } from 'node:crypto';
import { one, type Queryable, type Row } from '../core/db.ts';

const secret = (): string => randomBytes(32).toString('base64url');

export async function createApplication(
  db: Queryable,
  name: string,
  redirectUri: string,
  scopes: string,
  website?: string,
): Promise<Row> {
  return (await one(
    db,
    `INSERT INTO oauth_applications (name, uid, secret, redirect_uri, scopes, website)
      VALUES ($1, $2, $3, $4, $5, $6) RETURNING *`,
    [name, secret(), secret(), redirectUri, scopes, website ?? null],
  )) as Row;
}

export async function createToken(
  db: Queryable,
  applicationId: string,
  userId: string | null,
  scopes: string,
): Promise<Row> {
  return (await one(
    db,
    `INSERT INTO oauth_access_tokens (token, application_id, resource_owner_id, scopes) VALUES ($1, $2, $3, $4) RETURNING *`,
    [secret(), applicationId, userId, scopes],
  )) as Row;
}

/** A valid token with its user and account, all under prefixed names; undefined when unknown or revoked. */
export function findToken(db: Queryable, token: string): Promise<Row | undefined> {
  return one(
    db,
    `SELECT t.id, t.token, t.scopes, t.application_id, t.resource_owner_id AS user_id, p.name AS app_name,
        u.account_id, u.email, u.confirmed_at, u.approved, u.disabled, u.role_id, a.suspended_at
      FROM oauth_access_tokens t
      LEFT JOIN oauth_applications p ON p.id = t.application_id
      LEFT JOIN users u ON u.id = t.resource_owner_id
      LEFT JOIN accounts a ON a.id = u.account_id
      WHERE t.token = $1 AND t.revoked_at IS NULL`,
    [token],
  );
}

export async function createGrant(
  db: Queryable,
  applicationId: string,
  userId: string,
  redirectUri: string,
  scopes: string,
): Promise<string> {
  const token = secret();
  await db.query(
    `INSERT INTO oauth_access_grants (token, application_id, resource_owner_id, redirect_uri, expires_in, scopes)
      VALUES ($1, $2, $3, $4, 600, $5)`,
    [token, applicationId, userId, redirectUri, scopes],
  );
  return token;
}

/** Uses an authorization code once; undefined when it is unknown, used or too old. */
export function redeemGrant(
  db: Queryable,
  code: string,
  applicationId: string,
  redirectUri: string,
): Promise<Row | undefined> {
  return one(
    db,
    `UPDATE oauth_access_grants SET revoked_at = now()
      WHERE token = $1 AND application_id = $2 AND redirect_uri = $3 AND revoked_at IS NULL
        AND created_at + expires_in * interval '1 second' > now() RETURNING *`,
    [code, applicationId, redirectUri],
  );
}
