# shellcheck shell=bash
# The jobs that timers start: whether each will run, when it last did what it is for, and what it said about it.

# shellcheck disable=SC2154
timer_names() {
  awk '$5 ~ "^/etc/systemd/system/[^/]*[.]timer$" { sub(".*/", "", $5); print $5 }' "$state/applied/MANIFEST"
}

# Lines of words for jobs.jq; few processes, because this is looked at often.
job_lines() {
  local timers
  mapfile -t timers < <(timer_names)
  [ "${#timers[@]}" -gt 0 ] || return 0
  TZ=UTC systemctl show "${timers[@]}" "${timers[@]/%.timer/.service}" --timestamp=unix \
    --property=Id,UnitFileState,ActiveState,NextElapseUSecRealtime,ActiveEnterTimestamp,ExecMainStartTimestamp,Result |
    sed 's/^$/--/'
  echo --
  awk -F= '$1 == "X-StaleAfterSec" { name = FILENAME; sub(".*/", "", name); print "stale " name " " $2 }' "${timers[@]/#//etc/systemd/system/}"
  stat --format='last %n %Y' "$state"/jobs/* 2>/dev/null || true
  awk 'FNR == 1 && NF { print "why " FILENAME " " substr($0, 1, 300) }' /run/social.coop/why/* 2>/dev/null || true
  awk 'FNR == 1 && NF { print "said " FILENAME " " substr($0, 1, 300) }' "$state"/jobs/* 2>/dev/null || true
}

jobs_json() { job_lines | jq --raw-input --slurp --from-file "$1/jobs.jq"; }
