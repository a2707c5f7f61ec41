# shellcheck shell=bash
# What every program here shares. Nothing in it writes when nothing has to change.

state=/var/lib/social.coop
# Read by the programs that source this file.
# shellcheck disable=SC2034
run=/run/social.coop
# shellcheck disable=SC2034
compose_file=/opt/social.coop/compose.yaml

# Images that no registry gave any more, and came from beside the backups: what each is called, and what it is called here.
archived=$state/images-archived
archived_name() { printf 'social-coop/archived:%s\n' "${1##*:}"; }

# During an apply the values are the new tree's, otherwise the installed ones.
load_stack() {
  local image name variable
  # shellcheck source=/dev/null
  . "${APPLY_TREE:-}/etc/social.coop/stack.env"
  [ -s "$archived" ] || return 0
  while read -r image name; do
    for variable in IMAGE_WEB IMAGE_STREAMING IMAGE_POSTGRES IMAGE_REDIS IMAGE_SEARCH; do
      if [ "${!variable:-}" = "$image" ]; then printf -v "$variable" %s "$name"; fi
    done
  done <"$archived"
}

# The stack's images, each once.
images() { printf '%s\n' "$IMAGE_WEB" "$IMAGE_STREAMING" "$IMAGE_POSTGRES" "$IMAGE_REDIS" ${IMAGE_SEARCH:+"$IMAGE_SEARCH"} | sort --unique; }

# The registry is back: containers take the names they have there.
forget_archived() {
  [ -e "$archived" ] || return 0
  rm -f "$archived"
  add_pending services
}

# Ends a step that is not for a machine that stands by, and says so: on_primary_only WHAT.
on_primary_only() {
  [ "$ROLE" = secondary ] || return 0
  printf '   no %s here: this machine stands by\n' "$1"
  exit 0
}

# A machine that stands by has nothing of the app running.
is_secondary() { [ "${ROLE:-primary}" = secondary ]; }
needs_app() { ! is_secondary || fail "this machine stands by: nothing of the app runs here — $MACHINE — do it on the stack's primary"; }

# A copy of another stack's data, shut in; and a step that is not for one: not_on_copy WHAT.
is_fenced() { [ -n "${FENCED:-}" ]; }
not_on_copy() {
  is_fenced || return 0
  printf '   no %s here: this machine is a copy of %s\n' "$1" "$RESTORE_FROM"
  exit 0
}

say() { printf '   %s\n' "$*"; }
warn() { printf '   warning: %s\n' "$*" >&2; }
fail() {
  printf '   %s\n' "$*" >&2
  exit 1
}

# Work that a changed file asks for; it stays on record until it is done, whoever dies in between.
is_pending() { [ -e "$state/pending/$1" ]; }
add_pending() { [ -e "$state/pending/$1" ] || : >"$state/pending/$1"; }
done_pending() { rm -f "$state/pending/$1"; }

# Restarts or starts units; systemd's limit of starts a minute is for crash loops, not for us.
units() {
  local what=$1
  shift
  systemctl reset-failed "$@" 2>/dev/null || true
  systemctl "$what" "$@"
}

# Replaces a small file in one step, and only when its content differs. On a full disk the old one stays.
put() {
  local path=$1 content=$2 new
  [ ! -f "$path" ] || [ "$(<"$path")" != "$content" ] || return 0
  new=$(mktemp "$path.XXXXXX") || return
  if printf '%s\n' "$content" >"$new" && mv -T "$new" "$path"; then return; fi
  rm -f "$new"
  return 1
}

compose() {
  local file=$compose_file image name words=()
  if [ -s "$archived" ]; then
    while read -r image name; do words+=(--expression "s|$image|$name|g"); done <"$archived"
    mkdir -p "$run"
    file=$run/compose.yaml
    sed "${words[@]}" "$compose_file" >"$file"
  fi
  docker compose --progress quiet --profile search --file "$file" --project-directory /opt/social.coop "$@"
}

project=(--filter label=com.docker.compose.project=instance --filter label=com.docker.compose.oneoff=False)

# Starts services and waits until they are healthy; whoever is not is shown with the last it said.
compose_up() {
  local container
  if compose up --detach --wait --wait-timeout 300 --no-deps "$@"; then return; fi
  while IFS= read -r container; do
    echo "--- the last that $container said" >&2
    docker logs --tail 20 "$container" >&2 2>&1 || true
  done < <(docker ps --all "${project[@]}" --format '{{.Names}} {{.Status}}' | awk '!/\(healthy\)/ { print $1 }')
  fail "services did not become healthy — see above — sudo instance logs SERVICE"
}

# The same few words as in compose.yaml: the app's secrets come from the mounted file.
# shellcheck disable=SC2034,SC2016
with_secrets=(sh -c 'set -a; . ./.env.production; set +a; exec "$@"' sh)

# Numbers of the backup repositories: 2 is there only where the stack has a second one.
repositories() { if [ -n "$REPO2_BUCKET" ]; then echo 1 2; else echo 1; fi; }

# Runs something in the database's container.
in_database() { docker exec --interactive instance-db-1 "$@"; }

sql() { in_database psql --username=postgres --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 "$@"; }
