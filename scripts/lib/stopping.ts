type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';
const numbers: Record<Signal, number> = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 };

/** Who has to put something right before coop may end. */
let holder: ((signal: Signal) => void) | undefined;
let listening = false;

/** Ends coop when it is told to stop, in a way that lets `exit` handlers clear up. */
export function endWhenTold(): void {
  if (listening) return;
  listening = true;
  for (const signal of Object.keys(numbers) as Signal[])
    process.on(signal, () => {
      if (holder) holder(signal);
      else process.exit(exitCodeOf(signal));
    });
}

export const exitCodeOf = (signal: Signal): number => 128 + numbers[signal];

export interface Stop {
  /** Aborted as soon as coop is told to stop. */
  signal: AbortSignal;
  /** Which way it was told; undefined: it was not. */
  told(): Signal | undefined;
}

/**
 * Runs `work` to its end whatever coop is told meanwhile: it sees that it is to stop, and puts right what it has made. `again`
 * is called for each further signal.
 */
export async function untilPutRight<T>(work: (stop: Stop) => Promise<T>, again: () => void): Promise<T> {
  endWhenTold();
  // A terminal that was closed, or a pipe whose reader is gone: nobody reads it, and what was made is put right all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const controller = new AbortController();
  let told: Signal | undefined;
  holder = (signal) => {
    if (told) return again();
    told = signal;
    controller.abort();
  };
  try {
    return await work({ signal: controller.signal, told: () => told });
  } finally {
    holder = undefined;
  }
}
