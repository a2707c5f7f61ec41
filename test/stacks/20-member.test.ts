import { createHash, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { labFetch } from '../../lab/client.ts';
import { Member } from '../../lab/member.ts';
import { picture } from '../../lab/picture.ts';
import { confirmationLink } from '../../lab/services/mail-client.ts';
import { stacks } from './stacks.ts';

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

/** A file that begins as an MP4 does and holds noise. */
function video(bytes: number): Buffer {
  const head = Buffer.from('0000001c667479706d70343200000000697736d6d703432', 'hex');
  return Buffer.concat([head, randomBytes(bytes - head.length)]);
}

describe.each(stacks)('a member of $name', (stack) => {
  const { site, onMachine } = stack;
  let member: Member;
  beforeAll(async () => {
    await stack.tootctl('settings', 'registrations', 'open');
    member = await Member.register(site, labFetch, confirmationLink);
  });

  it('is who the instance says it is after confirming the mail', async () => {
    const me = await member.get('/api/v1/accounts/verify_credentials');
    expect(me.username).toBe(member.name);
  });

  it('posts a status with a picture, and everybody gets the same picture back', async () => {
    const sent = picture();
    const media = await member.upload(sent, 'picture.png', 'image/png');
    const status = await member.publish('with a picture', { media_ids: [media.id] });
    const url = status.media_attachments[0]?.url as string;
    expect(new URL(url).hostname).toBe(stack.domain);
    const response = await labFetch(url);
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(sha256(sent));
  });

  it('gets the picture from the cache the second time', async () => {
    const media = await member.upload(picture(), 'again.png', 'image/png');
    await labFetch(media.url);
    const second = await labFetch(media.url);
    expect(second.headers.get('x-cache-status')).toBe('HIT');
  });

  it('sees the own post in the home timeline', async () => {
    const status = await member.publish('to the timeline');
    await expect
      .poll(
        async () =>
          ((await member.get('/api/v1/timelines/home')) as unknown as { id: string }[]).map(({ id }) => id),
        {
          timeout: 20_000,
        },
      )
      .toContain(status.id);
  });

  it('uploads the largest video that the app allows', async () => {
    const sent = video(99 * 1024 * 1024);
    const media = await member.upload(sent, 'largest.mp4', 'video/mp4');
    const response = await labFetch(media.url);
    expect(response.status).toBe(200);
    expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(sha256(sent));
  });

  it('is told when an upload is too large, with an answer of the API and not a broken connection', async () => {
    await expect(member.upload(video(120 * 1024 * 1024), 'huge.mp4', 'video/mp4')).rejects.toThrow(
      /41[3]|422/,
    );
  });

  it('leaves one request ID in nginx’s log and the app’s', async () => {
    const response = await labFetch(`${site}/api/v1/instance`);
    const id = response.headers.get('x-request-id') as string;
    await expect
      .poll(async () => (await onMachine('journalctl', '-b', '--no-pager', '-g', id, '-o', 'cat')).stdout, {
        timeout: 20_000,
      })
      .toContain(id);
  });
});
