import { expect } from 'vitest';
import { peerRequests } from '../../../../lab/services/peer-client.ts';
import type { ApplyLab } from '../apply-lab.ts';

/** Where the bed's alerts go to. */
export const hook = 'https://peer.lab.test/hooks/faults';

/** What people are told of the bed's machine, from now on; what an earlier story left broken is news again. */
export async function listen(lab: ApplyLab) {
  await lab.must('rm -f /var/lib/social.coop/alerts/*.json /run/social.coop/alerts/*.json');
  const since = (await peerRequests()).at(-1)?.id ?? 0;
  const texts = async () =>
    (await peerRequests(since))
      .filter(({ path }) => path === '/hooks/faults')
      .map(({ body }) => String(JSON.parse(body || '{}').text));
  const headlines = async () => (await texts()).map((text) => text.split('\n')[0]);
  const { domain } = lab.facts.config;
  return {
    /** The message that says that something broke: what, since when, and the command to run. */
    async broken(what: string): Promise<string> {
      const begins = new RegExp(`^${domain}: ${what}`);
      const found = async () => (await texts()).find((text) => begins.test(text));
      await expect.poll(found, { timeout: 30_000, interval: 250 }).toBeDefined();
      const text = (await found()) as string;
      expect(text).toMatch(/^since +20\d\d-\d\d-\d\d \d\d:\d\d UTC/m);
      expect(text).toMatch(/^do +sudo instance /m);
      expect(text).toMatch(/^then +sudo instance runbook [a-z-]+$/m);
      return text;
    },
    /** Waits until it is said that it works again; the watch looks whether it does. */
    async well(unit: string): Promise<void> {
      await lab.ssh('systemctl start watch.service');
      await expect
        .poll(headlines, { timeout: 30_000, interval: 250 })
        .toContainEqual(
          unit === 'watch' ? `${domain}: what was broken is well again` : `${domain}: ${unit} works again`,
        );
    },
  };
}
