import type { Migration } from './migration.ts';

export const v405: Migration[] = [
  {
    version: '20250820084312',
    name: 'CreateQuotes',
    minor: 405,
    phase: 'pre',
    sql: [
      `CREATE TABLE quotes (id bigserial PRIMARY KEY, account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
        status_id bigint NOT NULL UNIQUE REFERENCES statuses ON DELETE CASCADE,
        quoted_status_id bigint REFERENCES statuses ON DELETE SET NULL, state integer NOT NULL DEFAULT 0,
        created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp NOT NULL DEFAULT now())`,
    ],
  },
  {
    version: '20250902221600',
    name: 'AddQuoteApprovalPolicyToStatuses',
    minor: 405,
    phase: 'pre',
    sql: ['ALTER TABLE statuses ADD COLUMN quote_approval_policy integer NOT NULL DEFAULT 0'],
  },
  {
    version: '20250917140000',
    name: 'RemoveThingFromSettings',
    minor: 405,
    phase: 'post',
    // 4.4 still names these columns in every read and write of a setting
    sql: ['ALTER TABLE settings DROP COLUMN thing_type', 'ALTER TABLE settings DROP COLUMN thing_id'],
  },
];
