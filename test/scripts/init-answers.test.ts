import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answersFrom, type InitFlags } from '../../scripts/lib/init-answers.ts';
import { askMissing } from '../../scripts/lib/init-questions.ts';
import { checkout } from '../../scripts/lib/paths.ts';
import type { AskOptions } from '../../scripts/lib/prompt.ts';
import { asTheEngineSays } from '../../scripts/lib/render-facts.ts';
import { configOf, readStackFile, stackFile } from '../../scripts/lib/stack-file.ts';
import { problemsOf } from '../../scripts/lib/validate.ts';

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

describe("coop init's machines", () => {
  const primary = (flags: InitFlags, config = {}) => answersFrom(flags, config).primary;
  it('are named by provider, region and size', () => {
    expect(primary({ provider: 'hetzner', region: 'fsn1', size: 'cpx42' })).toEqual({
      provider: 'hetzner',
      region: 'fsn1',
      size: 'cpx42',
    });
    expect(primary({ host: '203.0.113.7' })).toEqual({ provider: 'existing', host: '203.0.113.7' });
  });

  it('keep the provider that the file names, and the buckets where they are', () => {
    const config = { primary: { provider: 'hetzner' }, storage: { region: 'ams3' } };
    expect(answersFrom({ region: 'hel1' }, config)).toEqual({
      primary: { provider: 'hetzner', region: 'hel1' },
    });
    expect(answersFrom({ region: 'fra1' }, { storage: { region: 'ams3' } })).not.toHaveProperty('storage');
    // A location of Hetzner is no region of Spaces.
    expect(answersFrom({ provider: 'hetzner', region: 'fsn1' }, {})).not.toHaveProperty('storage');
  });

  it('may be two', () => {
    expect(answersFrom({ secondary: 'digitalocean/fra1/s-4vcpu-8gb' }, {}).secondary).toEqual({
      provider: 'digitalocean',
      region: 'fra1',
      size: 's-4vcpu-8gb',
    });
    expect(answersFrom({ secondary: 'existing/box.example.org' }, {}).secondary).toEqual({
      provider: 'existing',
      host: 'box.example.org',
    });
    for (const secondary of ['hetzner', 'hetzner/fsn1', 'existing', 'hetzner/fsn1/cpx32/more'])
      expect(() => answersFrom({ secondary }, {}), secondary).toThrow(/not understood — --secondary/);
  });
});

describe("coop init's questions", () => {
  /** Answers the questions of these words, takes the default elsewhere, and remembers all that was asked. */
  const person = (answers: Record<string, string>) => {
    const asked: { question: string; why: string }[] = [];
    const put = async (question: string, options: AskOptions = {}) => {
      asked.push({ question, why: options.why ?? '' });
      const found = Object.entries(answers).find(([words]) => question.startsWith(words))?.[1];
      const answer = found ?? options.fallback ?? '';
      if (!(answer === '' && options.optional)) {
        expect(answer, question).not.toBe('');
        expect(options.check?.(answer), question).toBeUndefined();
      }
      return answer;
    };
    return { asked, put, questions: () => asked.map(({ question }) => question.replace(/ \(.*/, '')) };
  };
  const common = {
    Domain: 'a.example.org',
    'Mail address': 'tech@example.org',
    "The zone's ID": 'f'.repeat(32),
    'SSH reachable': '203.0.113.7/32 2001:db8::/48',
    'First admin': 'ana',
    'Their SSH': key,
    'Mail relay': 'smtp.example.org',
  };

  it.each<[string, Record<string, string>, object]>([
    [
      'prod: two machines at two providers',
      {
        Federation: 'open',
        'A second machine': 'digitalocean',
      },
      {
        federation: 'open',
        primary: { provider: 'hetzner', region: 'fsn1', size: 'cpx32' },
        secondary: { provider: 'digitalocean', region: 'fra1', size: 's-4vcpu-8gb' },
      },
    ],
    [
      'staging: one Droplet',
      { 'Machine at': 'digitalocean' },
      { federation: 'off', primary: { provider: 'digitalocean', region: 'fra1', size: 's-4vcpu-8gb' } },
    ],
    [
      'alpha: Hometown',
      { Software: 'hometown', 'Version of': '4.5.11+hometown-1.2.1', Size: 'cx33' },
      { app: 'hometown', appVersion: '4.5.11+hometown-1.2.1', primary: { size: 'cx33' } },
    ],
    [
      'a box of our own',
      { 'Machine at': 'existing', 'Its address': '203.0.113.9', 'Its SSH host key': key },
      { primary: { provider: 'existing', host: '203.0.113.9' }, hostPublicKey: key },
    ],
  ])('%s: with defaults they make a config that the program accepts', async (_, answers, expected) => {
    const { put } = person({ ...common, ...answers });
    const config = answersFrom(await askMissing({}, {}, put), {});
    expect(config).toMatchObject({
      domain: 'a.example.org',
      dns: { provider: 'cloudflare', zone: 'example.org', zoneId: 'f'.repeat(32) },
      sshFrom: ['203.0.113.7/32', '2001:db8::/48'],
      admins: { ana: [key] },
      mail: { host: 'smtp.example.org', from: 'notifications@a.example.org' },
      ...expected,
    });
    const problems = problemsOf({ values: asTheEngineSays(config), secretKeys: [] }, 'x');
    const made = [
      'images',
      'secrets',
      'recovery',
      'hostPublicKey',
      'secondaryHostPublicKey',
      'deployPublicKey',
    ];
    expect(problems.filter(({ key }) => !made.some((name) => key.startsWith(name)))).toEqual([]);
  });

  it('are each explained in one or two lines', async () => {
    const { asked, put } = person({ ...common, 'A second machine': 'hetzner' });
    await askMissing({}, {}, put);
    expect(asked.length).toBeGreaterThan(15);
    for (const { question, why } of asked) {
      expect(why.length, question).toBeGreaterThan(30);
      expect(why.length, question).toBeLessThanOrEqual(160);
    }
  });

  it('are not asked twice: what the file says is known, and what an option says', async () => {
    const config = {
      domain: 'a.example.org',
      contact: 'tech@example.org',
      app: 'mastodon',
      federation: 'off',
      primary: { provider: 'digitalocean', region: 'fra1', size: 's-1vcpu-1gb' },
      storage: { region: 'ams3' },
      dns: { provider: 'none' },
      sshFrom: ['203.0.113.7/32'],
      admins: { ana: [key] },
      mail: { host: 'smtp.example.org', from: 'n@example.org' },
    };
    const all = person({});
    await askMissing({}, config, all.put);
    expect(all.asked).toEqual([]);
    const { contact: _, ...without } = config;
    const one = person(common);
    await askMissing({}, without, one.put);
    expect(one.questions()).toEqual(['Mail address for certificates, shown as contact']);
    const none = person({});
    await askMissing({ contact: 'a@b.example' }, without, none.put);
    expect(none.asked).toEqual([]);
  });

  it.each(['prod', 'staging'])('the file of %s that ships leaves few of them', async (stack) => {
    const { asked, put, questions } = person(common);
    const { document } = readStackFile(stackFile(checkout, stack));
    await askMissing(
      {},
      configOf(document, () => ''),
      put,
    );
    expect(questions()).toEqual([
      'Mail address for certificates, shown as contact',
      ...["The zone's ID", 'SSH reachable from', 'First admin', 'Their SSH public key', 'Mail relay'],
      ...['User at the relay', 'Mail is sent from'],
    ]);
    expect(asked).toHaveLength(8);
  });
});
