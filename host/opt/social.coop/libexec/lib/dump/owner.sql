-- Everything that a dump brought belongs to the app's role, as if it had been made here.
ALTER DATABASE mastodon_production OWNER TO mastodon;
DO $$
DECLARE
  command text;
BEGIN
  FOR command IN
    WITH ours AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
      extended AS (SELECT objid FROM pg_depend WHERE deptype = 'e')
    SELECT format('ALTER SCHEMA %I OWNER TO mastodon', nspname) FROM ours WHERE oid NOT IN (SELECT objid FROM extended)
    UNION ALL
    -- A sequence of a column goes with its table.
    SELECT format('ALTER %s %I.%I OWNER TO mastodon', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, nspname, relname)
    FROM pg_class JOIN ours ON ours.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND pg_class.oid NOT IN (SELECT objid FROM extended)
      AND NOT (relkind = 'S' AND EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND classid = 'pg_class'::regclass AND deptype IN ('a', 'i')))
    UNION ALL
    SELECT format('ALTER ROUTINE %s OWNER TO mastodon', pg_proc.oid::regprocedure)
    FROM pg_proc JOIN ours ON ours.oid = pronamespace WHERE pg_proc.oid NOT IN (SELECT objid FROM extended) AND prokind <> 'a'
    UNION ALL
    SELECT format('ALTER TYPE %I.%I OWNER TO mastodon', nspname, typname)
    FROM pg_type JOIN ours ON ours.oid = typnamespace
    WHERE typtype IN ('e', 'd', 'r') AND pg_type.oid NOT IN (SELECT objid FROM extended)
  LOOP
    EXECUTE command;
  END LOOP;
END
$$;
