/** What a person or a program is told while the lab comes up. */
export interface Progress {
  part: string;
  state: 'started' | 'note' | 'done' | 'failed';
  text?: string;
  /** Seconds since the part began. */
  seconds?: number;
}

export type OnProgress = (progress: Progress) => void;
export type Say = (line: string) => void;

/** Runs named parts, each once and as soon as those it needs are done; the first failure is the whole's. */
export class Tasks {
  readonly times: Record<string, number> = {};
  private readonly running = new Map<string, Promise<unknown>>();
  private readonly onProgress: OnProgress;

  constructor(onProgress: OnProgress) {
    this.onProgress = onProgress;
  }

  run<T>(part: string, needs: Promise<unknown>[], work: (say: Say) => Promise<T>): Promise<T> {
    const task = this.perform(part, needs, work);
    this.running.set(part, task);
    // Awaited by `all`; until then a failure must not count as unhandled.
    task.catch(() => {});
    return task;
  }

  private async perform<T>(
    part: string,
    needs: Promise<unknown>[],
    work: (say: Say) => Promise<T>,
  ): Promise<T> {
    await Promise.all(needs);
    const started = performance.now();
    const seconds = () => Math.round((performance.now() - started) / 10) / 100;
    this.onProgress({ part, state: 'started' });
    try {
      const result = await work((text) => this.onProgress({ part, state: 'note', text, seconds: seconds() }));
      this.times[part] = seconds();
      this.onProgress({ part, state: 'done', seconds: seconds() });
      return result;
    } catch (error) {
      this.onProgress({
        part,
        state: 'failed',
        text: (error as Error).message.split('\n')[0],
        seconds: seconds(),
      });
      throw error;
    }
  }

  /** Resolves when every part is done; waits for the rest before it reports a failure, so that nothing runs on behind it. */
  async all(): Promise<void> {
    const settled = await Promise.allSettled(this.running.values());
    const failure = settled.find((each) => each.status === 'rejected');
    if (failure) throw failure.reason;
  }
}

/** Progress as lines for a terminal or a log. */
export function progressLines(write: (line: string) => void): OnProgress {
  return ({ part, state, text, seconds }) => {
    if (state === 'done') write(`  ✓ ${part.padEnd(16)} ${(seconds ?? 0).toFixed(1)} s`);
    if (state === 'failed') write(`  ✗ ${part.padEnd(16)} ${text}`);
    if (state === 'note') write(`    ${part.padEnd(16)} ${text}`);
  };
}
