# shellcheck shell=bash
# shellcheck disable=SC2154
# The stack's own database, from its own backups, on a new machine that goes on where the lost one stopped.

# While it is there the data directory is not whole.
recovering=$state/recovering

recover_database() {
  local options=(--delta --process-max="$(nproc)")
  [ -n "$RECOVER_TO" ] ||
    fail "the database was being brought back, and is not whole — $pgdata — run \`coop recover\` again; it goes on where it stopped"
  if [ "$RECOVER_TO" != latest ]; then
    options+=(--type=time "--target=$(date --utc --date="$RECOVER_TO" '+%F %T.%6N+00')" --target-action=promote)
  fi
  : >"$recovering"
  install -d -m 0700 -o 5432 -g 5432 "$state/postgres/17" "$pgdata"
  say "bringing the database back from s3://$BACKUPS_BUCKET: $RECOVER_TO"
  phase fetch fetch "${options[@]}"
  sync --file-system "$pgdata"
  add_pending roles
  add_pending recovered
  rm -f "$recovering"
}
