# shellcheck shell=bash
# Which of tootctl's commands must not be reached from here, and which delete.

# tootctl takes any unambiguous beginning of a command, in either case, with _ for -.
plain() { tr '[:upper:]' '[:lower:]' <<<"$1" | tr --delete '_ \n-'; }

refuse_self_destruct() {
  local word first=
  for word in "$@"; do
    case $word in -*) ;; *) first=${first:-$(plain "$word")} ;; esac
    # Also as an argument of a shell, or after options that take a value.
    case $(plain "$word") in *selfdestruct*) first=selfdestruct ;; esac
  done
  # `se` may be meant for `settings`, and then is long enough with one more letter.
  if [ "${#first}" -gt 1 ] && [[ selfdestruct == "$first"* ]]; then
    fail "tootctl self-destruct is not available — it deletes this server from every other one, for ever — there is no way back"
  fi
}

# Commands that delete what cannot be had again, as far as anybody here knows.
deleting='accounts cull
accounts delete
accounts fix-duplicates
accounts merge
accounts prune
accounts reset-relationships
accounts rotate
domains purge
emoji purge
feeds clear
maintenance fix-duplicates
media remove-orphans
statuses remove'

# Prints the command that is meant and succeeds when it deletes.
destroys() {
  local words=() word group command
  for word in "$@"; do
    case $word in
      --dry-run | --dry_run) return 1 ;;
      -*) ;;
      *) words+=("$(plain "$word")") ;;
    esac
  done
  [ "${#words[@]}" -gt 1 ] || return 1
  while read -r group command; do
    if [[ $(plain "$group") == "${words[0]}"* && $(plain "$command") == "${words[1]}"* ]]; then
      echo "$group $command"
      return 0
    fi
  done <<<"$deleting"
  return 1
}
