import { randomBytes } from 'node:crypto';

/**
 * Snowflake-like ids: 48 bits of milliseconds, 16 bits from a salted hash plus a sequence.
 * The function is part of the schema, salt and all: a copy of the tables without it cannot insert.
 */
export function timestampIdSql(): string {
  const salt = randomBytes(16).toString('hex');
  return `CREATE OR REPLACE FUNCTION timestamp_id(table_name text) RETURNS bigint AS $$
  DECLARE
    millis bigint := (date_part('epoch', clock_timestamp()) * 1000)::bigint;
    base bigint;
  BEGIN
    base := ('x' || substr(md5(table_name || '${salt}' || millis::text), 1, 4))::bit(16)::bigint;
    RETURN (millis << 16) | ((base + nextval(table_name || '_id_seq')) & 65535);
  END
$$ LANGUAGE plpgsql VOLATILE`;
}
