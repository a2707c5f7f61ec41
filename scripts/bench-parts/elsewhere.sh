#!/bin/bash
# Runs in the database's image, on another computer than the source's: what is in the bucket becomes a database, and its newest
# row is printed.
set -euo pipefail
pgbackrest --stanza=instance --log-level-console=warn --delta --archive-mode=off --process-max="$(nproc)" restore >&2
echo 'local all all trust' >/tmp/hba.conf
pg_ctl --wait --silent --log=/tmp/log --options="-c config_file=/etc/social.coop/postgres/postgresql.conf -c hba_file=/tmp/hba.conf -c archive_mode=off -c listen_addresses=" start || {
  cat /tmp/log >&2
  exit 1
}
ask() { psql --username=postgres --dbname=mastodon_production --no-psqlrc -Atqc "$1"; }
until [ "$(ask 'SELECT pg_is_in_recovery()')" = f ]; do sleep 0.1; done
echo "newest $(ask 'SELECT extract(epoch FROM max(at)) FROM bench_writes')"
