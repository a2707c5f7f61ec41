# shellcheck shell=bash
# Reloading nginx, and seeing that it took the configuration: `reload` itself succeeds also when nginx then refuses it.

nginx_workers() { pgrep --parent "$(cat /run/nginx.pid)" --full 'nginx: worker process$' || true; }

reload_nginx() {
  local before try
  before=$(nginx_workers)
  systemctl reload nginx.service
  for try in $(seq 100); do
    if nginx_workers | grep -vxF -- "${before:-none}" >/dev/null; then return; fi
    sleep 0.1
  done
  journalctl --unit nginx --identifier nginx --lines 5 --output cat --no-pager >&2
  fail "nginx goes on with its former configuration — see above — journalctl -t nginx (tried $((try / 10)) s)"
}
