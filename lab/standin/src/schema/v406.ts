import type { Migration } from './migration.ts';

export const v406: Migration[] = [
  {
    version: '20260212093000',
    name: 'AddPositionToMediaAttachments',
    minor: 406,
    phase: 'pre',
    sql: ['ALTER TABLE media_attachments ADD COLUMN position integer'],
  },
  {
    version: '20260303101500',
    name: 'CreateCollections',
    minor: 406,
    phase: 'pre',
    sql: [
      `CREATE TABLE collections (id bigserial PRIMARY KEY, account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
        name varchar NOT NULL, created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp NOT NULL DEFAULT now())`,
    ],
  },
  {
    version: '20260318120000',
    name: 'MoveMediaOrderToPosition',
    minor: 406,
    phase: 'post',
    // 4.5 still writes ordered_media_attachment_ids with every status that has media
    sql: [
      `UPDATE media_attachments m SET position = array_position(s.ordered_media_attachment_ids, m.id) - 1
        FROM statuses s WHERE s.id = m.status_id AND m.position IS NULL AND s.ordered_media_attachment_ids IS NOT NULL`,
      'ALTER TABLE statuses DROP COLUMN ordered_media_attachment_ids',
    ],
  },
];
