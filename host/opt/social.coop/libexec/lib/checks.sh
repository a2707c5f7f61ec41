# shellcheck shell=bash
# What `instance status` shows and watch.timer looks at: one implementation of both.

iso() { date --utc --iso-8601=seconds --date="$1" | sed 's/+00:00$/Z/'; }

# Space and places for files, of every file system of this machine that holds data.
disk() {
  { df --output=target,pcent,avail,ipcent --block-size=1 / /var /opt /boot 2>/dev/null || true; } | tail -n +2 | sort -u |
    jq --raw-input 'def percent: rtrimstr("%") | tonumber? // 0;
      [splits(" +")] | {path: .[0], usedPercent: (.[1] | percent), freeBytes: (.[2] | tonumber), filesPercent: (.[3] | percent)}' | jq --slurp .
}

# The certificate on the disk, and whether nginx shows that one: a renewed file that nobody loaded helps no visitor.
certificate() {
  # shellcheck disable=SC2154
  local pem=$state/tls/fullchain.pem own shown same=null
  own=$(openssl x509 -in "$pem" -noout -fingerprint -sha256)
  shown=$(openssl s_client -connect 127.0.0.1:443 -servername "$DOMAIN" </dev/null 2>/dev/null |
    timeout 5 openssl x509 -noout -fingerprint -sha256 2>/dev/null || true)
  if [ "$own" = "$shown" ]; then same=true; elif [ -n "$shown" ]; then same=false; fi
  jq --null-input --arg notBefore "$(iso "$(openssl x509 -in "$pem" -noout -startdate | cut -d= -f2)")" \
    --arg notAfter "$(iso "$(openssl x509 -in "$pem" -noout -enddate | cut -d= -f2)")" \
    --arg issuer "$(openssl x509 -in "$pem" -noout -issuer | sed 's/^issuer=//')" \
    --argjson placeholder "$([ "$(readlink "$pem")" = placeholder.crt ] && echo true || echo false)" \
    --argjson shown "$same" \
    '{notBefore: $notBefore, notAfter: $notAfter, issuer: $issuer, placeholder: $placeholder, shown: $shown}'
}
