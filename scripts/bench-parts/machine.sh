#!/bin/bash
# What a measurement does on a machine. Sent there over SSH with one of its words behind it: a word that is measured says how
# long it took, without the time of SSH. Files lie on the machine's own disk, below $scratch.
set -euo pipefail

scratch=/var/lib/social.coop/bench
db=instance-db-1
bundle=/etc/ssl/certs/ca-certificates.crt

since() { echo "$1 $((($(date +%s%N) - $2) / 1000000)) ms"; }
timed() {
  local start
  start=$(date +%s%N)
  "$@" >&2
  since took "$start"
}
sql() { docker exec "$db" psql --username=postgres --dbname=mastodon_production --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --command="$1"; }

# A table of posts, until the database has that many bytes. Each row is new text, so that it packs about as badly as text does.
fill() {
  local most=$(($1 * 19 / 20)) size last rows
  systemctl stop 'backup-*.timer' pg-dump-to-s3.timer
  sql "SET client_min_messages = warning; CREATE TABLE IF NOT EXISTS bench_posts (id bigint PRIMARY KEY, account_id bigint NOT NULL,
    created_at timestamp NOT NULL, uri text NOT NULL, text text NOT NULL); DROP INDEX IF EXISTS bench_posts_account"
  size=$(sql "SELECT pg_database_size('mastodon_production')")
  # The index that comes last takes a twentieth.
  while [ "$size" -lt "$most" ]; do
    last=$(sql 'SELECT coalesce(max(id), 0) FROM bench_posts')
    rows=$(((most - size) / 450))
    rows=$((rows < 2000 ? 2000 : rows > 200000 ? 200000 : rows))
    sql "INSERT INTO bench_posts SELECT g, (random() * 30000)::bigint, now() - g * interval '1 second',
      'https://social.coop/users/' || g % 30000 || '/statuses/' || 109000000000000000 + g * 65536,
      '<p>' || md5(g::text) || ' and a post is words that come again, but never in the same order twice: ' || md5((g * 7)::text)
        || substr('the members of a co-operative own the server that they talk on, and decide together how it is run; this one says what they said', (g % 40)::int, 90)
        || md5((g * 31)::text) || md5((g * 57)::text) || '</p>' FROM generate_series($last + 1::bigint, $last + $rows) g"
    # Now, while its pages are young: else whoever reads first writes all of it again.
    sql 'VACUUM (ANALYZE) bench_posts'
    size=$(sql "SELECT pg_database_size('mastodon_production')")
  done
  sql 'CREATE INDEX bench_posts_account ON bench_posts (account_id, id)'
  sql CHECKPOINT
  archived
  echo "bytes $(sql "SELECT pg_database_size('mastodon_production')")"
}

# Waits until everything so far is in the bucket.
archived() {
  local last
  last=$(sql 'SELECT pg_walfile_name(pg_switch_wal())')
  until [ "$(sql "SELECT last_archived_wal >= '$last' FROM pg_stat_archiver")" = t ]; do sleep 0.2; done
}

backup() { timed systemctl start backup-full.service; }
backup_bytes() { docker exec "$db" pgbackrest --stanza=instance --output=json --log-level-console=error info | jq '.[0].backup | last.info | "bytes \(.size) \(.repository.delta)"' --raw-output; }

# To a file beside the database; no encryption, no network: as cheap as it gets.
dump() {
  rm -f "$dumped"
  timed docker exec "$db" pg_dump --username=postgres --format=custom --compress=zstd:1 --file=/var/lib/postgresql/bench.dump mastodon_production
}
dumped=/var/lib/social.coop/postgres/bench.dump

# To the bucket where the backups are, as a script of one line would.
dump_to_bucket() {
  # shellcheck source=/dev/null
  . /etc/social.coop/stack.env
  timed dump_through_rclone
}
dump_through_rclone() {
  docker exec "$db" pg_dump --username=postgres --format=custom --compress=zstd:1 mastodon_production |
    rclone --config /etc/social.coop/rclone.conf --ca-cert "$bundle" rcat "backups:$BACKUPS_BUCKET/bench.dump"
}

# ours DIRECTORY OPTIONS… -- COMMAND…: the database's image with the database's settings, limits and way to the backups, on another
# directory. It shares the network with the real one, so it listens on its socket only.
ours() {
  local at=$scratch/$1 options=() memory
  shift
  while [ "$1" != -- ]; do options+=("$1") && shift; done
  shift
  mkdir -p "$at" "$at.spool"
  chown 5432:5432 "$at" "$at.spool"
  memory=$(docker inspect --format '{{.HostConfig.Memory}}' "$db")
  docker run --rm "${options[@]}" --network "container:$db" --memory "$memory" --memory-swap "$memory" --shm-size 256m --read-only \
    --tmpfs /tmp --tmpfs /run/postgresql:uid=5432,gid=5432,mode=0755 --env "PGBACKREST_CONFIG=$(docker exec "$db" printenv PGBACKREST_CONFIG)" \
    --volume "$at:/var/lib/postgresql" --volume "$at.spool:/var/spool/pgbackrest" --volume /etc/social.coop/postgres:/etc/social.coop/postgres:ro \
    --volume "$bundle:$bundle:ro" "$(docker inspect --format '{{.Config.Image}}' "$db")" "$@"
}
serve() {
  ours "$1" --detach --name "bench-$1" -- postgres -D /var/lib/postgresql/17/data -c config_file=/etc/social.coop/postgres/postgresql.conf \
    -c archive_mode=off -c listen_addresses= -c hba_file=/var/lib/postgresql/hba.conf >/dev/null
  until [ "$(docker exec "bench-$1" psql --username=postgres --no-psqlrc -Atqc 'SELECT pg_is_in_recovery()' 2>/dev/null)" = f ]; do sleep 0.1; done
}
trusting() {
  mkdir -p "$scratch/$1"
  printf 'local all all trust\nlocal replication all trust\n' >"$scratch/$1/hba.conf"
}
stopped() { docker stop --time 120 "bench-$1" >/dev/null; }
gone() {
  docker rm --force "bench-$1" >/dev/null 2>&1 || true
  rm -rf "${scratch:?}/$1" "$scratch/$1.spool"
}

# As lib/restore.sh does it on a copy: fetch, onto the disk, start, replay to the end. It keeps running.
restore() {
  local start
  gone ours
  trusting ours
  install -d -m 0700 -o 5432 -g 5432 "$scratch/ours/17" "$scratch/ours/17/data"
  start=$(date +%s%N)
  ours ours -- pgbackrest --stanza=instance --log-level-console=warn --delta --archive-mode=off --process-max="$(nproc)" "$@" restore >&2
  since fetched "$start"
  sync --file-system "$scratch"
  since synced "$start"
  serve ours
  since took "$start"
  [ "$(docker exec bench-ours psql --username=postgres --dbname=mastodon_production -Atqc 'SELECT max(id) FROM bench_posts')" = "$(sql 'SELECT max(id) FROM bench_posts')" ]
}

# The baselines, each of what was just restored; each ends with the data on the disk, as ours does.
then_synced() { "$@" && sync --file-system "$scratch"; }
base_backup() {
  rm -rf "$scratch/ours/base"
  timed then_synced docker exec bench-ours pg_basebackup --username=postgres --pgdata=/var/lib/postgresql/base --checkpoint=fast --wal-method=stream
  rm -rf "$scratch/ours/base"
}
copied() {
  rm -rf "$scratch/copied"
  timed then_synced cp -a "$scratch/ours/17/data" "$scratch/copied"
  rm -rf "$scratch/copied"
}
load_dump() {
  gone loaded
  trusting loaded
  ours loaded -- create >&2
  serve loaded
  docker exec bench-loaded psql --username=postgres -qc 'CREATE ROLE mastodon' -c 'CREATE DATABASE mastodon_production OWNER mastodon'
  mv "$dumped" "$scratch/loaded/dump"
  timed then_synced docker exec bench-loaded pg_restore --username=postgres --jobs=2 --dbname=mastodon_production /var/lib/postgresql/dump
  mv "$scratch/loaded/dump" "$dumped"
  stopped loaded
  gone loaded
}
swept() {
  gone ours
  gone loaded
  rm -rf "$scratch" "$dumped"
}
