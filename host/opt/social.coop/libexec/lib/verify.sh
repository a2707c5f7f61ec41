# shellcheck shell=bash
# shellcheck disable=SC2154
# What the programs in verify.d share. Each looks at one thing and says one JSON object about it; `instance verify` runs them.

. "${BASH_SOURCE[0]%/*}/job.sh"

check=${0##*/}
check=${check#*-}
# shellcheck disable=SC2034
about=${BASH_SOURCE[0]%/*}/verify

# A restored copy may be written to; a machine that serves is only read.
is_copy() { [ -n "${RESTORE_FROM:-}" ]; }

# What came as a plain dump has no WAL, no manifest and no heartbeat beside it; and perhaps not the secrets it was written with.
from_dump() { [ -n "${RESTORE_DUMP:-}" ]; }
knows_secrets() { [ -n "${RESTORE_SECRETS-1}" ]; }

# Says it, and ends: verdict STATUS FIGURE REASON [VALUES]
verdict() {
  local values=${4:-}
  jq --null-input --compact-output --arg check "$check" --arg status "$1" --arg figure "$2" --arg reason "$3" --argjson values "${values:-"{}"}" \
    '{check: $check, status: $status, figure: $figure, values: $values, reason: $reason}'
  exit 0
}
passed() { verdict passed "$1" '' "${2:-}"; }
failed() { verdict failed "$1" "$2" "${3:-}"; }
not_tested() { verdict not-tested "${2:-}" "$1" "${3:-}"; }

# The end of what a program complained of, on one line.
complaint() { tail -n "${2:-3}" "$1" | paste --serial --delimiters=' ' | cut -c 1-400; }

# One value out of a JSON text: of TEXT FILTER
of() { jq --raw-output "$2" <<<"$1"; }

# Any time as ISO 8601 with milliseconds.
iso_ms() { date --utc --date="$1" +%Y-%m-%dT%H:%M:%S.%3NZ; }

# Databases of members and of ours.
databases() { sql --command="SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY pg_database_size(oid) DESC"; }

# On a copy nobody waits for anything else.
workers() { if is_copy; then nproc; else echo 1; fi; }

# Options of psql. As slow as needed beside a server at work: the session's own process steps back.
step_back() { is_copy || echo "--command=COPY (SELECT 1) TO PROGRAM 'cat >/dev/null; renice --priority 19 --pid \$PPID >/dev/null'"; }

# Runs the statements that a file of SQL makes up for each table, spread over some sessions; what fails does not end the rest.
# Their answers go to stdout, errors with their statements to the file given: each_table DATABASE FILE ERRORS
each_table() {
  local database=$1 file=$2 errors=$3 number count pids=() worst=0 pid first
  count=$(workers)
  first=$(step_back)
  for ((number = 0; number < count; number++)); do
    # From a file, so that psql says which statement failed.
    in_database env PGOPTIONS='-c default_transaction_read_only=on -c statement_timeout=0' psql --username=postgres --dbname="$database" \
      --no-psqlrc --quiet --tuples-only --no-align --echo-errors --set=worker="$number" --set=workers="$count" ${first:+"$first"} --file=- <"$file" >"$errors.out.$number" 2>"$errors.$number" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || worst=$?; done
  cat "$errors".out.*
  cat "$errors".[0-9]* >"$errors"
  return "$worst"
}

# Times of the files TIME.json in a directory of the backups bucket that are no newer than the copy, the newest first: times_of DIRECTORY
times_of() {
  local until=9
  if [ -n "${RESTORE_AT:-}" ]; then until=$(stamp --date="$RESTORE_AT"); fi
  remote lsf "backups:$BACKUPS_BUCKET/$1/" | sed -n 's/\.json$//p' | sort --reverse | awk -v until="$until" '($1 "") <= (until "")'
}

# The app's own answers come from one start of it: whoever asks first asks for all.
app_answer() {
  local kept=${VERIFY_SCRATCH:-} questions=$check said
  if [ -n "$kept" ]; then
    questions=$VERIFY_QUESTIONS
    is_copy || questions=${questions/insert/}
    exec {lock}>"$kept/app.lock"
    flock "$lock"
    [ -e "$kept/app.out" ] || ask_app "$questions" "$kept"
    exec {lock}>&-
  else
    kept=$(mktemp -d -p /dev/shm)
    trap 'rm -rf "$kept"' EXIT
    ask_app "$questions" "$kept"
  fi
  said=$(grep -F "{\"check\":\"$check\"," "$kept/app.out" | tail -n 1 || true)
  [ -n "$said" ] || failed '' "the app gave no answer: $(complaint "$kept/app.err")"
  if ! knows_secrets && [ "$(of "$said" .status)" = failed ] && [[ $(of "$said" .reason) == *"cannot be decrypted"* ]]; then
    not_tested "the old server's secrets were not given, and without them $(of "$said" .reason)"
  fi
  printf '%s\n' "$said"
}

# Beside members in a container of its own, so that it does not eat the memory of one that serves. A fenced copy has nobody to
# serve, and no second place on its network.
ask_app() {
  local into=(docker exec --interactive instance-web-1)
  if ! is_copy; then
    docker rm --force instance-verify >/dev/null 2>&1 || true
    into=(compose run --rm --no-deps -T --name instance-verify web)
  fi
  # Words of a command that we ship ourselves.
  # shellcheck disable=SC2086
  "${into[@]}" "${with_secrets[@]}" $VERIFY_COMMAND $1 <"$about/$VERIFY_PROGRAM" >"$2/app.new" 2>"$2/app.err" || true
  mv "$2/app.new" "$2/app.out"
}

# A container's health, as Docker sees it.
health_of() { docker inspect --format '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{end}}' "instance-$1-1" 2>/dev/null || echo missing; }

# From inside, because a fenced copy publishes nothing: ask_inside SERVICE PORT PATH [FLAGS…]
ask_inside() {
  local service=$1 port=$2 path=$3
  shift 3
  docker exec "instance-$service-1" curl --silent --show-error --noproxy '*' --max-time 20 --header "Host: $DOMAIN" --header 'X-Forwarded-Proto: https' "$@" "http://127.0.0.1:$port$path"
}
