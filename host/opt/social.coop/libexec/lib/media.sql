-- Where the files lie that the database names, as `ours KEY` or `theirs KEY`: what members gave us, and copies from other servers.
-- Copies below cache/ are left out: they come and go, and their own servers have them.
\set ON_ERROR_STOP on
\set columns `cat /etc/social.coop/postgres/media.json`
SELECT format(
    -- Paperclip's id_partition: nine digits, or twelve and more, in threes.
    $$SELECT CASE WHEN %1$s THEN 'ours ' ELSE 'theirs ' END || %2$L || '/' || array_to_string(ARRAY(
        SELECT part[1] FROM regexp_matches(lpad(id::text, greatest(length(id::text), CASE WHEN id < 1000000000 THEN 9 ELSE 12 END), '0'), '\d{3}', 'g') part
      ), '/') || '/original/' || %3$I FROM public.%4$I WHERE %3$I <> '' AND (%1$s OR %5$s)$$,
    ours, path, attachment || '_file_name', "table",
    CASE WHEN versioned.attname IS NULL THEN 'true' ELSE format('coalesce(%I, 0) < 1', versioned.attname) END)
  FROM jsonb_to_recordset(:'columns') AS known ("table" text, attachment text, path text, ours text)
  -- Not every version has every column.
  JOIN pg_attribute named ON named.attrelid = to_regclass(format('public.%I', "table")) AND named.attname = attachment || '_file_name' AND NOT named.attisdropped
  LEFT JOIN pg_attribute versioned ON versioned.attrelid = named.attrelid AND versioned.attname = attachment || '_storage_schema_version' AND NOT versioned.attisdropped
\gexec
