import type { ApplyLab } from '../apply-lab.ts';

/** In the database's image: restores the newest backup, replays all WAL there is, and prints what the load wrote. */
const inside = `
set -euo pipefail
pgbackrest --stanza=instance --archive-mode=off --log-level-console=warn restore >&2
pg_ctl --pgdata=$PGDATA --wait --timeout=120 --log=/tmp/log --silent start \
  --options='-c config_file=/etc/social.coop/postgres/postgresql.conf -c archive_mode=off -c listen_addresses= -c shared_buffers=32MB' >&2 || { cat /tmp/log >&2; exit 1; }
for _ in $(seq 600); do [ "$(psql -U postgres -AtXc 'SELECT pg_is_in_recovery()')" = t ] || break; sleep 0.1; done
psql -U postgres -d coop -AtXc 'SELECT n FROM written'
pg_ctl --pgdata=$PGDATA --mode=immediate --silent stop >&2
`;

/** A container beside the database's, with its repository and its network, and a data directory in memory. */
const outside = `
set -euo pipefail
of() { docker inspect --format "$1" instance-db-1; }
exec docker run --rm --interactive --network "$(of '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}')" \
  --add-host "$(of '{{index .HostConfig.ExtraHosts 0}}')" --env PGBACKREST_CONFIG=/etc/social.coop/postgres/pgbackrest.conf \
  --volume /etc/social.coop/postgres:/etc/social.coop/postgres:ro --volume /etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/ca-certificates.crt:ro \
  --tmpfs /var/lib/postgresql:uid=5432,gid=5432,mode=0700 --shm-size 128m "$(of '{{.Config.Image}}')" bash -s
`;

/** The numbers that a copy restored from the repository alone holds, one a line. */
export const restoredRows = (lab: ApplyLab): Promise<string> =>
  lab.must(`bash -c '${outside.replaceAll("'", `'\\''`)}'`, { input: inside, seconds: 120 });
