import { beforeAll, describe, expect, it } from 'vitest';
import { cloud } from '../../lab/cloud/client.ts';
import { objectsOf, spoil } from './buckets.ts';
import type { Copy } from './copies.ts';
import type { Stack } from './stacks.ts';
import { eventually, reach } from './support.ts';

const backups = { region: 'fra1', name: 'staging-social-coop-backups' };
const state = '/var/lib/social.coop';
const pgdata = `${state}/postgres/17/data`;
const tree = `${state}/applied/tree`;
/** One step of the apply alone, as it runs there. */
const step = (name: string) =>
  `APPLY_TREE=${tree} APPLY_LIB=${tree}/opt/social.coop/libexec/lib ${tree}/opt/social.coop/libexec/apply.d/${name}`;
const room = (left: string) =>
  `fallocate -l $(( $(df --output=avail -B1 /var | tail -n 1) - ${left} )) /var/lab-fill`;

interface Data {
  /** Of what the copy holds now. */
  digest(): Promise<string | undefined>;
  /** What it should be. */
  data(): string | undefined;
}

/** What can go wrong while a copy is restored, each on a real one that is otherwise well. */
export function describeRestoreFaults(copy: Copy, source: Stack, { digest, data }: Data) {
  /** A line at the machine's console, whatever its exit code. */
  const said = async (line: string) =>
    (await copy.onMachine(`{ ${line}; } 2>&1; echo "ended with $?"`)).stdout;
  const running = async () =>
    (await copy.onMachine("docker ps --format '{{.Names}}' | sort")).stdout.trim().split('\n').join(' ');
  const whole =
    'instance-db-1 instance-redis-1 instance-sidekiq-default-q-1 instance-streaming-1 instance-web-1';
  /** As on a machine that was prepared, and has fetched nothing. */
  const wipe = () =>
    copy.onMachine(
      `docker ps -aq --filter label=com.docker.compose.project=instance | xargs docker rm -f >/dev/null; rm -rf ${state}/restore/fetched ${pgdata}`,
    );
  const restored = async () => {
    expect(await said('instance apply')).toMatch(/ended with 0\n$/);
    expect(await digest()).toBe(data());
    expect(await running()).toBe(whole);
  };

  describe('a restore', () => {
    beforeAll(wipe);

    it('with another cipher pass stops before it fetches, says which key is wrong, and starts nothing', async () => {
      const conf = '/etc/social.coop/postgres/pgbackrest.conf';
      const answer = await said(
        `cp -p ${conf} /run/conf && sed -i 's/^repo1-cipher-pass=.*/repo1-cipher-pass=another/' ${conf} && { ${step('40-database')}; code=$?; cp -p /run/conf ${conf}; (exit $code); }`,
      );
      expect(answer).toMatch(/cannot be read .*cipher pass is not that of the recovery kit of staging/);
      expect(answer).toMatch(/ended with 1\n$/);
      expect(await running()).toBe('');
    });

    it('whose WAL lacks a segment is refused before it fetches: which, and how far one gets', async () => {
      // Some of their own, so that no backup begins behind the gap.
      await source.onMachine(
        "for i in 1 2 3 4; do instance psql -qAtc 'select pg_switch_wal()' >/dev/null; sleep 1.5; done; sleep 2",
      );
      const segments = (await objectsOf(backups))
        .map(({ key }) => key)
        .filter((key) => /\/[0-9A-F]{24}-[0-9a-f]{40}/.test(key))
        .sort();
      const [before = '', gone = ''] = segments.slice(-3);
      const undo = await spoil(backups, gone, () => undefined);
      try {
        // Of the newest that there is: on the way to a moment PostgreSQL refuses that itself.
        const env = `${tree}/etc/social.coop/stack.env`;
        const answer = await said(
          `cp -p ${env} /run/env && sed -i "s/^RESTORE_AT=.*/RESTORE_AT=''/" ${env} && { ${step('40-database')}; code=$?; cp -p /run/env ${env}; (exit $code); }`,
        );
        const after = before.split('/').at(-1)?.slice(0, 24);
        expect(answer).toContain(`WAL is missing: 1 segment after ${after}`);
        expect(answer).toMatch(/a moment that can be reached is 20.*backup undelete.*nothing was fetched/);
        expect(answer).toMatch(/ended with 1\n$/);
        await copy.onMachine(`test ! -e ${pgdata}/base`);
      } finally {
        await undo();
      }
    });

    it('of a backup with a damaged file says that; begun with the one before it brings all of it back', async () => {
      const bundles = (await objectsOf(backups))
        .map(({ key }) => key)
        .filter((key) => /^pgbackrest\/backup\/instance\/\d{8}-\d{6}F\/bundle\//.test(key));
      const file = bundles.sort().at(-1) ?? '';
      const undo = await spoil(backups, file, (was) => {
        const middle = Math.floor(was.length / 2);
        return Buffer.concat([was.subarray(0, middle), Buffer.from('X'), was.subarray(middle + 1)]);
      });
      try {
        const answer = await said('instance apply');
        expect(answer).toMatch(/not fetched whole — a file of the backup is gone, or damaged/);
        expect(answer).toMatch(/ended with 1\n$/);
        expect(await running()).toBe('');
        const label = (name: string) => name.split('/')[3] ?? '';
        const older = bundles.map(label).findLast((each) => each < label(file)) ?? '';
        expect(answer).toMatch(
          new RegExp(`restore.backup, or --backup, one of: .*${older},.* ${label(file)}`),
        );
        await copy.set('--path', 'restore.backup', older);
        await copy.up();
        expect(await digest()).toBe(data());
        expect(await running()).toBe(whole);
      } finally {
        await undo();
        await wipe();
        await copy.pulumi('config', 'rm', '--path', 'restore.backup');
        await copy.up();
      }
      expect(await digest()).toBe(data());
      await wipe();
    });

    it('without room is refused before it fetches: how much it needs, how much there is', async () => {
      const answer = await said(
        `${room('600000000')} && { instance apply; code=$?; rm /var/lab-fill; (exit $code); }`,
      );
      expect(answer).toMatch(
        /no room for the copy — it needs \d{4} MB, and 5\d\d MB are free .*nothing was fetched/,
      );
      expect(answer).toMatch(/ended with 1\n$/);
      expect(await running()).toBe('');
      await copy.onMachine(`test ! -e ${pgdata}/base`);
    });

    it('whose disk fills in the middle says so, and goes on when there is room', async () => {
      const answer = await said(
        `{ instance apply & } ; for i in $(seq 600); do [ $(find ${pgdata}/base -type f 2>/dev/null | wc -l) -gt 50 ] && break; sleep 0.02; done; ${room('0')}; dd if=/dev/zero of=/var/lab-fill oflag=append conv=notrunc bs=64k status=none 2>/dev/null; wait $!; code=$?; rm /var/lab-fill; (exit $code)`,
      );
      expect(answer).toMatch(/not fetched whole — the disk is full/);
      expect(answer).toMatch(/ended with 1\n$/);
      expect(await running()).toBe('');
      await restored();
    });
  });

  it('a key that is revoked in the middle stops the replay, which is no end of it; `up --refresh` goes on', async () => {
    await wipe();
    const lib = `${tree}/opt/social.coop/libexec/lib`;
    await copy.onMachine(
      `APPLY_TREE=${tree} APPLY_LIB=${lib} bash -euo pipefail -c '. ${lib}/common.sh; . ${lib}/phases.sh; . ${lib}/restore.sh; load_stack; pgdata=${pgdata}; restore_database'`,
    );
    const timeline = async () =>
      (
        await copy.onMachine(
          `. /etc/social.coop/stack.env && docker run --rm -v ${state}/postgres:/var/lib/postgresql --entrypoint pg_controldata "$IMAGE_POSTGRES" /var/lib/postgresql/17/data | grep TimeLineID`,
        )
      ).stdout;
    const before = await timeline();
    const key = await copy.object('digitalocean', 'SpacesKey', ({ name }) =>
      /backups-read-/.test(String(name)),
    );
    await cloud.remove('digitalocean', 'SpacesKey', key.id);
    try {
      const answer = await said('instance apply');
      expect(answer).toMatch(/stopped in the middle of its replay.*the key to it is refused: it was revoked/);
      expect(answer).toMatch(/ended with 1\n$/);
      expect(await running()).not.toContain('web');
      // It is not opened where the archive could not be read: that would begin a timeline of its own.
      expect(await timeline()).toBe(before);
    } finally {
      await copy.up('--refresh');
    }
    expect(await digest()).toBe(data());
    expect(await running()).toBe(whole);
  });

  it('a database that is newer than the image is refused: not migrated, and nothing of the app runs', async () => {
    const sql = (query: string) =>
      copy.onMachine(`docker exec instance-db-1 psql -U postgres -d mastodon_production -Atqc "${query}"`);
    await sql("insert into schema_migrations values ('20991231235959')");
    const migrations = 'select count(*) from schema_migrations';
    const before = (await sql(migrations)).stdout;
    await copy.onMachine(
      `rm ${state}/migrated; docker ps -q --filter name=web --filter name=streaming --filter name=sidekiq | xargs docker rm -f`,
    );
    expect(await said('instance apply')).toMatch(
      /is older than its database .*20991231235959[\s\S]*the database was not changed[\s\S]*ended with 1\n$/,
    );
    expect(await running()).toBe('instance-db-1 instance-redis-1');
    expect((await sql(migrations)).stdout).toBe(before);
    await sql("delete from schema_migrations where version = '20991231235959'");
    await restored();
  });

  it.each([
    ['pgBackRest', 'as soon as it runs', 'pgrep -x pgbackrest >/dev/null', 'pgbackrest'],
    ['pgBackRest', 'when half is there', `[ $(find ${pgdata}/base -type f | wc -l) -gt 400 ]`, 'pgbackrest'],
    [
      'PostgreSQL',
      'while it replays',
      "docker logs instance-db-1 2>&1 | grep 'starting .*recovery' >/dev/null",
      'postgres',
    ],
  ])('%s, killed %s, leaves a restore that ends with the same data', async (_, __, moment, name) => {
    await wipe();
    const answer = await said(
      `{ instance apply >/dev/null 2>&1 & } ; for i in $(seq 1500); do { ${moment}; } 2>/dev/null && break; sleep 0.02; done; pkill -KILL -x ${name}; code=$?; wait; (exit $code)`,
    );
    // There was something to kill.
    expect(answer).toMatch(/ended with 0\n$/);
    await restored();
  });
}

/** Its own end, when nobody takes it away. */
export async function runOut(copy: Copy): Promise<void> {
  // The timer asks every minute; here it is asked at once.
  await copy
    .onMachine(`echo 1000000000 >${state}/restore/began; systemctl start --no-block restore-deadline`)
    .catch(() => {});
  await eventually(async () => {
    expect(await reach(copy.outputs.address, 22)).toBe('closed');
    await expect(copy.onMachine('true')).rejects.toThrow();
  }, 60);
}
