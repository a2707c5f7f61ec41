# shellcheck shell=bash
# shellcheck disable=SC2154
# What the jobs that timers start share.

# Jobs look at a machine in use: one that stands by has nothing for them, and a copy must never write beside its source.
on_source_only() {
  needs_app
  [ -z "${FENCED:-}" ] || fail "this machine is a fenced copy: it takes no backups — $MACHINE — do it on the stack it was restored from"
}

# An apply that runs restarts what jobs need; one that calls a job itself does not wait for its own end.
after_apply() {
  if [ -n "${APPLY_LIB:-}" ] || [ ! -e /run/social.coop/apply.lock ]; then return; fi
  flock --shared --timeout 900 /run/social.coop/apply.lock true || fail "an apply has been running for 15 minutes — /run/social.coop/apply.lock — see \`ps -ef | grep libexec/apply\`"
}

# job_done NAME SAID [FIGURE…]: whoever watches looks at when it last worked; the first line is for people, the others
# (`name value`, also `name{label="x"} value`) for metrics.
job_done() {
  local name=$1
  shift
  put "$state/jobs/$name" "$(printf '%s\n' "$@")"
  touch "$state/jobs/$name"
  rm -f "$run/why/$name"
}

# job_wrong NAME WHY: what `instance status` says of a job that ended badly, until it works again or the machine is started anew.
job_wrong() {
  mkdir -p "$run/why"
  put "$run/why/$1" "$2"
}

# Times as they stand in names of objects, so that sorting them by name sorts them by age.
stamp() { date --utc +%Y%m%dT%H%M%SZ "$@"; }

human() { numfmt --to=iec-i --suffix=B --format=%.1f "$1"; }

remote() {
  rclone --config /etc/social.coop/rclone.conf --ca-cert /etc/ssl/certs/ca-certificates.crt \
    --contimeout 10s --timeout 60s --retries 2 --low-level-retries 3 "$@"
}

# store FOLDER TIME FILE: puts a JSON file beside the backups, reads it back, and forgets those older than the backups.
store() {
  local at=backups:$BACKUPS_BUCKET/$1 time=$2 file=$3 names name
  jq --exit-status 'type == "object"' "$file" >/dev/null
  remote rcat "$at/$time.json" <"$file"
  remote cat "$at/$time.json" | cmp --quiet - "$file" ||
    fail "what was stored is not what comes back — s3://$BACKUPS_BUCKET/$1/$time.json — is the bucket's provider in trouble?"
  mapfile -t names < <(remote lsf --files-only "$at/" | sort)
  for name in "${names[@]}"; do
    if [[ $name < $(stamp --date="-$BACKUP_DAYS days") ]]; then remote deletefile "$at/$name"; fi
  done
}

# Name of the newest object of a folder; nothing when there is none.
newest() { remote lsf --files-only "backups:$BACKUPS_BUCKET/$1/" | sort | tail -n 1; }
