import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Progress, progressLines, Tasks } from '../../../lab/services/tasks.ts';

test('a part begins when those it needs are done, and independent ones run at once', async () => {
  const order: string[] = [];
  const tasks = new Tasks(({ part, state }) => order.push(`${part} ${state}`));
  const a = tasks.run('a', [], () => sleep(30));
  const b = tasks.run('b', [], () => sleep(5));
  tasks.run('c', [a, b], async () => {});
  await tasks.all();
  expect(order).toEqual(['a started', 'b started', 'b done', 'a done', 'c started', 'c done']);
  expect(tasks.times.a).toBeGreaterThanOrEqual(0.02);
});

test('a failure is the whole’s, after the others have ended; what needed it never begins', async () => {
  const seen: Progress[] = [];
  const tasks = new Tasks((progress) => seen.push(progress));
  const bad = tasks.run('bad', [], async () => Promise.reject(new Error('no disk\nand more')));
  let finished = false;
  tasks.run('slow', [], async () => {
    await sleep(30);
    finished = true;
  });
  tasks.run('after', [bad], async () => {});
  await expect(tasks.all()).rejects.toThrow('no disk');
  expect(finished).toBe(true);
  expect(seen.filter(({ part }) => part === 'after')).toEqual([]);
  expect(seen).toContainEqual(expect.objectContaining({ part: 'bad', state: 'failed', text: 'no disk' }));
});

test('progress reads as one line per event worth one', () => {
  const lines: string[] = [];
  const report = progressLines((line) => lines.push(line));
  report({ part: 'dns', state: 'started' });
  report({ part: 'dns', state: 'note', text: 'looking', seconds: 1 });
  report({ part: 'dns', state: 'done', seconds: 1.25 });
  expect(lines).toEqual(['    dns              looking', '  ✓ dns              1.3 s']);
});
