#!/bin/bash
# Lays the tree at /tree over this container as apply would, and runs the given checker on it.
set -euo pipefail

while read -r _ mode uid gid path; do
  install -D -m "$mode" -o "$uid" -g "$gid" "/tree$path" "$path"
done </tree/MANIFEST
mkdir -p /var/lib/social.coop/tls /var/cache/nginx /run/sshd
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=test \
  -keyout /var/lib/social.coop/tls/privkey.pem -out /var/lib/social.coop/tls/fullchain.pem 2>/dev/null
install -m 0600 /tree/host-key /etc/ssh/ssh_host_ed25519_key
# shellcheck source=/dev/null
. /etc/social.coop/stack.env
for name in $ADMINS; do useradd --create-home "$name"; done
exec "$@"
