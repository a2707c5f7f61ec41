#!/bin/bash
# shellcheck disable=SC1091,SC2034,SC2154,SC2054
# On the machine: the shipped lib/dump.sh on a PostgreSQL of its own beside the instance's, with dumps in the bucket of backups.
#   prepare        a cluster, and in /var/lib/dumptest/made each form of dump that its pg_dump writes; 15's came with this file
#   restore KEY…   the first of these that is whole; prints what became of each, and of what is in the database
set -euo pipefail
APPLY_LIB=/opt/social.coop/libexec/lib
. "$APPLY_LIB/common.sh"
load_stack
# Not this machine's own.
state=/var/lib/dumptest
. "$APPLY_LIB/phases.sh"
. "$APPLY_LIB/dump.sh"
in_database() { docker exec --interactive dumptest "$@"; }
bucket=backups:$BACKUPS_BUCKET/dumptest

prepare() {
  local run=(docker run --network none --volume "$state/postgres:/var/lib/postgresql" --volume /etc/social.coop/postgres:/etc/social.coop/postgres:ro --volume "$state/fixtures:/fixtures:ro" --tmpfs /run/postgresql:uid=5432,gid=5432)
  local form
  install -d -o 5432 -g 5432 "$state/postgres"
  "${run[@]}" --rm "$IMAGE_POSTGRES" create >/dev/null
  "${run[@]}" --detach --name dumptest "$IMAGE_POSTGRES" postgres -D /var/lib/postgresql/17/data -c unix_socket_directories=/run/postgresql -c fsync=off >/dev/null
  until in_database pg_isready --quiet --username=postgres; do sleep 0.2; done
  in_database psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --file=/fixtures/source.sql postgres >/dev/null
  in_database mkdir /var/lib/postgresql/17/made
  in_database /fixtures/forms /var/lib/postgresql/17/made
  mkdir "$state/made"
  cp -r "$state/fixtures/15" "$state/made/15"
  cp -r "$state/postgres/17/made" "$state/made/17"
  # As it is when the network or the disk gave up: the end is not there.
  cp -r "$state/made/17" "$state/made/cut"
  rm "$state/made/cut/globals.sql"
  for form in "$state"/made/cut/*; do
    if [ -d "$form" ]; then form=$(find "$form" -type f ! -name toc.dat -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2); fi
    truncate --size "$(($(stat --format %s "$form") * 9 / 10))" "$form"
  done
  echo 'no dump at all' >"$state/made/cut/words"
  from_bucket copy --transfers 16 "$state/made" "$bucket"
  # The roles of the old server are not known where a dump arrives.
  in_database psql --no-psqlrc --quiet --command='DROP DATABASE old_mastodon' --command='DROP OWNED BY masto, stats' --command='DROP ROLE masto, stats' postgres
  sql --file=/etc/social.coop/postgres/roles.sql
}

restore() {
  fetched=$state/restore/fetched
  RESTORE_FROM=s3://somewhere
  rm -rf "$state/restore"
  printf '%s\n' "$@" | sed 's|^|dumptest/|' | jq --raw-input --slurp 'split("\n") | map(select(. != ""))' >/etc/social.coop/dumps.json
  (set -e; restore_dump) >"$state/said" 2>&1 || { tail -n 5 "$state/said" >&2; jq --compact-output '{tried: .}' "$tried"; exit 1; }
  sql --dbname=mastodon_production --command="
    SELECT json_build_object(
      'rows', (SELECT count(*) FROM statuses), 'odd', (SELECT count(*) FROM statuses WHERE text LIKE '%GRANT ALL TO x;' || chr(9) || 'naïve ☃'),
      'seen', (SELECT accounts FROM instances),
      'strange', (SELECT count(*) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public' AND pg_get_userbyid(relowner) <> 'mastodon'),
      'functions', (SELECT string_agg(DISTINCT pg_get_userbyid(proowner), ',') FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
      'phases', '$(jq --compact-output 'map(.name)' "$phases")'::json,
      'tried', '$(jq --compact-output 'map(.key |= ltrimstr("dumptest/"))' "$tried" | sed "s/'/''/g")'::json)"
  # The app's role can use what is its own.
  in_database psql --username=postgres --dbname=mastodon_production --no-psqlrc --quiet --output=/dev/null --set=ON_ERROR_STOP=1 \
    --command='SET ROLE mastodon' --command="INSERT INTO statuses (account_id, text) VALUES (1, 'new')" --command='REFRESH MATERIALIZED VIEW instances'
}

"$@"
