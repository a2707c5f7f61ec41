-- Makes the roles of databaseClients and their rights what the configuration says; whoever is no longer named loses both.
\set ON_ERROR_STOP on
\set clients `cat /etc/social.coop/postgres/clients.json`
SET client_min_messages = warning;
BEGIN;
CREATE TEMPORARY TABLE client ON COMMIT DROP AS
  SELECT * FROM jsonb_to_recordset(:'clients')
    AS client (name text, verifier text, connections int, read text[], write text[]);

DO $$
DECLARE
  client record;
  missing text;
  gone name;
BEGIN
  -- Our clients are the members of this role; others are none of our business.
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coop_clients') THEN
    CREATE ROLE coop_clients NOLOGIN;
  END IF;

  FOR gone IN
    SELECT member.rolname FROM pg_auth_members
      JOIN pg_roles member ON member.oid = pg_auth_members.member
      WHERE roleid = 'coop_clients'::regrole AND member.rolname NOT IN (SELECT name FROM client)
  LOOP
    EXECUTE format('ALTER ROLE %I NOLOGIN', gone);
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = gone;
    EXECUTE format('DROP OWNED BY %I', gone);
    EXECUTE format('DROP ROLE %I', gone);
  END LOOP;

  FOR client IN SELECT * FROM client ORDER BY name LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = client.name) THEN
      EXECUTE format('CREATE ROLE %I', client.name);
      EXECUTE format('GRANT coop_clients TO %I', client.name);
    ELSIF NOT pg_has_role(client.name, 'coop_clients', 'MEMBER') THEN
      RAISE EXCEPTION 'the role % is there already and not ours — databaseClients.% — choose another name', client.name, client.name;
    END IF;
    EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS CONNECTION LIMIT %s PASSWORD %L',
      client.name, client.connections, client.verifier);

    SELECT string_agg(wanted, ', ') INTO missing FROM unnest(client.read || client.write) wanted
      WHERE wanted <> '*' AND to_regclass(format('public.%I', wanted)) IS NULL;
    IF missing IS NOT NULL THEN
      RAISE EXCEPTION 'the database has no table % — databaseClients.% — name tables that `instance psql -c ''\dt''` shows', missing, client.name;
    END IF;

    -- From nothing to what is wanted, in one transaction: nobody sees what lies between.
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE mastodon IN SCHEMA public REVOKE ALL ON TABLES FROM %I', client.name);
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', client.name);
    EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM %I', client.name);
    IF '*' = ANY (client.read) THEN
      EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA public TO %I', client.name);
      EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE mastodon IN SCHEMA public GRANT SELECT ON TABLES TO %I', client.name);
    END IF;
    EXECUTE coalesce((SELECT string_agg(format('GRANT SELECT ON public.%I TO %I', wanted, client.name), ';')
      FROM unnest(client.read) wanted WHERE wanted <> '*'), '');
    EXECUTE coalesce((SELECT string_agg(format('GRANT SELECT, INSERT, UPDATE, DELETE ON public.%I TO %I', wanted, client.name), ';')
      FROM unnest(client.write) wanted), '');
    -- New rows take their numbers from these.
    EXECUTE coalesce((SELECT string_agg(format('GRANT USAGE ON SEQUENCE public.%I TO %I', wanted || '_id_seq', client.name), ';')
      FROM unnest(client.write) wanted WHERE to_regclass(format('public.%I', wanted || '_id_seq')) IS NOT NULL), '');
  END LOOP;
END
$$;
COMMIT;
