import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answersFrom } from '../../scripts/lib/init-answers.ts';
import { askMissing } from '../../scripts/lib/init-questions.ts';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKGymOSE6IkzTEFc8fipyty4CfsH9vX724dZO7LbpBHt ana@laptop';
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'coop-test-'));
  writeFileSync(join(directory, 'ana.pub'), `${key}\n`);
  writeFileSync(join(directory, 'ana'), '-----BEGIN OPENSSH PRIVATE KEY-----\nx\n');
});
afterAll(() => rmSync(directory, { recursive: true }));

describe("coop init's options", () => {
  it('become config', () => {
    expect(
      answersFrom(
        {
          domain: 'a.example',
          region: 'ams3',
          size: 's-8vcpu-16gb',
          zone: 'example',
          zoneId: 'f'.repeat(32),
          mailPort: '465',
          set: ['rpo=30', 'storage.media=bucket', 'environment.X=007x'],
        },
        {},
      ),
    ).toEqual({
      domain: 'a.example',
      primary: { provider: 'digitalocean', region: 'ams3', size: 's-8vcpu-16gb' },
      storage: { provider: 'spaces', region: 'ams3', media: 'bucket' },
      dns: { provider: 'cloudflare', zone: 'example', zoneId: 'f'.repeat(32) },
      mail: { port: 465 },
      rpo: 30,
      environment: { X: '007x' },
    });
  });

  it('add an admin to those there are, by file or by line, once', () => {
    const config = { admins: { bob: ['ssh-ed25519 BBBB'] } };
    const admin = [`ana=${join(directory, 'ana.pub')}`, `ana=${key}`];
    expect(answersFrom({ admin }, config)).toEqual({ admins: { bob: ['ssh-ed25519 BBBB'], ana: [key] } });
  });

  it('refuse a private key, and say nothing of it', () => {
    const admin = [`ana=${join(directory, 'ana')}`];
    expect(() => answersFrom({ admin }, {})).toThrow(/private key — .*ana — give the public one: .*ana\.pub/);
  });

  it.each([
    ['--admin', { admin: ['ana'] }],
    ['--set', { set: ['rpo'] }],
  ])('explain %s', (option, flags) => {
    expect(() => answersFrom(flags, {})).toThrow(`not understood — ${option}`);
  });
});

describe("coop init's questions", () => {
  /** Answers every question with its default, or with the next of these, and remembers what was asked. */
  const person = (...answers: string[]) => {
    const asked: string[] = [];
    return {
      asked,
      put: async (
        question: string,
        options: { fallback?: string; check?: (answer: string) => string | undefined } = {},
      ) => {
        asked.push(question);
        const answer = options.fallback ?? answers.shift() ?? '';
        expect(options.check?.(answer), question).toBeUndefined();
        return answer;
      },
    };
  };

  it('are about what is missing, and together with defaults make a config', async () => {
    const { asked, put } = person(
      'a.example.org',
      'tech@example.org',
      'f'.repeat(32),
      '203.0.113.7/32 2001:db8::/48',
    );
    const flags = await askMissing({ admin: [`ana=${key}`], mailHost: 'smtp.example.org' }, {}, put);
    expect(asked).toHaveLength(9);
    expect(answersFrom(flags, {})).toMatchObject({
      domain: 'a.example.org',
      primary: { region: 'fra1', size: 's-4vcpu-8gb' },
      dns: { provider: 'cloudflare', zone: 'example.org', zoneId: 'f'.repeat(32) },
      sshFrom: ['203.0.113.7/32', '2001:db8::/48'],
      mail: { host: 'smtp.example.org', from: 'notifications@a.example.org' },
    });
  });

  it('are not asked twice: what the file says is known', async () => {
    const { asked, put } = person();
    const config = {
      domain: 'a.example.org',
      contact: 'tech@example.org',
      primary: { region: 'fra1', size: 's-1vcpu-1gb' },
      dns: { provider: 'none' },
      sshFrom: ['203.0.113.7/32'],
      admins: { ana: [key] },
      mail: { host: 'smtp.example.org', from: 'n@example.org' },
    };
    await askMissing({}, config, put);
    expect(asked).toEqual([]);
  });
});
