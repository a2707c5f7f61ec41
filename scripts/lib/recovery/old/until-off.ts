import { setTimeout as sleep } from 'node:timers/promises';

/** A cloud takes one order at a time for a machine, and answers before it is carried out. */
export async function untilOff(status: () => Promise<unknown>, seconds = 60): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while ((await status()) !== 'off') {
    if (performance.now() > end) throw new Error(`it is still on after ${seconds} s`);
    await sleep(1000);
  }
}
