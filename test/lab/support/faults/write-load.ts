import { expect } from 'vitest';
import type { ApplyLab } from '../apply-lab.ts';
import { jobsOf } from '../jobs.ts';

const stop = '/run/write-load.stop';
/** Five transactions a second of some 40 kB, which do not compress; each is acknowledged by its number. */
const line = `while [ ! -e ${stop} ] && sleep 0.2; do echo "INSERT INTO written (content) SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 1200) RETURNING n;"; done | docker exec --interactive instance-db-1 stdbuf -oL psql -U postgres -d coop -qAtX -v ON_ERROR_STOP=1`;

/** Somebody who writes all the time, and remembers outside of the machine what was promised to be kept. */
export class WriteLoad {
  readonly #lab: ApplyLab;
  readonly #acknowledged: string[] = [];
  #ended: Promise<void> = Promise.resolve();
  #stopping = false;

  private constructor(lab: ApplyLab) {
    this.#lab = lab;
  }

  static async start(lab: ApplyLab): Promise<WriteLoad> {
    const load = new WriteLoad(lab);
    await jobsOf(() => lab).psql(
      'CREATE TABLE written (n bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), content text NOT NULL)',
      'coop',
    );
    load.#ended = load.#write();
    return load;
  }

  async #write(): Promise<void> {
    while (!this.#stopping) {
      await this.#lab.ssh(line, {
        seconds: 3600,
        onLine: (said) => void (/^\d+$/.test(said) && this.#acknowledged.push(said)),
      });
      // The database, or the machine, is away.
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** How many transactions were acknowledged. */
  get count(): number {
    return this.#acknowledged.length;
  }

  /** Waits until something more is acknowledged. */
  async goesOn(timeout = 60_000): Promise<void> {
    const before = this.count;
    await expect.poll(() => this.count, { timeout, interval: 100 }).toBeGreaterThan(before);
  }

  /** Numbers of the first `count` transactions that `there` lacks. */
  lacking(there: string, count = this.count): string[] {
    const found = new Set(there.split('\n'));
    return this.#acknowledged.slice(0, count).filter((n) => !found.has(n));
  }

  /** Acknowledged, and no longer in the database. */
  async lost(): Promise<string[]> {
    const count = this.count;
    return this.lacking(await jobsOf(() => this.#lab).psql('SELECT n FROM written', 'coop'), count);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#lab.ssh(`touch ${stop}`);
    await this.#ended;
  }
}
