# shellcheck shell=bash
# shellcheck disable=SC2154
# Bringing a database back from plain dumps of pg_dump and pg_dumpall, with a key that need only read: the first whole one.

# Beside the data, where the database's container sees it.
dump=$state/postgres/dump
dump_inside=/var/lib/postgresql/dump
# What became of each that was tried, for the report.
tried=$state/restore/dumps.json

inside() { in_database bash -c "$(<"$APPLY_LIB/dump/inside.sh")" dump "$@" </dev/null; }

# noted KEY RESULT FORM [REASON]
noted() {
  local known=[]
  if [ -s "$tried" ]; then known=$(<"$tried"); fi
  put "$tried" "$(jq --compact-output --arg key "$1" --arg result "$2" --arg form "$3" --arg reason "${4:-}" \
    '. + [{key: $key, result: $result, format: $form, reason: $reason}]' <<<"$known")"
}

from_bucket() {
  rclone --config /etc/social.coop/rclone.conf --ca-cert /etc/ssl/certs/ca-certificates.crt \
    --contimeout 10s --timeout 60s --retries 3 --low-level-retries 5 "$@"
}

# A network that fails says nothing about the dump: then nothing older is taken for the newest.
fetch_dump() {
  local key=$1 at=backups:$BACKUPS_BUCKET/$1 size room
  size=$(from_bucket size --json "$at" | jq .bytes) ||
    fail "the dump cannot be read — s3://$BACKUPS_BUCKET/$key at $BACKUPS_ENDPOINT — see above; may the key still read there?"
  room=$(df --output=avail --block-size=1 "$state/postgres" | tail -n 1)
  [ "$size" -lt "$room" ] ||
    fail "the disk has no room for the dump — it is $((size / 1048576)) MB, free are $((room / 1048576)) MB — take a larger primary.size for a new machine"
  rm -rf "$dump"
  install -d -m 0700 "$dump"
  case $key in
    */) from_bucket copy --transfers 8 "$at" "$dump/it" ;;
    *) from_bucket copyto "$at" "$dump/it" ;;
  esac || fail "the dump cannot be fetched — s3://$BACKUPS_BUCKET/$key — see above; run this again"
  chown -R 5432:5432 "$dump"
}

# The app's database by the name that it has here. A dump of a whole cluster may call it anything.
name_database() {
  local names name holders=()
  names=$(sql --command="SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate")
  while IFS= read -r name; do
    if [ "$(sql --dbname="$name" --command="SELECT to_regclass('public.schema_migrations') IS NOT NULL AND to_regclass('public.accounts') IS NOT NULL" </dev/null)" = t ]; then holders+=("$name"); fi
  done <<<"$names"
  case ${#holders[@]} in
    0) echo 'it holds no database of the app: none has the tables accounts and schema_migrations' && return 1 ;;
    1) ;;
    *) echo "it holds ${#holders[@]} databases of the app: ${holders[*]}" && return 1 ;;
  esac
  [ "${holders[0]}" != mastodon_production ] || return 0
  sql --dbname=template1 --command='DROP DATABASE IF EXISTS mastodon_production WITH (FORCE)'
  sql --dbname=template1 --set=was="${holders[0]}" --file=- <<<'ALTER DATABASE :"was" RENAME TO mastodon_production;'
}

# Called where a failure does not end the step by itself, so each one is looked at. take KEY: ends with 1 where it is not whole or does not go in, and has noted why.
take() {
  local key=$1 form why start result=truncated code=0
  say "fetching s3://$BACKUPS_BUCKET/$key"
  phase fetch fetch_dump "$key"
  form=$(inside form "$dump_inside/it")
  start=$(moment)
  say "reading it to its end: $form"
  why=$(inside whole "$dump_inside/it" "$form") || code=$?
  if [ "$code" -ne 0 ]; then
    phase_ended test "$start"
    say "not whole: $why"
    if [ "$code" -eq 2 ]; then result=unusable; fi
    noted "$key" "$result" "$form" "$why"
    return 1
  fi
  phase_ended test "$start"
  start=$(moment)
  say 'loading it'
  if ! why=$(inside load "$dump_inside/it" "$form") || ! why=$(name_database); then
    phase_ended load "$start"
    say "cannot be used: $why"
    noted "$key" unusable "$form" "$why"
    return 1
  fi
  # A dump of a cluster brings passwords of its own.
  if ! sql --dbname=mastodon_production --file=- <"$APPLY_LIB/dump/owner.sql" ||
    ! in_database vacuumdb --username=postgres --quiet --analyze-only --jobs="$(nproc)" --dbname=mastodon_production </dev/null ||
    ! sql --file=/etc/social.coop/postgres/roles.sql; then
    fail "the database that was loaded cannot be made the app's — s3://$BACKUPS_BUCKET/$key — see above"
  fi
  phase_ended load "$start"
  noted "$key" restored "$form"
}

restore_dump() {
  local keys key
  if [ -f "$fetched" ]; then return 0; fi
  mkdir -p "${tried%/*}"
  rm -f "$tried"
  mapfile -t keys < <(jq --raw-output '.[]' /etc/social.coop/dumps.json)
  for key in "${keys[@]}"; do
    take "$key" || continue
    rm -rf "$dump"
    put "$fetched" "$RESTORE_FROM $key"
    return 0
  done
  fail "none of the ${#keys[@]} dump(s) can be restored — s3://$BACKUPS_BUCKET — $(jq --raw-output 'map("\(.key): \(.reason)") | join("; ")' "$tried")"
}
