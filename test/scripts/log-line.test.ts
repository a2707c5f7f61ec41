import { describe, expect, it } from 'vitest';
import { parseLogLine } from '../../scripts/lib/log-line.ts';

describe('a line of the journal', () => {
  it.each([
    ['2026-11-22T10:00:00+0000 instance-sidekiq-push-q-1[42]: done: 3', 'sidekiq-push-q', 'done: 3'],
    ['2026-11-22T10:00:00+00:00 nginx-access[7]: GET /', 'nginx-access', 'GET /'],
    ['2026-11-22T10:00:00+0000 nginx: started', 'nginx', 'started'],
  ])('%s', (line, service, message) => {
    expect(parseLogLine(line)).toEqual({ time: line.split(' ')[0], service, message });
  });

  it('that has no time is a message', () => {
    expect(parseLogLine('-- Boot 1234 --')).toEqual({ message: '-- Boot 1234 --' });
  });
});
