import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { labFetch } from '../../lab/client.ts';
import { Member } from '../../lab/member.ts';
import { picture } from '../../lab/picture.ts';
import { confirmationLink } from '../../lab/services/mail-client.ts';
import { patiently, QUEUES, StandinBed } from './support/standin-bed.ts';

const OLD = { MASTODON_STANDIN_VERSION: '4.4.27' };
const NEW = { MASTODON_STANDIN_VERSION: '4.5.20' };
const LATER = { MASTODON_STANDIN_VERSION: '4.6.2' };
const SKIP = { SKIP_POST_DEPLOYMENT_MIGRATIONS: 'true' };

let bed: StandinBed;
let member: Member;

const migrate = (...environments: object[]) =>
  bed.once(['bundle', 'exec', 'rails', 'db:migrate'], Object.assign({}, ...environments));

beforeAll(async () => {
  bed = await StandinBed.start(OLD);
  member = await Member.register(bed.site, labFetch, confirmationLink);
});

afterEach(({ task }) => bed.explain(task.result?.state));

afterAll(() => bed?.close());

describe('an upgrade of the stand-in', () => {
  test('must pass through every minor', async () => {
    const skipped = await migrate(LATER);
    expect(skipped.code).toBe(1);
    expect(skipped.stderr).toMatch(/pass through 4\.5/);
  });

  test('that forgot its migrations is healthy, answers nothing else, and loses no job', async () => {
    await bed.web(NEW);
    await bed.sidekiq('workers', QUEUES, NEW);
    const answer = await labFetch(`${bed.site}/api/v1/instance`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain('migrations pending');
    const before = await bed.redis.zcard('retry');
    await bed.enqueue('default', 'DistributionWorker', ['1']);
    await patiently(() => bed.redis.zcard('retry')).toBe(before + 1);
  });

  test('serves old and new code between its two phases, and no old code after the second', async () => {
    expect((await migrate(NEW, SKIP)).code).toBe(0);
    await patiently(() => bed.status('/api/v1/instance')).toBe(200);
    await bed.web(OLD);
    const kept = await member.publish('posted by old code on the new schema');
    expect((await migrate(NEW)).code).toBe(0);
    await expect(bed.web(OLD)).rejects.toThrow('already migrated to 4.5');
    await bed.web(NEW);
    expect((await member.get(`/api/v1/statuses/${kept.id}`)).id).toBe(kept.id);
    expect((await member.get('/api/v1/instance')).version).toBe('4.5.20');
  });

  test('keeps pictures in their order across the change of where it is kept', async () => {
    const ids: string[] = [];
    for (const name of ['a.png', 'b.png', 'c.png'])
      ids.push((await member.upload(picture(), name, 'image/png')).id);
    const order = [ids[2], ids[0], ids[1]];
    const posted = await member.publish('three', { media_ids: order });
    const shown = async (): Promise<string[]> => {
      const { media_attachments } = await member.get(`/api/v1/statuses/${posted.id}`);
      return media_attachments.map(({ id }: { id: string }) => id);
    };
    expect(await shown()).toEqual(order);
    expect((await migrate(LATER)).code).toBe(0);
    await bed.web(LATER);
    expect(await shown()).toEqual(order);
  });
});
