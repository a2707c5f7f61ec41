# shellcheck shell=bash
# shellcheck disable=SC2154
# What libexec/fence is made of.

fence_state=$state/fence
# As nft lists what was loaded, without what counts on.
fence_expected=$run/fence.expected

fence_listing() { nft --stateless list table inet coop_fence 2>/dev/null; }

# Packets the fence has refused, by direction: in, forward, out.
refused() { nft --json list counter inet coop_fence "refused_$1" | jq '.nftables[] | .counter? // empty | .packets'; }

up() {
  mkdir -p "$run" "$fence_state"
  nft --file /etc/social.coop/fence/fence.nft
  fence_listing >"$fence_expected.new"
  mv -T "$fence_expected.new" "$fence_expected"
}

check() { [ -s "$fence_expected" ] && [ "$(fence_listing)" = "$(<"$fence_expected")" ]; }

# Names nobody can look up behind the fence are written down before it closes. What is pinned stays: /etc/hosts answers first.
pin() {
  local name address found
  mkdir -p "$fence_state"
  : >"$fence_state/hosts.new"
  for name in $FENCE_ENDPOINTS; do
    found=$(timeout 20 getent ahosts "$name" | awk '$2 == "STREAM" { print $1 }' | sort -u) || true
    [ -n "$found" ] || fail "the name of the backups' endpoint cannot be looked up — $name — does this machine's resolver answer? Run it again"
    for address in $found; do
      echo "$address $name" >>"$fence_state/hosts.new"
      echo "pinned $address $name"
    done
  done
  mv -T "$fence_state/hosts.new" "$fence_state/hosts"
  {
    echo '# Made by libexec/fence pin; loaded with the fence.'
    awk '{ six = index($1, ":") > 0; printf "add element inet coop_fence endpoints%d { %s }\n", six ? 6 : 4, $1 }' "$fence_state/hosts"
  } >"$fence_state/endpoints.nft.new"
  mv -T "$fence_state/endpoints.nft.new" "$fence_state/endpoints.nft"
  pin_hosts
}

# Written in place: the file may be mounted, and cloud-init may have written it anew at boot.
pin_hosts() {
  local kept
  if ! grep -qvxFf /etc/hosts "$fence_state/hosts"; then return 0; fi
  kept=$(grep -vxFf "$fence_state/hosts" /etc/hosts || true)
  { printf '%s\n' "$kept" && cat "$fence_state/hosts"; } >"$fence_state/all-hosts"
  cat "$fence_state/all-hosts" >/etc/hosts
}

# An address of the documentation's range: nobody is there, and the attempt is counted. https://www.rfc-editor.org/rfc/rfc5737
verify() {
  local before after
  check || fail "the fence is down, or not as it was closed — nft list table inet coop_fence — nothing with a secret or data may run here; sudo /opt/social.coop/libexec/fence up"
  before=$(refused out)
  if timeout 3 bash -c 'exec 3<>/dev/tcp/192.0.2.1/443' 2>/dev/null; then fail "the fence let a connection out — 192.0.2.1:443 — stop this machine and see /etc/social.coop/fence/fence.nft"; fi
  after=$(refused out)
  [ "$after" -gt "$before" ] || fail "the fence counted no attempt to get out — refused_out stayed $before — is its table hooked? nft list table inet coop_fence"
}

# The database stays: it has never had a way out, and keeps what a rehearsal is about.
stop_app() {
  local containers
  mapfile -t containers < <(docker ps --format "{{.Names}}" --filter label=com.docker.compose.project=instance | grep -v "^instance-db-1\$" || true)
  [ "${#containers[@]}" -eq 0 ] || docker stop --time 1 "${containers[@]}" >/dev/null
}

watch() {
  while true; do
    if ! check; then
      up
      echo "<3>the fence was down or changed: it is back, and the app is stopped; sudo instance apply starts it again"
      put "$fence_state/dropped" "$(date --utc +%FT%TZ)"
      stop_app || echo "<3>the app could not be stopped"
    fi
    # Whoever flushed everything took the machine's own firewall along.
    nft list table inet social_coop >/dev/null 2>&1 || systemctl reload social-coop-firewall.service || true
    if [ -s "$fence_state/hosts" ]; then pin_hosts; fi
    touch "$run/fence.seen"
    sleep 2
  done
}
