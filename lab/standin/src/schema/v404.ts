import type { Migration } from './migration.ts';
import { timestampIdSql } from './timestamp-id.ts';

const stamps = 'created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp NOT NULL DEFAULT now()';
const snowflake = (table: string): string => `id bigint PRIMARY KEY DEFAULT timestamp_id('${table}')`;

const accounts = `CREATE TABLE accounts (${snowflake('accounts')}, username varchar NOT NULL, domain varchar,
  private_key text, public_key text NOT NULL DEFAULT '', display_name varchar NOT NULL DEFAULT '',
  note text NOT NULL DEFAULT '', uri varchar NOT NULL DEFAULT '', url varchar, inbox_url varchar NOT NULL DEFAULT '',
  outbox_url varchar NOT NULL DEFAULT '', shared_inbox_url varchar NOT NULL DEFAULT '',
  followers_url varchar NOT NULL DEFAULT '', actor_type varchar, locked boolean NOT NULL DEFAULT false,
  discoverable boolean, suspended_at timestamp, avatar_file_name varchar, header_file_name varchar, ${stamps})`;

const users = `CREATE TABLE users (id bigserial PRIMARY KEY, email varchar NOT NULL UNIQUE,
  account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE, encrypted_password varchar NOT NULL DEFAULT '',
  otp_secret varchar, otp_required_for_login boolean NOT NULL DEFAULT false, role_id bigint,
  confirmation_token varchar UNIQUE, confirmed_at timestamp, confirmation_sent_at timestamp, unconfirmed_email varchar,
  approved boolean NOT NULL DEFAULT true, disabled boolean NOT NULL DEFAULT false, locale varchar,
  sign_up_ip inet, current_sign_in_at timestamp, sign_in_count integer NOT NULL DEFAULT 0,
  encrypted_otp_secret varchar, ${stamps})`;

const statuses = `CREATE TABLE statuses (${snowflake('statuses')}, uri varchar, url varchar,
  text text NOT NULL DEFAULT '', spoiler_text text NOT NULL DEFAULT '', sensitive boolean NOT NULL DEFAULT false,
  visibility integer NOT NULL DEFAULT 0, account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
  in_reply_to_id bigint, reblog_of_id bigint, local boolean, language varchar, application_id bigint,
  ordered_media_attachment_ids bigint[], edited_at timestamp, deleted_at timestamp, ${stamps})`;

const media = `CREATE TABLE media_attachments (${snowflake('media_attachments')},
  status_id bigint REFERENCES statuses ON DELETE SET NULL, account_id bigint REFERENCES accounts ON DELETE SET NULL,
  scheduled_status_id bigint, file_file_name varchar, file_content_type varchar, file_file_size bigint,
  file_updated_at timestamp, file_meta json, file_digest varchar, remote_url varchar NOT NULL DEFAULT '', type integer NOT NULL DEFAULT 0,
  description text, blurhash varchar, processing integer, shortcode varchar UNIQUE, ${stamps})`;

const relations = [
  `CREATE TABLE follows (id bigserial PRIMARY KEY, account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    target_account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE, uri varchar, ${stamps},
    UNIQUE (account_id, target_account_id))`,
  `CREATE TABLE follow_requests (id bigserial PRIMARY KEY, account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    target_account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE, uri varchar, ${stamps},
    UNIQUE (account_id, target_account_id))`,
  `CREATE TABLE favourites (id bigserial PRIMARY KEY, account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    status_id bigint NOT NULL REFERENCES statuses ON DELETE CASCADE, ${stamps}, UNIQUE (account_id, status_id))`,
  `CREATE TABLE mentions (id bigserial PRIMARY KEY, status_id bigint NOT NULL REFERENCES statuses ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE, ${stamps}, UNIQUE (account_id, status_id))`,
  `CREATE TABLE status_pins (id bigserial PRIMARY KEY, account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    status_id bigint NOT NULL REFERENCES statuses ON DELETE CASCADE, ${stamps}, UNIQUE (account_id, status_id))`,
  `CREATE TABLE notifications (id bigserial PRIMARY KEY, account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    from_account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE, activity_type varchar NOT NULL,
    activity_id bigint NOT NULL, type varchar, ${stamps})`,
];

const rest = [
  `CREATE TABLE user_roles (id bigserial PRIMARY KEY, name varchar NOT NULL DEFAULT '', position integer NOT NULL DEFAULT 0,
    permissions bigint NOT NULL DEFAULT 0, ${stamps})`,
  `CREATE TABLE settings (id bigserial PRIMARY KEY, var varchar NOT NULL UNIQUE, value text, thing_type varchar,
    thing_id bigint, ${stamps})`,
  `CREATE TABLE oauth_applications (id bigserial PRIMARY KEY, name varchar NOT NULL, uid varchar NOT NULL UNIQUE,
    secret varchar NOT NULL, redirect_uri text NOT NULL, scopes varchar NOT NULL DEFAULT '', website varchar, ${stamps})`,
  `CREATE TABLE oauth_access_tokens (id bigserial PRIMARY KEY, token varchar NOT NULL UNIQUE, scopes varchar,
    application_id bigint REFERENCES oauth_applications ON DELETE CASCADE, resource_owner_id bigint REFERENCES users ON DELETE CASCADE,
    revoked_at timestamp, last_used_at timestamp, created_at timestamp NOT NULL DEFAULT now())`,
  `CREATE TABLE oauth_access_grants (id bigserial PRIMARY KEY, token varchar NOT NULL UNIQUE, scopes varchar,
    application_id bigint NOT NULL REFERENCES oauth_applications ON DELETE CASCADE, resource_owner_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    redirect_uri text NOT NULL, expires_in integer NOT NULL, revoked_at timestamp, created_at timestamp NOT NULL DEFAULT now())`,
  `CREATE TABLE session_activations (id bigserial PRIMARY KEY, session_id varchar NOT NULL UNIQUE, user_agent varchar NOT NULL DEFAULT '',
    ip inet, user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE, access_token_id bigint, web_push_subscription_id bigint, ${stamps})`,
  `CREATE TABLE web_push_subscriptions (id bigserial PRIMARY KEY, endpoint varchar NOT NULL, key_p256dh varchar NOT NULL,
    key_auth varchar NOT NULL, data json, access_token_id bigint REFERENCES oauth_access_tokens ON DELETE CASCADE,
    user_id bigint REFERENCES users ON DELETE CASCADE, ${stamps})`,
  `CREATE TABLE scheduled_statuses (id bigserial PRIMARY KEY, account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    scheduled_at timestamp NOT NULL, params jsonb NOT NULL)`,
  `CREATE TABLE account_statuses_cleanup_policies (id bigserial PRIMARY KEY, account_id bigint NOT NULL UNIQUE REFERENCES accounts ON DELETE CASCADE,
    enabled boolean NOT NULL DEFAULT true, min_status_age integer NOT NULL DEFAULT 1209600, ${stamps})`,
  `CREATE TABLE preview_cards (id bigserial PRIMARY KEY, url varchar NOT NULL UNIQUE, title varchar NOT NULL DEFAULT '',
    description varchar NOT NULL DEFAULT '', ${stamps})`,
  `CREATE TABLE preview_cards_statuses (preview_card_id bigint NOT NULL REFERENCES preview_cards ON DELETE CASCADE,
    status_id bigint NOT NULL REFERENCES statuses ON DELETE CASCADE, url varchar, PRIMARY KEY (status_id, preview_card_id))`,
  `CREATE TABLE unavailable_domains (id bigserial PRIMARY KEY, domain varchar NOT NULL UNIQUE, ${stamps})`,
  `CREATE TABLE tombstones (id bigserial PRIMARY KEY, account_id bigint REFERENCES accounts ON DELETE CASCADE, uri varchar NOT NULL UNIQUE, ${stamps})`,
];

const indexes = [
  `CREATE UNIQUE INDEX index_accounts_on_username_and_domain_lower ON accounts (lower(username), coalesce(lower(domain), ''))`,
  `CREATE INDEX index_accounts_on_uri ON accounts (uri)`,
  `CREATE UNIQUE INDEX index_statuses_on_uri ON statuses (uri) WHERE uri IS NOT NULL`,
  `CREATE INDEX index_statuses_20190820 ON statuses (account_id, id DESC, visibility) WHERE deleted_at IS NULL`,
  `CREATE INDEX index_statuses_public_20200119 ON statuses (id DESC, account_id) WHERE deleted_at IS NULL AND visibility = 0`,
  `CREATE INDEX index_media_attachments_on_status_id ON media_attachments (status_id)`,
  `CREATE INDEX index_follows_on_target_account_id ON follows (target_account_id)`,
];

const sequences = ['accounts', 'statuses', 'media_attachments'].map(
  (table) => `CREATE SEQUENCE ${table}_id_seq`,
);

export const v404: Migration[] = [
  {
    version: '20250410144908',
    name: 'CreateBaseSchema',
    minor: 404,
    phase: 'pre',
    get sql() {
      return [
        ...sequences,
        timestampIdSql(),
        accounts,
        users,
        statuses,
        media,
        ...relations,
        ...rest,
        ...indexes,
      ];
    },
  },
  {
    version: '20250425134654',
    name: 'RemoveLegacyOtpColumn',
    minor: 404,
    phase: 'post',
    sql: ['ALTER TABLE users DROP COLUMN encrypted_otp_secret'],
  },
];
