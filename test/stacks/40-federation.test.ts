import { beforeAll, describe, expect, it } from 'vitest';
import { labFetch } from '../../lab/client.ts';
import { Member } from '../../lab/member.ts';
import { confirmationLink } from '../../lab/services/mail-client.ts';
import { deliveries, follow, resetPeer } from '../../lab/services/peer-client.ts';
import { type Stack, stacks } from './stacks.ts';
import { wait } from './support.ts';

async function refusedBy({ onMachine }: Stack): Promise<number> {
  const { stdout } = await onMachine('nft', 'list', 'counter', 'inet', 'social_coop', 'egress_refused');
  return Number(/packets (\d+)/.exec(stdout)?.[1] ?? Number.NaN);
}

describe.each(stacks)('federation of $name', (stack) => {
  const { site, domain, onMachine, set, up } = stack;
  let member: Member;
  const refused = () => refusedBy(stack);
  /** What the peer saw of this stack. */
  const delivered = async () =>
    (await deliveries()).filter(({ activity }) => activity?.actor?.startsWith(site));

  beforeAll(async () => {
    await stack.tootctl('settings', 'registrations', 'open');
    member = await Member.register(site, labFetch, confirmationLink);
  });

  describe('open', () => {
    beforeAll(async () => {
      await set('federation', 'open');
      await up();
      await resetPeer();
    });

    it('accepts a follow from the peer and delivers a post to it, signed', async () => {
      await follow(`${site}/users/${member.name}`);
      await expect
        .poll(async () => (await delivered()).map(({ activity }) => activity?.type), { timeout: 40_000 })
        .toContain('Accept');
      const status = await member.publish('to the world');
      await expect
        .poll(
          async () =>
            (await delivered()).filter(
              ({ activity }) => activity?.type === 'Create' && activity.object?.id === status.uri,
            ),
          { timeout: 40_000 },
        )
        .toHaveLength(1);
      const create = (await delivered()).find(({ activity }) => activity?.object?.id === status.uri);
      expect(create?.verified).toBe(true);
    });
  });

  describe('off', () => {
    let before: number;
    beforeAll(async () => {
      await set('federation', 'off');
      await up();
      await resetPeer();
      before = await refused();
      await member.publish('to members only');
    });

    it('lets no activity out: the attempt is made, refused and counted, and the peer saw nothing', async () => {
      await expect.poll(refused, { timeout: 40_000 }).toBeGreaterThan(before);
      await wait(5000);
      expect(await delivered()).toEqual([]);
    });

    it('answers inboxes and actors with 503 and Retry-After, never 404 or 410', async () => {
      const activity = { 'content-type': 'application/activity+json', accept: 'application/activity+json' };
      for (const [path, method] of [
        ['/inbox', 'POST'],
        [`/users/${member.name}/inbox`, 'POST'],
        [`/users/${member.name}`, 'GET'],
      ] as const) {
        const response = await labFetch(`${site}${path}`, {
          method,
          headers: activity,
          ...(method === 'POST' ? { body: '{}' } : {}),
        });
        expect(response.status, path).toBe(503);
        expect(Number(response.headers.get('retry-after')), path).toBeGreaterThan(0);
      }
    });

    it('lets members go on', async () => {
      const status = await member.publish('still here');
      expect((await member.get(`/api/v1/statuses/${status.id}`)).id).toBe(status.id);
      expect((await labFetch(`${site}/@${member.name}`)).status).toBe(200);
      expect(new URL(status.uri).hostname).toBe(domain);
    });

    it('refuses the peer from every container, over IPv4 and IPv6', async () => {
      const names = (await onMachine("docker ps --format '{{.Names}}'")).stdout.split('\n').filter(Boolean);
      expect(names.length).toBeGreaterThanOrEqual(8);
      for (const name of names)
        for (const target of ['198.18.0.13', 'fd00:c00b::13']) {
          const tried = await onMachine(
            `docker exec ${name} timeout 3 bash -c 'exec 3<>/dev/tcp/${target}/443' 2>/dev/null && echo out || echo held`,
          );
          expect(`${name} ${tried.stdout.trim()}`).toBe(`${name} held`);
        }
    });

    it('keeps holding after Docker was restarted', async () => {
      await onMachine('systemctl', 'restart', 'docker');
      const tried = await onMachine(
        "for i in $(seq 40); do docker exec instance-web-1 true 2>/dev/null && break; sleep 1; done; docker exec instance-web-1 timeout 3 bash -c 'exec 3<>/dev/tcp/198.18.0.13/443' 2>/dev/null && echo out || echo held",
      );
      expect(tried.stdout.trim()).toBe('held');
    });
  });
});
