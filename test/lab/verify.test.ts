import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApplyLab } from './support/apply-lab.ts';
import { describeDumps } from './support/dumps.ts';
import { VerifyBed } from './support/verify-bed.ts';
import { describeSpoiled } from './support/verify-faults.ts';

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
    await bed.beat();
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
    await bed.still();
    // What is counted now is what comes back.
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
    expect(checks.heartbeat?.values).toMatchObject({ newest: expect.stringMatching(/\.\d{3}Z$/) });
    expect(await bed.sql(`SELECT count(*) FROM accounts WHERE domain = 'verify.invalid'`)).toBe('0\n');
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

  describeSpoiled(() => bed);

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
          'docker stop --time 2 instance-streaming-1 instance-web-2-1 instance-sidekiq-default-q-1',
        );
        await bed.setting('APP_VERSION', '4.5.21');
      },
      async () => {
        await bed.setting('APP_VERSION', '4.5.20');
        await lab.must(
          'cd /opt/social.coop && docker compose up --detach --wait --no-deps streaming web-2 sidekiq-default-q',
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
    await bed.underneath(
      'statuses',
      'cp -p $file /root/page && head -c 60 /dev/urandom | dd of=$file bs=1 seek=9000 conv=notrunc status=none',
    );
    const found = await bed.checks('read-all', 'checksums', 'amcheck');
    expect(found).toMatchObject({
      'read-all': {
        status: 'failed',
        figure: expect.stringMatching(/^1 of \d+ tables cannot be read$/),
        reason: expect.stringMatching(/invalid page in block 1 of relation .*public\.statuses/),
      },
      checksums: { status: 'failed', reason: expect.stringContaining('did not fit their checksums') },
      amcheck: { status: 'failed', reason: expect.stringContaining('statuses') },
    });
    await bed.underneath(
      'statuses',
      'cp -p /root/page $file && cd /opt/social.coop && docker compose run --rm --no-deps -T db pg_checksums --disable </dev/null',
    );
    expect(await bed.checks('read-all', 'checksums')).toMatchObject({
      'read-all': { status: 'passed' },
      checksums: { status: 'failed', figure: 'off' },
    });
  });
});

describeDumps(() => lab);
