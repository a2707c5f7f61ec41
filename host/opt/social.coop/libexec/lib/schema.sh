# shellcheck shell=bash
# shellcheck disable=SC2154
# May this app run on this database? Asked before anything changes, and again before the schema does.

# Versions of the migrations an image carries: all, or those of its first phase.
migrations_in() {
  local image=$1 directories
  read -ra directories <<<"$MIGRATIONS"
  if [ "${2:-all}" = first ]; then directories=("${directories[0]}"); fi
  docker run --rm --network none --entrypoint find "$image" "${directories[@]/#/$APP_HOME/}" -name '[0-9]*_*.rb' |
    sed 's|.*/||; s|_.*||' | sort
}

# Versions of the migrations that have run; nothing where there is no such table yet.
migrations_run() {
  [ -n "$(sql --command="SELECT 1 FROM pg_database WHERE datname = 'mastodon_production'")" ] || return 0
  [ -n "$(sql --dbname=mastodon_production --command="SELECT to_regclass('schema_migrations')")" ] || return 0
  sql --dbname=mastodon_production --command='SELECT version FROM schema_migrations' | sort
}

# A newer release that has run only its first phase may go back to the one before: until its second, old code works.
# What it left stays on record, for the releases that follow.
in_first_phase() {
  local ahead=$1 image phase
  [ -f "$state/migrated" ] || return 1
  read -r image phase <"$state/migrated"
  if [ "$phase" != before ] || ! docker image inspect "$image" >/dev/null 2>&1; then return 1; fi
  [ -z "$(comm -23 <(printf '%s\n' "$ahead") <(migrations_in "$image" first))" ] || return 1
  put "$state/first-phase" "$ahead"
}

refuse_older_app() {
  local carried newest ahead last='an app elsewhere'
  carried=$(migrations_in "$IMAGE_WEB") || carried=
  newest=$(tail -n 1 <<<"$carried")
  [ -n "$newest" ] || fail "the image holds no migrations in $APP_HOME ($MIGRATIONS) — images.web: $IMAGE_WEB — is it an image of $APP?"
  ahead=$(migrations_run | awk -v newest="$newest" '($1 "") > (newest "")')
  if [ -f "$state/first-phase" ]; then ahead=$(comm -23 <(printf '%s\n' "$ahead") "$state/first-phase"); fi
  if [ -z "$ahead" ] || in_first_phase "$ahead"; then return 0; fi
  if [ -f "$state/migrated" ]; then read -r last _ <"$state/migrated"; fi
  fail "$APP $APP_VERSION is older than its database — its newest migration is $newest, the database's $(tail -n 1 <<<"$ahead"), made by ${last%@*} — give appVersion and images of that release or a later one, or restore a backup from before it; the database was not changed"
}

# What Hometown's members wrote for their own server alone, Mastodon shows to everybody: it does not know the mark.
refuse_shown_posts() {
  local count
  [ "$APP" = mastodon ] || return 0
  [ -n "$(sql --dbname=mastodon_production --command="SELECT 1 FROM information_schema.columns WHERE table_name = 'statuses' AND column_name = 'local_only'")" ] || return 0
  count=$(sql --dbname=mastodon_production --command='SELECT count(*) FROM statuses WHERE local_only')
  [ "$count" -eq 0 ] ||
    fail "mastodon would show $count local-only post(s) to the world — the database was hometown's — stay with app: hometown, or delete those posts first; the database was not changed"
}
