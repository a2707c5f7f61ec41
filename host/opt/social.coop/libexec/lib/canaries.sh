# shellcheck shell=bash
# shellcheck disable=SC2154
# Attempts to leave a fenced machine. Each writes one line: FROM, KIND, yes (refused) or no.

canary_lines=

# As packets leave a container, whatever is in its image: this machine's tools in its network.
inside() {
  if [ "$1" = host ]; then "${@:2}"; else nsenter --net="/proc/$1/ns/net" -- "${@:2}"; fi
}

told() { printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$canary_lines"; }

# canary FROM WHERE KIND COMMAND…: a command that ends well has got out.
canary() {
  local from=$1 where=$2 kind=$3
  if inside "$where" timeout 3 "${@:4}" >/dev/null 2>&1; then told "$from" "$kind" no; else told "$from" "$kind" yes; fi
}

# shellcheck disable=SC2016
connect=(bash -c 'exec 3<>"/dev/tcp/$0/$1"')
# A server that says something first is listened to, so that it has seen somebody.
# shellcheck disable=SC2016
greet=(bash -c 'exec 3<>"/dev/tcp/$0/$1" && { read -r -t 2 -u 3 || true; }')
# A question for a name, as resolvers take it; an answer of any kind has come through.
# shellcheck disable=SC2016
question=(bash -c 'exec 3<>"/dev/udp/$0/53" && printf "\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x07example\x03com\0\0\x01\0\x01" >&3 && read -r -t 1 -n 1 -u 3')

resolvers() {
  local found
  found=$(awk '$1 == "nameserver" && $2 !~ /^127[.]/ { print $2 }' /etc/resolv.conf)
  printf '%s\n' "${found:-${peers[@]}}"
}

# flight FROM WHERE SUFFIX: everything a copy could try from one place, all at once.
flight() {
  local from=$1 where=$2 suffix=$3 address
  for address in "${peers[@]}"; do
    canary "$from" "$where" "https $address$suffix" "${connect[@]}" "$address" 443 &
    canary "$from" "$where" "http $address$suffix" "${connect[@]}" "$address" 80 &
    canary "$from" "$where" "dns over tcp $address$suffix" "${connect[@]}" "$address" 53 &
  done
  for address in "${mails[@]}"; do
    canary "$from" "$where" "smtp $address$suffix" "${greet[@]}" "$address" 25 &
    canary "$from" "$where" "submission $address$suffix" "${greet[@]}" "$address" 587 &
  done
  for address in $(resolvers); do canary "$from" "$where" "dns $address$suffix" "${question[@]}" "$address" & done
  canary "$from" "$where" "metadata$suffix" "${connect[@]}" 169.254.169.254 80 &
  wait
}

# A write to the source's buckets with the keys the copy holds: the buckets themselves must refuse it.
write_canary() {
  local remote=$1 bucket=$2
  grep -qxF "[$remote]" /etc/social.coop/rclone.conf || return 0
  # shellcheck disable=SC2016
  canary host host "write to $bucket with the key of $remote" bash -c 'echo canary | timeout 20 rclone --config /etc/social.coop/rclone.conf --ca-cert /etc/ssl/certs/ca-certificates.crt --retries 1 --low-level-retries 1 rcat "$0"' "$remote:$bucket/canary"
}

containers() {
  docker ps --format '{{.Names}}' | while IFS= read -r name; do
    echo "$name $(docker inspect --format '{{.State.Pid}}' "$name")"
  done
}

# Routes that containers do not have, for as long as it takes: what they send then meets the fence itself.
routes() {
  local what=$1 pid
  for pid in "${pids[@]}"; do
    inside "$pid" ip route "$what" default via "$INTERNAL_GATEWAY" 2>/dev/null || true
  done
}

fence_counts() {
  nft --json list counters table inet coop_fence 2>/dev/null |
    jq --compact-output '[.nftables[].counter? // empty | {key: (.name | sub("^refused_"; "")), value: .packets}] | from_entries' || echo '{}'
}

send_canaries() {
  local before after name pid names=() pids=() index
  canary_lines=$(mktemp)
  trap 'routes del; rm -f "$canary_lines"' EXIT
  while read -r name pid; do
    # What cannot be tried at all must not count as refused.
    inside "$pid" true || fail "the network of $name cannot be entered — $MACHINE — did it stop just now? Try again"
    names+=("$name")
    pids+=("$pid")
  done < <(containers)
  before=$(fence_counts)
  flight host host '' &
  canary host host 'a name' getent ahosts example.com &
  # Dumps are somebody's only backups: nothing is tried on their bucket.
  if [ -z "${RESTORE_DUMP:-}" ]; then write_canary backups "$BACKUPS_BUCKET" & fi
  # A copy may write to a bucket of its own, and to no other.
  write_canary media "${MEDIA_SOURCE_BUCKET:-$MEDIA_BUCKET}" &
  write_canary media-source "$MEDIA_SOURCE_BUCKET" &
  for index in "${!pids[@]}"; do flight "${names[$index]}" "${pids[$index]}" '' & done
  wait
  routes add
  for index in "${!pids[@]}"; do flight "${names[$index]}" "${pids[$index]}" ', with a route' & done
  wait
  routes del
  after=$(fence_counts)
  jq --raw-input --null-input --argjson before "$before" --argjson after "$after" '
    [inputs | split("\t") | {from: .[0], kind: .[1], refused: (.[2] == "yes")}] as $all
    | { sent: ($all | length), refused: ([$all[] | select(.refused)] | length), passed: ([$all[] | select(.refused | not)] | length),
        counters: ($after | with_entries(.value -= ($before[.key] // 0))), canaries: $all }' <"$canary_lines"
}
