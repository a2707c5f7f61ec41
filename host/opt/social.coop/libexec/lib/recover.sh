# shellcheck shell=bash
# shellcheck disable=SC2154
# The stack's own database, from its own backups, on a new machine that goes on where the lost one stopped.

# While it is there the data directory is not whole.
recovering=$state/recovering
# The last second of the lost server that came back.
recovered_to=$state/recovered-to

recover_database() {
  local options=(--delta --process-max="$(nproc)") info backup at=9999999999
  [ -n "$RECOVER_TO" ] ||
    fail "the database was being brought back, and is not whole — $pgdata — put recover.to back into the stack file, and \`pulumi up\`; it goes on where it stopped"
  info=$(restore_info) || {
    printf '%s\n' "$info" >&2
    fail "the backups cannot be read — s3://$BACKUPS_BUCKET at $BACKUPS_ENDPOINT — $(why_unreadable "$info")"
  }
  [ "$RECOVER_TO" = latest ] || at=$(date --date="$RECOVER_TO" +%s)
  backup=$(chosen_backup "$info" "$at")
  [ -n "$backup" ] || refuse_label "$info"
  if [ "$RECOVER_TO" = latest ]; then
    refuse_gap "$backup" \
      "take the mark of its deletion away in the bucket; or go back to that moment: pulumi config set --path recover.to TIME --stack $STACK, then pulumi up"
  else
    options+=(--type=time "--target=$(date --utc --date="$RECOVER_TO" '+%F %T.%6N+00')" --target-action=promote)
  fi
  : >"$recovering"
  rm -f "$recovered_to"
  install -d -m 0700 -o 5432 -g 5432 "$state/postgres/17" "$pgdata"
  say "bringing the database back from s3://$BACKUPS_BUCKET: $RECOVER_TO${RESTORE_BACKUP:+, beginning with $RESTORE_BACKUP}"
  phase fetch fetch "$info" "${options[@]}"
  sync --file-system "$pgdata"
  add_pending roles
  add_pending recovered
  rm -f "$recovering"
}

# Before the heartbeat goes on: once.
note_newest() {
  local newest
  [ ! -e "$recovered_to" ] || return 0
  newest=$(sql --dbname=coop --command="SELECT to_char(max(at) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM heartbeat" 2>/dev/null) || newest=
  put "$recovered_to" "${newest:-unknown}"
  say "the last heartbeat that came back is of ${newest:-a time that nobody knows}"
}
