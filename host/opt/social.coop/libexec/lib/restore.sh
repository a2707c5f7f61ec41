# shellcheck shell=bash
# shellcheck disable=SC2154
# Bringing a database back from the backups of another stack, with a key that cannot write there.

# What was fetched whole; until then a run that was killed goes on where it stopped.
fetched=$state/restore/fetched

restore_info() {
  local info
  info=$(compose run --rm --no-deps -T db pgbackrest --stanza="$STANZA" --output=json --log-level-console=error info) || return 1
  jq --exit-status 'if length == 1 and all(.[]; .repo | length > 0) and all(.[] | .repo[].status; .code == 0 or .code == 2)
    then .[0].backup else empty end' <<<"$info" || {
    jq --raw-output '.[].repo[]?.status.message' <<<"$info" | head -n 12 >&2
    return 1
  }
}

# Refused before a byte is fetched: no backup, a moment before all of them, no room.
refuse_restore() {
  local backups=$1 oldest at size room
  [ "$(jq length <<<"$backups")" -gt 0 ] ||
    fail "$RESTORE_FROM has no backup yet — s3://$BACKUPS_BUCKET — on its machine: sudo instance backup full"
  oldest=$(jq 'map(.timestamp.stop) | min' <<<"$backups")
  if [ -n "$RESTORE_AT" ]; then
    at=$(date --date="$RESTORE_AT" +%s)
    [ "$at" -ge "$oldest" ] ||
      fail "the backups begin later — restore.at: $RESTORE_AT — name a moment from $(date --utc --date="@$oldest" +%FT%TZ) on"
  fi
  size=$(jq 'last.info.size' <<<"$backups")
  room=$(df --output=avail --block-size=1 "$state/postgres" | tail -n 1)
  # What is replayed needs room as well.
  [ $((size + size / 5 + 1073741824)) -le $((room + $(du --summarize --block-size=1 "$pgdata" | cut -f1))) ] ||
    fail "the disk has no room for the copy — the database is $((size / 1048576)) MB, free are $((room / 1048576)) MB — take a larger primary.size for a new machine"
}

restore_database() {
  local backups options
  if [ -f "$fetched" ]; then
    [ "$(<"$fetched")" = "$RESTORE_FROM ${RESTORE_AT:-latest}" ] ||
      fail "this machine holds a copy of $(<"$fetched") already — restore.from, restore.at — put the old value back, or destroy the stack and bring it up anew"
    return 0
  fi
  install -d -m 0700 -o 5432 -g 5432 "$state/postgres/17" "$pgdata"
  # Without its cluster the container can only start over and over, at the address that the next ones need.
  if docker container inspect instance-db-1 >/dev/null 2>&1; then docker rm --force instance-db-1 >/dev/null; fi
  backups=$(restore_info) ||
    fail "the backups of $RESTORE_FROM cannot be read — s3://$BACKUPS_BUCKET at $BACKUPS_ENDPOINT — see above; has the bucket moved, or the repository another cipher?"
  refuse_restore "$backups"
  # `delta` keeps what a run before has brought. Without archiving, or the copy would write its own history into the source's.
  options=(--delta --archive-mode=off --process-max="$(nproc)")
  if [ -n "$RESTORE_AT" ]; then
    options+=(--type=time "--target=$(date --utc --date="$RESTORE_AT" '+%F %T.%6N+00')" --target-action=promote)
  fi
  say "restoring the database of $RESTORE_FROM${RESTORE_AT:+ as of $RESTORE_AT}"
  phase fetch compose run --rm --no-deps -T db pgbackrest --stanza="$STANZA" --log-level-console=warn "${options[@]}" restore
  sync --file-system "$pgdata"
  add_pending roles
  mkdir -p "${fetched%/*}"
  put "$fetched" "$RESTORE_FROM ${RESTORE_AT:-latest}"
}
