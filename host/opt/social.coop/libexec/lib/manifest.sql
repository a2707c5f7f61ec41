-- What is in every table, at one moment: rows, and a checksum of those that take less than :below bytes. One JSON object a line.
\set ON_ERROR_STOP on
\if :{?below} \else \set below 67108864 \endif
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
-- Rows as text must be the same wherever they are read.
SET LOCAL timezone = 'UTC';
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL intervalstyle = 'postgres';
SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1;
SET LOCAL search_path = public;
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
-- The first statement takes the snapshot that all others see; a copy that replays has its place in the WAL elsewhere.
SELECT json_build_object(
  'time', to_char(clock_timestamp(), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'lsn', CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END,
  'schema', (SELECT max(version) FROM schema_migrations),
  'checksumBelow', :below);
-- The sum of hashes is the same in whatever order the rows come.
SELECT format('SELECT json_build_object(%L, json_build_object(''rows'', count(*)%s)) FROM %I.%I AS row_of',
    nspname || '.' || relname,
    CASE WHEN pg_table_size(pg_class.oid) < :below
      THEN ', ''checksum'', md5(coalesce(sum(hashtextextended(row_of::text, 0)::numeric), 0)::text)' ELSE '' END,
    nspname, relname)
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE relkind = 'r' AND relpersistence = 'p' AND nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
  ORDER BY nspname, relname
\gexec
COMMIT;
