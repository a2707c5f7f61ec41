import { describe, expect, it } from 'vitest';
import { makeProgress } from '../../scripts/lib/progress.ts';

function stream(isTTY: boolean) {
  let text = '';
  const write = (chunk: string) => {
    text += chunk;
  };
  return { isTTY, write, text: () => text };
}

describe('progress', () => {
  it('is plain lines when piped', async () => {
    const out = stream(false);
    expect(await makeProgress(out).step('build', async () => 7)).toBe(7);
    expect(out.text()).toMatch(/^build …\ndone build \d+\.\ds\n$/);
  });

  it('is one line that ends in a mark on a terminal', async () => {
    const out = stream(true);
    await makeProgress(out, { color: false }).step(
      'build',
      () => new Promise((resolve) => setTimeout(resolve, 250)),
    );
    const last = out.text().split('\r').at(-1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what clears a line
    expect(last).toMatch(/^\u001b\[K✓ build \d+\.\ds\n$/);
    expect(out.text()).toContain('⠙ build');
    expect(out.text().match(/\n/g)).toHaveLength(1);
  });

  it('says what failed and hands the error on', async () => {
    const out = stream(false);
    const failing = makeProgress(out).step('push', async () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(out.text()).toMatch(/^push …\nfailed push \d+\.\ds\n$/);
  });
});
