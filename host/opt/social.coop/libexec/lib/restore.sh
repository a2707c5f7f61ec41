# shellcheck shell=bash
# shellcheck disable=SC2154
# Bringing a database back from the backups of another stack, with a key that cannot write there.

# What was fetched whole; until then a run that was killed goes on where it stopped.
fetched=$state/restore/fetched

# What pgBackRest is asked of WAL while a database replays. 1 says that there is no more of it, and the replay is at its end; what
# went wrong is no end, and with a number this high PostgreSQL stops instead of going on without the rest.
archive_get() { printf '%s' "pgbackrest --stanza=$STANZA archive-get %f \"%p\" || { [ \$? -eq 1 ] && exit 1; exit 200; }"; }

# Why the repository cannot be read, from what pgBackRest said of it.
why_unreadable() {
  case $1 in
    *'No space left on device'*) echo "the disk is full — $(room_here) MB are free — delete what fills it, or take a larger primary.size for a new machine; then run this again" ;;
    *CryptoError* | *FormatError* | *'repo encrypted'*) echo "its cipher pass is not that of the recovery kit of ${RESTORE_FROM:-this stack} — secrets.repositoryCipher there — was it changed after these backups, or is it another instance's bucket?" ;;
    *'403 (Forbidden)'* | *AccessDenied* | *InvalidAccessKeyId*) echo "the key to it is refused: it was revoked, or has expired — \`pulumi up --refresh\` makes a new one, and goes on here" ;;
    *'404 (Not Found)'* | *NoSuchBucket*) echo "the bucket is not there — has it moved? \`pulumi up\` of ${RESTORE_FROM:-this stack}, then here again" ;;
    *'before configured recovery target'*) echo "what was archived ends before that moment — restore.at, or --at — it goes on by itself once more was archived; or name an earlier one for a new machine" ;;
    *'missing stanza path'*) echo "it holds no repository of an instance — is it the right bucket?" ;;
    *) echo "it does not answer as it should — is the provider in trouble, or was the fence closed to another address? Run this again" ;;
  esac
}

# The same of a fetch, which begins only when the catalogue INFO has opened: what does not open then is damaged.
# why_not_fetched SAID INFO
why_not_fetched() {
  case $1 in
    *ChecksumError* | *CryptoError* | *FormatError* | *FileMissingError* | *'missing file'* | *'checksum'*)
      echo "a file of the backup is gone, or damaged — on the source's machine \`sudo instance backup undelete\` brings back what was deleted; older versions of a damaged one are in the bucket; or begin with an older backup, which takes longer and loses nothing: restore.backup, or --backup, one of: $(labels "$2")" ;;
    *) why_unreadable "$1" ;;
  esac
}

labels() { jq --raw-output '[.backups[].label] | sort | join(", ")' <<<"$1"; }

# The backup that a restore begins with: the one that RESTORE_BACKUP names, else the newest that ended by then. chosen_backup INFO AT
chosen_backup() {
  jq --compact-output --arg named "$RESTORE_BACKUP" --argjson at "$2" \
    '[.backups[] | select(.timestamp.stop <= $at and ($named == "" or .label == $named))] | max_by(.timestamp.stop) // empty' <<<"$1"
}

# Refused as well: a label that nothing has, or that no restore to that moment can begin with.
refuse_label() {
  [ -z "$RESTORE_BACKUP" ] ||
    fail "no backup to begin with that ended by then — restore.backup, or --backup: $RESTORE_BACKUP — those there are: $(labels "$1"); nothing was fetched"
}

# Free megabytes for the database.
room_here() { df --output=avail --block-size=1M "$state/postgres" | tail -n 1 | tr -d ' '; }

# The catalogue of the repository, and which PostgreSQL the image has; when that cannot be had, what was said instead.
restore_info() {
  local said
  # shellcheck disable=SC2016
  said=$(compose run --rm --no-deps -T db sh -c 'postgres --version && exec pgbackrest --stanza="$1" --output=json --log-level-console=error info' sh "$STANZA" 2>&1) || {
    printf '%s\n' "$said"
    return 1
  }
  # 0: holds backups. 2: a stanza without backups. `info` ends well also when it was refused (99): that is no answer.
  # With a wrong key it hands on what it deciphered, which is no text.
  said=$(tr --complement '\n[:print:]' '?' <<<"$said")
  tail -n 1 <<<"$said" | jq --compact-output --exit-status --arg postgres "$(sed -n 's/^postgres (PostgreSQL) \([0-9]*\).*/\1/p' <<<"$said")" '
    if length == 1 and all(.[]; .repo | length > 0) and all(.[] | .repo[].status; .code == 0 or .code == 2)
    then {postgres: $postgres, backups: .[0].backup, clusters: .[0].db} else empty end' 2>/dev/null && return
  tail -n 1 <<<"$said" | jq --raw-output '.[].repo[]?.status.message' 2>/dev/null | head -n 12 | grep . || printf '%s\n' "${said:0:3000}"
  return 1
}

# Refused before a byte is fetched: no backup, a moment outside of what they reach, another PostgreSQL, no room.
refuse_restore() {
  local info=$1 at=9999999999 backup made here needed room
  [ "$(jq '.backups | length' <<<"$info")" -gt 0 ] ||
    fail "$RESTORE_FROM has no backup yet — s3://$BACKUPS_BUCKET — on its machine: sudo instance backup full"
  if [ -n "$RESTORE_AT" ]; then
    at=$(date --date="$RESTORE_AT" +%s)
    [ "$at" -le "$EPOCHSECONDS" ] ||
      fail "that moment is still to come — restore.at: $RESTORE_AT — name one before $(date --utc +%FT%TZ)"
  fi
  backup=$(chosen_backup "$info" "$at")
  [ -n "$backup" ] || refuse_label "$info"
  [ -n "$backup" ] ||
    fail "the backups begin later — restore.at: $RESTORE_AT — name a moment from $(date --utc --date="@$(jq '[.backups[].timestamp.stop] | min' <<<"$info")" +%FT%TZ) on"
  read -r made here < <(jq --raw-output --argjson backup "$backup" '.postgres as $here |
    [.clusters[] | select(.id == $backup.database.id and ."repo-key" == $backup.database."repo-key") | .version] | "\(first // $here) \($here)"' <<<"$info")
  [ "$made" = "$here" ] ||
    fail "the backup was made by PostgreSQL $made, and the image here brings $here — images.postgres — use the checkout, and the image, that $RESTORE_FROM was brought up with; nothing was fetched"
  # What is replayed needs room as well; what is here already does not.
  needed=$(jq --argjson here "$(du --summarize --block-size=1 "$pgdata" | cut -f1)" '(.info.size * 1.2 + 1073741824 - $here) / 1048576 | ceil' <<<"$backup")
  room=$(room_here)
  [ "$needed" -le "$room" ] ||
    fail "the disk has no room for the copy — it needs $needed MB, and $room MB are free — take a larger primary.size for a new machine; nothing was fetched"
  [ -n "$RESTORE_AT" ] ||
    refuse_gap "$backup" "on $RESTORE_FROM's machine: sudo instance backup undelete; or a copy as of that moment: restore.at, or --at"
}

# PostgreSQL takes a segment that is not there for the end of all, and goes on without what came after it. On the way to a
# moment it refuses that itself. refuse_gap BACKUP REMEDY
refuse_gap() {
  local listed gap
  for _ in $(seq 6); do
    listed=$(compose run --rm --no-deps -T db pgbackrest --stanza="$STANZA" --output=json --recurse --log-level-console=error repo-ls "archive/$STANZA") ||
      fail "what was archived cannot be listed — s3://$BACKUPS_BUCKET at $BACKUPS_ENDPOINT — $(why_unreadable "$listed")"
    gap=$(jq -L "$APPLY_LIB" --null-input --raw-output --from-file "$APPLY_LIB/restore-gap.jq" --argjson backup "$1" --slurpfile archive <(printf '%s' "$listed"))
    [ -n "$gap" ] || return 0
    # Of two on their way from a source at work, the later may come first.
    sleep 5
  done
  fail "WAL is missing: $gap — s3://$BACKUPS_BUCKET — $2; nothing was fetched"
}

# Runs pgBackRest, and says in plain words why it stopped. fetch INFO OPTION …
fetch() {
  local said info=$1
  shift
  [ -z "$RESTORE_BACKUP" ] || set -- "--set=$RESTORE_BACKUP" "$@"
  said=$(compose run --rm --no-deps -T db pgbackrest --stanza="$STANZA" --log-level-console=warn "--recovery-option=restore_command=$(archive_get)" "$@" restore 2>&1) || {
    printf '%s\n' "$said" >&2
    fail "the database was not fetched whole — $(why_not_fetched "$said" "$info")"
  }
  [ -z "$said" ] || printf '%s\n' "$said"
}

restore_database() {
  local info options what="$RESTORE_FROM ${RESTORE_AT:-latest}${RESTORE_BACKUP:+ from $RESTORE_BACKUP}"
  if [ -f "$fetched" ]; then
    [ "$(<"$fetched")" = "$what" ] ||
      fail "this machine holds a copy of $(<"$fetched") already — restore.from, restore.at, restore.backup — put the old value back, or destroy the stack and bring it up anew"
    return 0
  fi
  install -d -m 0700 -o 5432 -g 5432 "$state/postgres/17" "$pgdata"
  # Without its cluster the container can only start over and over, at the address that the next ones need.
  if docker container inspect instance-db-1 >/dev/null 2>&1; then docker rm --force instance-db-1 >/dev/null; fi
  info=$(restore_info) || {
    printf '%s\n' "$info" >&2
    fail "the backups of $RESTORE_FROM cannot be read — s3://$BACKUPS_BUCKET at $BACKUPS_ENDPOINT — $(why_unreadable "$info")"
  }
  refuse_restore "$info"
  # `delta` keeps what a run before has brought. Without archiving, or the copy would write its own history into the source's.
  options=(--delta --archive-mode=off --process-max="$(nproc)")
  if [ -n "$RESTORE_AT" ]; then
    options+=(--type=time "--target=$(date --utc --date="$RESTORE_AT" '+%F %T.%6N+00')" --target-action=promote)
  fi
  say "restoring the database of $RESTORE_FROM${RESTORE_AT:+ as of $RESTORE_AT}${RESTORE_BACKUP:+, beginning with $RESTORE_BACKUP}"
  phase fetch fetch "$info" "${options[@]}"
  sync --file-system "$pgdata"
  add_pending roles
  mkdir -p "${fetched%/*}"
  put "$fetched" "$what"
}
