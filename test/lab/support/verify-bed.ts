import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { ApplyLab } from './apply-lab.ts';

export interface Check {
  check: string;
  status: 'passed' | 'failed' | 'not-tested';
  figure: string;
  reason: string;
  values: Record<string, unknown>;
}

/** A sample object of a member. */
const object = (name: string) => ({
  key: `media_attachments/files/000/000/00${name}/original/naïve name+${name}.png`,
  content: randomBytes(2000 + Number(name)),
});

const settings = '/etc/social.coop/stack.env';
const database = 'docker exec -i instance-db-1';

/** A machine whose data is verified: filled, counted, restored, broken, mended. */
export class VerifyBed {
  readonly lab: ApplyLab;
  readonly objects = ['1', '2', '3'].map(object);

  constructor(lab: ApplyLab) {
    this.lab = lab;
  }

  sql(statements: string, name = 'mastodon_production'): Promise<string> {
    return this.lab.must(
      `${database} psql -U postgres -d ${name} --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1`,
      { input: statements },
    );
  }

  /** What the checks say, by name. */
  async checks(...words: string[]): Promise<Record<string, Check>> {
    const ran = await this.lab.ssh(`instance verify --json ${words.join(' ')}`, { seconds: 170 });
    const { checks } = JSON.parse(ran.stdout || '{"checks":[]}') as { checks: Check[] };
    expect(checks.length, ran.output).toBeGreaterThan(0);
    expect(ran.code, ran.output).toBe(checks.some(({ status }) => status === 'failed') ? 1 : 0);
    return Object.fromEntries(checks.map((check) => [check.check, check]));
  }

  /** Sees each of these checks fail with these words while something is broken, and pass when it is mended. */
  async catches(
    breaks: () => Promise<unknown>,
    mends: () => Promise<unknown>,
    words: Record<string, RegExp>,
  ) {
    const names = Object.keys(words);
    await breaks();
    const found = await this.checks(...names);
    await mends();
    for (const name of names)
      expect(found[name]).toMatchObject({
        status: 'failed',
        reason: expect.stringMatching(words[name] as RegExp),
      });
    const after = await this.checks(...names);
    for (const name of names)
      expect(after[name]?.status, `${name}: ${after[name]?.reason}`).not.toBe('failed');
    return found;
  }

  /** People, posts and pictures. */
  async fill(): Promise<void> {
    for (const [name, role] of [
      ['ana', '--role Owner'],
      ['ben', ''],
    ])
      await this.lab.must(
        `instance tootctl accounts create ${name} --email ${name}@social.coop --confirmed ${role} >/dev/null`,
      );
    await this.sql(`
      INSERT INTO statuses (account_id, text) SELECT (SELECT id FROM accounts WHERE username = 'ana'), repeat('post ' || n, 40) FROM generate_series(1, 2000) n;
      INSERT INTO mentions (status_id, account_id) SELECT id, (SELECT id FROM accounts WHERE username = 'ben') FROM statuses LIMIT 20;
    `);
    for (const { key, content } of this.objects) await this.upload(key, content);
  }

  upload(key: string, content: Buffer): Promise<string> {
    return this.lab.must(`base64 -d | ${this.bucket} rcat "media:${this.lab.facts.media.bucket}/${key}"`, {
      input: content.toString('base64'),
    });
  }

  readonly bucket =
    'rclone --config /etc/social.coop/rclone.conf --ca-cert /etc/ssl/certs/ca-certificates.crt';

  /** The newest second of a source: a row in the database of its heartbeat. */
  async beat(): Promise<void> {
    if ((await this.sql(`SELECT 1 FROM pg_database WHERE datname = 'coop'`)) === '')
      await this.sql('CREATE DATABASE coop TEMPLATE template0');
    await this.sql(
      'CREATE TABLE IF NOT EXISTS heartbeat (at timestamptz PRIMARY KEY); INSERT INTO heartbeat VALUES (clock_timestamp())',
      'coop',
    );
  }

  /** Ends what writes into the database. */
  async still(): Promise<void> {
    await this.lab.must(
      'docker stop --time 5 $(docker ps --quiet --filter name=instance-web --filter name=sidekiq); systemctl stop heartbeat.service 2>/dev/null || true',
    );
    await this.beat();
  }

  /** What the source's jobs put beside its backups; returns the manifest's place in the WAL. */
  async record(): Promise<string> {
    const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const lines = await this.lab.must(
      `${database} psql -U postgres -d mastodon_production -XqtA --file=- </opt/social.coop/libexec/lib/manifest.sql`,
    );
    const [head, ...tables] = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const manifest = { format: 1, ...head, appVersion: '4.5.20', tables: Object.assign({}, ...tables) };
    const sample = {
      format: 1,
      time: new Date().toISOString(),
      objects: this.objects.map(({ key, content }) => ({
        key,
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      })),
    };
    for (const [folder, value] of Object.entries({ manifest, 'media-sample': sample }))
      await this.lab.must(
        `${this.bucket} rcat backups:${this.lab.facts.backups.bucket}/${folder}/${time}.json`,
        {
          input: JSON.stringify(value),
        },
      );
    return head.lsn as string;
  }

  /** The machine says of itself that it is a restored copy. */
  async pretend(name: string): Promise<void> {
    await this.setting('RESTORE_FROM', name);
  }

  setting(name: string, value: string): Promise<string> {
    return this.lab.must(`sed -i "/^${name}=/d" ${settings} && echo "${name}='${value}'" >> ${settings}`);
  }

  /** Replaces the database by what its repository holds, as of one place in the WAL, and leaves it at the end of its replay. */
  async restore(lsn: string): Promise<void> {
    await this.lab.must(`${database} pgbackrest --stanza=instance --log-level-console=warn check`);
    await this.lab.must('docker stop --time 20 instance-db-1', { seconds: 100 });
    await this.lab.must(
      `cd /opt/social.coop && docker compose run --rm --no-deps -T db pgbackrest --stanza=instance --log-level-console=warn --delta --archive-mode=off --type=lsn --target='${lsn}' --target-exclusive --target-action=pause restore </dev/null`,
      { seconds: 150 },
    );
    await this.start();
  }

  async start(): Promise<void> {
    await this.lab.must(
      'docker start instance-db-1 >/dev/null; for n in $(seq 150); do docker exec instance-db-1 pg_isready -q && exit; sleep 0.2; done; docker logs --tail 30 instance-db-1; exit 1',
      { seconds: 100 },
    );
  }

  /** Changes the files of the stopped database: `$file` is the one a table lies in. */
  async underneath(table: string, line: string): Promise<void> {
    const path = (await this.sql(`CHECKPOINT; SELECT pg_relation_filepath('${table}')`)).trim();
    await this.lab.must('docker stop --time 20 instance-db-1', { seconds: 100 });
    await this.lab.must(`file=/var/lib/social.coop/postgres/17/data/${path}; ${line}`);
    await this.start();
  }
}
