-- Reads every row of this session's share of tables, values stored apart included, and throws it away.
SELECT format('COPY (SELECT * FROM ONLY %I.%I) TO ''/dev/null''', nspname, relname)
FROM (
  SELECT nspname, relname, row_number() OVER (ORDER BY relpages DESC, c.oid) AS number
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'm', 'S') AND relpersistence <> 't'
) AS tables
WHERE number % :workers = :worker
ORDER BY number
\gexec
