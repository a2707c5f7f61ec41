# shellcheck shell=bash
# How people are told what broke. A file in $alerts is what is broken now and who was told of it: it goes when that works again.

# shellcheck disable=SC2154
alerts=$state/alerts
# The same in memory, of what broke when the disk took nothing.
# shellcheck disable=SC2154
volatile=$run/alerts
ways=/etc/social.coop/alert

# Where the file of a unit is.
record() { if [ -f "$volatile/$1.json" ]; then echo "$volatile/$1.json"; else echo "$alerts/$1.json"; fi; }

# A full disk, of all things, must not keep people from being told of it: note UNIT CONTENT.
note() {
  if put "$alerts/$1.json" "$2" 2>/dev/null; then
    rm -f "$volatile/$1.json"
  else
    mkdir -p "$volatile"
    put "$volatile/$1.json" "$2"
  fi
}

utc() { date --utc +%Y-%m-%dT%H:%M:%SZ --date="@$1"; }

# The ways there are: those the configuration names.
configured() {
  local way
  for way in webhook mail; do
    if [ -f "$ways/$way.curl" ]; then echo "$way"; fi
  done
}

# Facts of a unit for alert.jq: facts KIND UNIT SINCE.
facts() {
  local kind=$1 unit=$2 since=$3 job=${2%.service} name value runbook worked='' said='[]' problems='[]' advice how
  declare -A is=()
  while IFS='=' read -r name value; do is[$name]=$value; done < <(
    systemctl show "$unit" --property=Description,Result,ExecMainStatus,Documentation,FragmentPath
  )
  runbook=$(sed -nE 's|.*file:///opt/social.coop/runbooks/([a-z-]+)[.]txt.*|\1|p' <<<"${is[Documentation]:-}")
  how="ended with ${is[Result]:-nothing}"
  [ "${is[Result]:-}" != exit-code ] || how="ended with code ${is[ExecMainStatus]}"
  advice="sudo journalctl --unit $unit --lines 30"
  if grep -qF " ${is[FragmentPath]:-/none}" "$state/applied/MANIFEST" 2>/dev/null; then
    advice="sudo instance logs $job --lines 30"
    # Of ours only: what others write may name members.
    said=$(journalctl --quiet --no-pager --output=cat --lines=6 "_SYSTEMD_UNIT=$unit" | cut -c 1-250 |
      jq --raw-input 'sub("^\\s+"; "")' | jq --slurp .)
  fi
  if [ -e "$state/jobs/$job" ]; then worked=$(utc "$(stat --format=%Y "$state/jobs/$job")"); fi
  if [ "$unit" = watch.service ]; then
    problems=$(cat "$run/watch.red" 2>/dev/null || echo '[]')
  fi
  if [ "$problems" != '[]' ]; then
    advice='sudo instance status' runbook=site-down said='[]'
  fi
  jq --null-input --arg kind "$kind" --arg unit "$unit" --arg description "${is[Description]:-$unit}" --arg how "$how" \
    --arg since "$(utc "$since")" --arg now "$(utc "$EPOCHSECONDS")" --arg worked "$worked" --arg advice "$advice" --arg runbook "${runbook:-services}" \
    --argjson said "$said" --argjson problems "$problems" --arg id "$(cat /proc/sys/kernel/random/uuid)" \
    --arg domain "$DOMAIN" --arg stack "$STACK" --arg machine "$MACHINE" --arg address "$ADDRESS" --arg from "$ALERT_FROM" --arg to "$ALERT_MAIL" \
    '$ARGS.named | .worked = (if $worked == "" then null else $worked end)'
}

# Sends facts one way: send WAY FACTS. What curl says names no address.
send() {
  local way=$1 facts=$2 body code=0
  body=$(mktemp -p /dev/shm)
  case $way in
    webhook) jq -L "$lib" 'include "alert"; webhook' <<<"$facts" >"$body" ;;
    mail) jq --raw-output -L "$lib" 'include "alert"; mail' <<<"$facts" >"$body" ;;
  esac
  case $way in
    webhook) curl --disable --config "$ways/webhook.curl" --data-binary "@$body" --output /dev/null || code=$? ;;
    mail) curl --disable --config "$ways/mail.curl" --upload-file "$body" || code=$? ;;
  esac
  rm -f "$body"
  return "$code"
}

# Keeps what a unit's file says: keep UNIT FILTER [jq options].
keep() {
  local unit=$1 filter=$2
  shift 2
  note "$unit" "$(jq --compact-output "$@" "$filter" "$(record "$unit")")"
}

# Tells of a unit that fails, whoever has not been told lately: raise UNIT. 1 when somebody could not be told.
raise() {
  local unit=$1 way words='[]' kind known failed=0
  [ "$unit" != watch.service ] || words=$(jq --compact-output 'map(.about) | unique' "$run/watch.red" 2>/dev/null || echo '[]')
  [ -f "$(record "$unit")" ] || note "$unit" "{\"since\":$EPOCHSECONDS,\"told\":{},\"words\":[]}"
  # Another thing that is broken is news, however lately the first was told.
  known=$(jq --argjson words "$words" '$words - .words == []' "$(record "$unit")")
  for way in $(configured); do
    kind=$(jq --raw-output --arg way "$way" --argjson known "$known" --argjson now "$EPOCHSECONDS" --argjson hours "$ALERT_AGAIN_HOURS" \
      'if .told[$way] == null or ($known | not) then "failed" elif $now - .told[$way] >= $hours * 3600 then "again" else "" end' "$(record "$unit")")
    [ -n "$kind" ] || continue
    if send "$way" "$(facts "$kind" "$unit" "$(jq .since "$(record "$unit")")")"; then
      # shellcheck disable=SC2016
      keep "$unit" '.told[$way] = $now' --arg way "$way" --argjson now "$EPOCHSECONDS"
      say "told of $unit by $way"
    else
      warn "could not tell of $unit by $way"
      failed=1
    fi
  done
  # shellcheck disable=SC2016
  [ "$failed" -ne 0 ] || keep "$unit" '.words = $words' --argjson words "$words"
  return "$failed"
}

# Tells whoever knew of it that a unit works again; nobody is told twice.
recovered() {
  local unit=$1 way failed=0
  for way in $(configured); do
    [ "$(jq --arg way "$way" '.told[$way] == null' "$(record "$unit")")" = false ] || continue
    if send "$way" "$(facts works "$unit" "$(jq .since "$(record "$unit")")")"; then
      # shellcheck disable=SC2016
      keep "$unit" 'del(.told[$way])' --arg way "$way"
      say "told by $way that $unit works again"
    else
      warn "could not tell by $way that $unit works again"
      failed=1
    fi
  done
  [ "$failed" -ne 0 ] || rm -f "$alerts/$unit.json" "$volatile/$unit.json"
  return "$failed"
}

# Whether a unit that failed has worked since: a job by what it did, anything else by running or having ended well.
works_again() {
  local unit=$1 job=${1%.service} name value since
  declare -A is=()
  while IFS='=' read -r name value; do is[$name]=$value; done < <(systemctl show "$unit" --property=LoadState,ActiveState,Result)
  [ "${is[LoadState]}" != not-found ] || return 0
  case ${is[ActiveState]} in active | inactive) ;; *) return 1 ;; esac
  [ "${is[Result]}" = success ] || return 1
  [ -f "/etc/systemd/system/$job.timer" ] || return 0
  since=$(jq .since "$(record "$unit")")
  [ "$(stat --format=%Y "$state/jobs/$job" 2>/dev/null || echo 0)" -ge "$since" ]
}
