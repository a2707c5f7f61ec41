import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApplyLab } from './support/apply-lab.ts';
import { VerifyBed } from './support/verify-bed.ts';

/** What is broken by a statement and mended by another: name, both, and what each check says of it. */
const spoiled: [string, string, string, Record<string, RegExp>][] = [
  [
    'one row lost',
    'CREATE TABLE kept AS SELECT * FROM mentions ORDER BY id LIMIT 1; DELETE FROM mentions WHERE id IN (SELECT id FROM kept)',
    'INSERT INTO mentions SELECT * FROM kept; DROP TABLE kept',
    { counts: /^rows: public\.mentions 19 instead of 20$/ },
  ],
  [
    'another row in the place of one',
    `UPDATE statuses SET text = 'x' || text WHERE id = (SELECT min(id) FROM statuses)`,
    'UPDATE statuses SET text = substr(text, 2) WHERE id = (SELECT min(id) FROM statuses)',
    { counts: /^other content: public\.statuses$/ },
  ],
  [
    'a table missing',
    'ALTER TABLE mentions RENAME TO gone',
    'ALTER TABLE gone RENAME TO mentions',
    { counts: /^missing: public\.mentions$/, functions: /lacks table mentions$/ },
  ],
  [
    'an older schema',
    'CREATE TABLE kept AS SELECT max(version) AS version FROM schema_migrations; DELETE FROM schema_migrations WHERE version IN (SELECT version FROM kept)',
    'INSERT INTO schema_migrations SELECT version FROM kept; DROP TABLE kept',
    { migrations: /older than mastodon 4\.5\.20: \d{14} did not run/ },
  ],
  [
    'a newer schema',
    `INSERT INTO schema_migrations VALUES ('20991231000000')`,
    `DELETE FROM schema_migrations WHERE version = '20991231000000'`,
    { migrations: /newer than mastodon 4\.5\.20, whose newest migration is \d{14}: 20991231000000/ },
  ],
  [
    'a function missing',
    `CREATE TABLE kept AS SELECT pg_get_functiondef('timestamp_id(text)'::regprocedure) AS made; DROP FUNCTION timestamp_id(text) CASCADE`,
    `SELECT made FROM kept \\gexec
     SELECT format('ALTER TABLE %1$I ALTER id SET DEFAULT timestamp_id(%1$L)', name) FROM unnest(ARRAY['accounts', 'statuses', 'media_attachments']) name \\gexec
     DROP TABLE kept`,
    {
      functions: /function timestamp_id,default of accounts\.id/,
      insert: /null value in column "id"/,
    },
  ],
  [
    'a sequence missing',
    'ALTER SEQUENCE statuses_id_seq RENAME TO gone',
    'ALTER SEQUENCE gone RENAME TO statuses_id_seq',
    { functions: /sequence statuses_id_seq$/, insert: /"statuses_id_seq" does not exist/ },
  ],
  [
    'a key pair whose halves do not fit',
    `CREATE TABLE kept AS SELECT id, public_key FROM accounts WHERE username = 'ben'; UPDATE accounts SET public_key = (SELECT public_key FROM accounts WHERE username = 'ana') WHERE username = 'ben'`,
    'UPDATE accounts SET public_key = kept.public_key FROM kept WHERE kept.id = accounts.id; DROP TABLE kept',
    { 'key-pair': /^accounts \d+: its public key does not verify/ },
  ],
  [
    'no admin who may log in',
    'UPDATE users SET disabled = true',
    'UPDATE users SET disabled = false',
    { admin: /^none of 1 admin/ },
  ],
  [
    'an admin’s password that cannot be compared',
    `UPDATE users SET encrypted_password = 'x' || encrypted_password`,
    'UPDATE users SET encrypted_password = substr(encrypted_password, 2)',
    { admin: /password hash of user \d+ cannot be read/ },
  ],
  [
    'an index that lacks a row',
    `UPDATE pg_index SET indisready = false WHERE indexrelid = 'preview_cards_url_key'::regclass; INSERT INTO preview_cards (url) VALUES ('https://social.coop'); UPDATE pg_index SET indisready = true WHERE indexrelid = 'preview_cards_url_key'::regclass`,
    'DELETE FROM preview_cards; REINDEX INDEX preview_cards_url_key',
    { amcheck: /preview_cards_url_key.*lacks matching index tuple/ },
  ],
];

let lab: ApplyLab;
let bed: VerifyBed;
let lsn: string;

beforeAll(async () => {
  lab = await ApplyLab.converged('verify.social.coop');
  bed = new VerifyBed(lab);
  await bed.fill();
});
afterAll(() => lab?.stop());

describe('a server at work', () => {
  it('passes every check that only reads, and says which would write', async () => {
    await bed.record();
    const checks = await bed.checks();
    const unwell = Object.values(checks).filter(({ status }) => status !== 'passed');
    expect(unwell).toEqual(
      ['amcheck', 'insert'].map((check) =>
        expect.objectContaining({ check, status: 'not-tested', reason: expect.stringContaining('copy') }),
      ),
    );
    expect(Object.keys(checks).length).toBeGreaterThanOrEqual(18);
    expect(checks['media-sample']?.values).toMatchObject({ objects: 3, absent: [], changed: [] });
    expect(checks['encrypted-column']?.values).toMatchObject({ 'users.otp_secret': 2 });
    expect(await bed.sql(`SELECT 1 FROM pg_extension WHERE extname = 'amcheck'`)).toBe('');
  });

  it('is no restored copy, whatever it says of itself', async () => {
    await bed.pretend('prod');
    expect((await bed.checks('recovery')).recovery).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('was not restored'),
    });
  });
});

describe('a copy that still replays', () => {
  it('is seen, whatever else is well', async () => {
    await lab.must(
      'docker stop --time 5 $(docker ps --quiet --filter name=instance-web --filter name=sidekiq)',
    );
    // Nothing writes any more: what is counted now is what comes back.
    lsn = await bed.record();
    await bed.restore(lsn);
    expect((await bed.checks('recovery')).recovery).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('still replays'),
    });
    await bed.sql('SELECT pg_wal_replay_resume()');
    await lab.must(
      'for n in $(seq 100); do [ "$(instance psql -Atc "SELECT pg_is_in_recovery()")" = f ] && break; sleep 0.1; done',
    );
    await lab.must(
      `cd /opt/social.coop && docker compose up --detach --wait --no-deps web web-2 sidekiq-default-q`,
      { seconds: 150 },
    );
    // As on a fenced copy: one worker.
    await lab.must('docker rm $(docker ps --all --quiet --filter status=exited --filter name=sidekiq)');
  });
});

describe('a restored copy', () => {
  it('passes every check; each table is exactly as it was counted', async () => {
    const checks = await bed.checks();
    expect(Object.values(checks).filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(checks.counts?.values).toMatchObject({ exact: true, missing: [], rowsOff: [], contentOff: [] });
    expect(checks.recovery?.values).toMatchObject({ timeline: 2, archiveMode: 'off' });
    expect(checks.heartbeat?.values).toMatchObject({
      from: 'heartbeat',
      newest: expect.stringMatching(/Z$/),
    });
    expect(await bed.sql(`SELECT count(*) FROM accounts WHERE username LIKE 'verify%'`)).toBe('0\n');
  });

  it('has a table of 80 columns for people', async () => {
    const { stdout } = await lab.ssh('instance verify recovery counts version');
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(stdout).toMatch(/^passed +counts +\d+ tables exactly as counted$/m);
  });

  it('that would archive into its source is caught', async () => {
    await bed.catches(
      async () => {
        await bed.sql('ALTER SYSTEM SET archive_mode = on');
        await lab.must('docker stop instance-db-1');
        await bed.start();
      },
      async () => {
        await bed.sql('ALTER SYSTEM SET archive_mode = off');
        await lab.must('docker stop instance-db-1');
        await bed.start();
      },
      { recovery: /archive_mode is on/ },
    );
  });

  it.each(spoiled)('with %s is caught', async (_, breaks, mends, words) => {
    await bed.catches(
      () => bed.sql(breaks),
      () => bed.sql(mends),
      words,
    );
  });

  it('whose instance has other keys than the source is caught', async () => {
    const file = '/etc/social.coop/app/secrets.env';
    await bed.catches(
      () =>
        lab.must(
          // In place: containers hold on to the file they were given.
          `cp -p ${file} /root/kept && sed "s/^ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY=.*/ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY='another'/" /root/kept >${file}`,
        ),
      () => lab.must(`cat /root/kept >${file}`),
      { 'encrypted-column': /users\.otp_secret of row \d+ cannot be decrypted/ },
    );
  });

  it('whose newest second is an hour old is caught; without a heartbeat the app’s newest row is named', async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString();
    expect((await bed.checks('--until', later, 'heartbeat')).heartbeat).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/^3[67]\d\d\.\d s before .* more than 120 s/),
    });
    await bed.sql('ALTER TABLE heartbeat RENAME TO gone', 'coop');
    const without = await bed.checks('heartbeat', 'newest-row');
    await bed.sql('ALTER TABLE gone RENAME TO heartbeat', 'coop');
    expect(without.heartbeat).toMatchObject({
      status: 'not-tested',
      reason: expect.stringContaining('newest-row'),
    });
    const newest = Date.parse(without['newest-row']?.values.newest as string);
    expect(Math.abs(newest - Date.now())).toBeLessThan(600_000);
  });

  it('whose media bucket lacks an object, or has another in its place, is caught', async () => {
    const [first, second] = bed.objects as [
      { key: string; content: Buffer },
      { key: string; content: Buffer },
    ];
    const found = await bed.catches(
      async () => {
        await lab.must(`${bed.bucket} deletefile "media:${lab.facts.media.bucket}/${first.key}"`);
        await bed.upload(second.key, Buffer.from('another picture'));
      },
      async () => {
        await bed.upload(first.key, first.content);
        await bed.upload(second.key, second.content);
      },
      { 'media-sample': /first: media_attachments/ },
    );
    expect(found['media-sample']).toMatchObject({
      figure: '1 absent, 1 changed of 3',
      values: { absent: [first.key], changed: [second.key] },
    });
  });

  it('with a server or a worker down, or another version, is caught', async () => {
    await bed.catches(
      async () => {
        await lab.must(
          'docker pause instance-streaming-1 instance-web-2-1; docker stop instance-sidekiq-default-q-1',
        );
        await bed.setting('APP_VERSION', '4.5.21');
      },
      async () => {
        await bed.setting('APP_VERSION', '4.5.20');
        await lab.must(
          'docker unpause instance-streaming-1 instance-web-2-1; cd /opt/social.coop && docker compose up --detach --wait --no-deps sidekiq-default-q',
        );
      },
      {
        streaming: /container of streaming is not healthy/,
        web: /container of web-2 is not healthy/,
        worker: /sidekiq-default-q is exited/,
        version: /4\.5\.21 was asked for/,
      },
    );
  });

  it('with a page that its disk has changed is caught, and where checksums are off as well', async () => {
    const found = await bed.catches(
      () =>
        bed.underneath(
          'statuses',
          'cp -p $file /root/page && head -c 60 /dev/urandom | dd of=$file bs=1 seek=9000 conv=notrunc status=none',
        ),
      async () => {
        await bed.underneath('statuses', 'cp -p /root/page $file');
        await bed.sql('SELECT pg_stat_reset()');
      },
      {
        'read-all': /invalid page in block 1 of relation .*public\.statuses/,
        checksums: /did not fit their checksums/,
        amcheck: /statuses/,
      },
    );
    expect(found['read-all']?.figure).toMatch(/^1 of \d+ tables cannot be read$/);
    await bed.underneath(
      'statuses',
      'cd /opt/social.coop && docker compose run --rm --no-deps -T db pg_checksums --disable </dev/null',
    );
    expect((await bed.checks('checksums')).checksums).toMatchObject({ status: 'failed', figure: 'off' });
  });
});
