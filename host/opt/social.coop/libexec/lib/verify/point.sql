-- Where this database stands: whether it replays, on which timeline, and the position at which that one was begun.
SELECT json_build_object(
  'recovering', recovering,
  'timeline', timeline,
  'lsn', lsn,
  -- Lines of `parent timeline, position, reason`; the last is the newest.
  'begun', (regexp_match(pg_read_file('pg_wal/' || lpad(upper(to_hex(timeline)), 8, '0') || '.history', true), '.*\n?\d+\t([0-9A-F]+/[0-9A-F]+)\t'))[1],
  'archiveMode', current_setting('archive_mode')
)
FROM (
  SELECT pg_is_in_recovery() AS recovering,
    CASE WHEN pg_is_in_recovery() THEN (pg_control_checkpoint()).timeline_id
      ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END AS timeline,
    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS lsn
) AS here;
