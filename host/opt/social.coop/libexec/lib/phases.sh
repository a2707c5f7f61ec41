# shellcheck shell=bash
# shellcheck disable=SC2154
# How long each part of a restore took, for its report: restore/phases.json, times with milliseconds.

phases=$state/restore/phases.json

moment() { date --utc +%Y-%m-%dT%H:%M:%S.%3NZ; }

# phase_ended NAME START: a part in several steps goes from the first one's start to the last one's end. What is done again
# after the app has run is no part of the restore any more.
phase_ended() {
  local known=[]
  mkdir -p "${phases%/*}"
  if [ -s "$phases" ]; then known=$(<"$phases"); fi
  put "$phases" "$(jq --compact-output --arg name "$1" --arg start "$2" --arg until "$(moment)" '
    if any(.[]; .name == "app") then .
    elif any(.[]; .name == $name) then map(if .name == $name then ."end" = $until else . end)
    else . + [{name: $name, start: $start, "end": $until}] end' <<<"$known")"
}

# phase NAME COMMAND…
phase() {
  local name=$1 start
  shift
  start=$(moment)
  "$@"
  phase_ended "$name" "$start"
}

# phase_measured NAME MEMBER NUMBER: what went through it, for its throughput.
phase_measured() {
  put "$phases" "$(jq --compact-output --arg name "$1" --arg member "$2" --argjson number "$3" 'map(if .name == $name then .[$member] = $number else . end)' <"$phases")"
}
