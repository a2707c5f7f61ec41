# shellcheck shell=bash
# shellcheck disable=SC2154
# What a program made of steps stands on: one at a time on a machine, each step timed, some beside the others.

mkdir -p /run/social.coop
exec 9>>/run/social.coop/apply.lock
if ! flock --nonblock 9; then
  echo "waiting for another apply to end"
  flock --timeout 900 9 || {
    echo "another apply has been running for 15 minutes — /run/social.coop/apply.lock — see \`ps -ef | grep libexec/apply\`" >&2
    exit 1
  }
fi

declare -A background=()
scratch=$(mktemp -d -p /dev/shm apply.XXXXXX)
# What runs beside is let come to its end, so that the next run finds a clear state.
cleanup() {
  wait
  rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

# Seconds with one decimal, without starting a process.
elapsed() {
  local milliseconds=$(((${EPOCHREALTIME/./} - $1) / 1000))
  printf '%d.%d' $((milliseconds / 1000)) $((milliseconds % 1000 / 100))
}

ended() {
  local name=$1 code=$2 began=$3
  if [ "$code" -eq 0 ]; then
    echo "done $name $(elapsed "$began")s"
    return
  fi
  echo "failed $name $(elapsed "$began")s (exit $code)" >&2
  # 3 is drift's alone, whatever a tool ended with.
  if [ "$name" != 14-drift ]; then code=1; fi
  exit "$code"
}

step() {
  local name=$1 began=${EPOCHREALTIME/./} code=0
  echo "step $name"
  "$libexec/apply.d/$name" </dev/null || code=$?
  ended "$name" "$code" "$began"
}

# Starts a step beside the following ones; `finish` shows what it said.
begin() {
  local name=$1
  echo "step $name"
  (
    began=${EPOCHREALTIME/./}
    code=0
    "$libexec/apply.d/$name" </dev/null >"$scratch/$name.log" 2>&1 || code=$?
    elapsed "$began" >"$scratch/$name.time"
    exit "$code"
  ) &
  background[$name]=$!
}

finish() {
  local name=$1 code=0
  wait "${background[$name]}" || code=$?
  unset "background[$name]"
  cat "$scratch/$name.log"
  if [ "$code" -eq 0 ]; then
    echo "done $name $(<"$scratch/$name.time")s"
    return
  fi
  echo "failed $name $(<"$scratch/$name.time")s (exit $code)" >&2
  exit 1
}
