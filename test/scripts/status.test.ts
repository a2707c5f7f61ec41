import { describe, expect, it } from 'vitest';
import { colorsFor } from '../../scripts/lib/colors.ts';
import { type InstanceStatus, readInstanceStatus } from '../../scripts/lib/instance-status.ts';
import {
  isBroken as isStackBroken,
  type MachineStatus,
  type StackStatus,
  showStatus,
} from '../../scripts/lib/show-status.ts';
import { span } from '../../scripts/lib/spans.ts';

const now = new Date('2026-11-22T12:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();
const day = 86_400;

const well: InstanceStatus = {
  domain: 'staging.social.coop',
  app: { name: 'mastodon', version: '4.5.20', expected: '4.5.20' },
  federation: 'off',
  maintenance: { on: false },
  services: [
    'web',
    'web-2',
    'streaming',
    'sidekiq-default-q',
    'sidekiq-push-q',
    'sidekiq',
    'db',
    'redis',
  ].map((name) => ({ name, state: 'running', health: 'healthy', restarts: 0 })),
  queues: ['default', 'push', 'pull'].map((name) => ({ name, size: 2, latency: 1 })),
  backup: { last: ago(3600), type: 'full', walAge: 40 },
  site: { nginx: 'active', code: 200 },
  certificate: { notBefore: ago(30 * day), notAfter: ago(-60 * day), shown: true, issuer: "Let's Encrypt" },
  disk: [{ path: '/', usedPercent: 41, freeBytes: 62_300_000_000 }],
  refused: { egress_refused: 4 },
  drift: [],
  timers: [
    {
      name: 'certbot.timer',
      enabled: true,
      active: true,
      next: ago(-3600),
      last: ago(3600),
      result: 'success',
    },
  ],
};
const none = colorsFor({}, {}, {});
const primary = (status: InstanceStatus): MachineStatus => ({
  role: 'primary',
  address: '203.0.113.10',
  status,
});
const stackOf = (status: InstanceStatus): StackStatus => ({ stack: 'staging', machines: [primary(status)] });
const show = (status: InstanceStatus, options = {}) => showStatus(stackOf(status), none, { now, ...options });
const isBroken = (status: InstanceStatus, at: Date) => isStackBroken(stackOf(status), at);
/** The line of a status that speaks of something. */
const line = (status: InstanceStatus, about: string) =>
  show(status)
    .split('\n')
    .find((text) => text.includes(about));

describe('coop status', () => {
  it('fits one screen of 80 columns, with everything well in it', () => {
    const shown = show(well);
    const lines = shown.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(24);
    for (const text of lines) expect(text.length, text).toBeLessThanOrEqual(80);
    for (const part of [
      '4.5.20',
      'federation off',
      'sidekiq-push-q',
      '6 jobs',
      'full',
      '60 days left',
      '41 %',
      'certbot',
    ])
      expect(shown).toContain(part);
    expect(lines[0]).toMatch(/^staging · staging\.social\.coop +● healthy$/);
    expect(shown).not.toContain('.timer');
    expect(isBroken(well, now)).toBe(false);
  });

  it('keeps to 80 columns with long names too', () => {
    const long = 'x'.repeat(120);
    const services = [{ name: long, state: 'exited', health: 'unhealthy' }];
    for (const all of [true, false])
      for (const text of show(
        { ...well, domain: long, services, disk: [{ path: long, usedPercent: 99 }] },
        { all },
      ).split('\n'))
        expect(text.length, text).toBeLessThanOrEqual(80);
  });

  it.each<[string, Partial<InstanceStatus>, string, string]>([
    ['a stopped container', { services: [{ name: 'web', state: 'exited' }] }, 'web', '✖'],
    ['an unhealthy one', { services: [{ name: 'web', state: 'running', health: 'unhealthy' }] }, 'web', '✖'],
    [
      'one that restarts',
      { services: [{ name: 'web', state: 'running', health: 'healthy', restarts: 3 }] },
      'web',
      '▲',
    ],
    ['no containers', { services: [] }, 'no container', '✖'],
    ['a queue half an hour behind', { queues: [{ name: 'push', size: 9, latency: 1800 }] }, '9 jobs', '✖'],
    ['a slow queue', { queues: [{ name: 'push', size: 9, latency: 300 }] }, '9 jobs', '▲'],
    ['queues nobody can read', { queues: undefined }, 'not readable', '✖'],
    ['no backup ever', { backup: {} }, 'never', '✖'],
    ['an old backup', { backup: { last: ago(9 * day), walAge: 1 } }, '9 days ago', '✖'],
    [
      'WAL that fails to leave',
      { backup: { last: ago(1), walAge: 1, failing: true } },
      'archiving fails',
      '✖',
    ],
    ['WAL of a database that is idle, or stuck', { backup: { last: ago(1), walAge: 3601 } }, 'archived', '▲'],
    ['WAL never archived', { backup: { last: ago(1) } }, 'not archived', '✖'],
    ['an expired certificate', { certificate: { notAfter: ago(60) } }, 'expired', '✖'],
    ['one that nobody renewed', { certificate: { notAfter: ago(-20 * day) } }, 'left', '▲'],
    ['one that nobody renewed for long', { certificate: { notAfter: ago(-14 * day) } }, 'left', '✖'],
    [
      'a short one in the middle of its life',
      { certificate: { notBefore: ago(3 * day), notAfter: ago(-3 * day) } },
      '3 days left',
      '●',
    ],
    [
      'a renewed one that nginx does not know of',
      { certificate: { notAfter: ago(-60 * day), shown: false } },
      'shows another',
      '✖',
    ],
    ['nginx that stopped', { site: { nginx: 'inactive', code: 0 } }, 'is inactive', '✖'],
    ['nginx that hangs', { site: { nginx: 'active', code: 0 } }, 'does not answer', '✖'],
    ['an app that is not behind it', { site: { nginx: 'active', code: 502 } }, 'answers 502', '✖'],
    ['a site nobody could ask', { site: undefined }, 'cannot be asked', '✖'],
    [
      'a queue without a process',
      { queues: [{ name: 'pull', size: 0, processes: 0 }] },
      'nobody works on it',
      '✖',
    ],
    [
      'a disk without places for files',
      { disk: [{ path: '/', usedPercent: 5, filesPercent: 90 }] },
      '90 %',
      '✖',
    ],
    ['a reboot', { reboot: { needed: true, why: 'updated: linux-image' } }, 'linux-image', '▲'],
    ['a unit of the system', { failed: ['logrotate.service'] }, 'logrotate', '▲'],
    [
      'a unit of the system that matters',
      {
        failed: ['docker.service'],
        problems: [{ level: 'red', about: 'units', text: 'docker.service has failed' }],
      },
      'docker',
      '✖',
    ],
    ['a placeholder', { certificate: { notAfter: ago(-90 * day), placeholder: true } }, 'placeholder', '✖'],
    ['no certificate', { certificate: undefined }, 'no certificate', '✖'],
    ['a full disk', { disk: [{ path: '/', usedPercent: 90 }] }, '90 %', '✖'],
    ['a filling disk', { disk: [{ path: '/', usedPercent: 85 }] }, '85 %', '▲'],
    [
      'a timer that is not enabled',
      { timers: [{ name: 't', enabled: false, active: true }] },
      'not enabled',
      '✖',
    ],
    [
      'a timer without a next run',
      { timers: [{ name: 't', enabled: true, active: true }] },
      'no next run',
      '✖',
    ],
    [
      'a timer whose job failed',
      {
        timers: [
          { name: 't', enabled: true, active: true, next: ago(-9), last: ago(9), result: 'exit-code' },
        ],
      },
      'exit-code',
      '✖',
    ],
    [
      'a timer that has yet to run',
      { timers: [{ name: 't', enabled: true, active: true, next: ago(-9) }] },
      'not run yet',
      '▲',
    ],
    [
      'a job that never ran, though it was time',
      { timers: [{ name: 't', enabled: true, active: true, next: ago(-9), since: ago(26 * 3600) }] },
      'not run yet',
      '✖',
    ],
    [
      'a job that was started and did nothing',
      { timers: [{ name: 't', enabled: true, active: true, next: ago(-9), since: ago(9), started: ago(8) }] },
      'did nothing',
      '✖',
    ],
    [
      'a job that last worked too long ago',
      { timers: [{ name: 't', enabled: true, active: true, next: ago(-9), last: ago(100), staleAfter: 99 }] },
      'ran 100 s ago',
      '✖',
    ],
    [
      'a job that runs for the first time',
      { timers: [{ name: 't', enabled: true, active: true, next: ago(-9), running: true }] },
      'runs now',
      '●',
    ],
    [
      'another version than configured',
      { app: { name: 'm', version: '4.5.19', expected: '4.5.20' } },
      '4.5.19',
      '✖',
    ],
    ['no version', { app: { name: 'm' } }, 'unknown', '✖'],
    ['maintenance', { maintenance: { on: true, since: ago(600) } }, 'page is up since 2026-11-22 11:50', '▲'],
  ])('%s is seen', (_, change, about, sign) => {
    const status = { ...well, ...change };
    expect(line(status, about)).toContain(sign);
    expect(isBroken(status, now)).toBe(sign === '✖');
    expect(show(status).split('\n')[0]).toContain(sign);
  });

  it('takes nothing that is not there for well', () => {
    expect(isBroken({}, now)).toBe(true);
    expect(show({}).match(/✖/g)?.length).toBeGreaterThanOrEqual(8);
  });

  it('counts what waits apart from what waits for its time, and for ever', () => {
    const queues = [
      { name: 'default', size: 3 },
      { name: 'retry', size: 2, latency: 0 },
      { name: 'schedule', size: 5 },
      { name: 'dead', size: 1 },
    ];
    expect(show({ ...well, queues }).replaceAll(/\s+/g, ' ')).toContain(
      '1 queues 3 jobs wait, 2 to retry, 5 for later, 1 given up',
    );
  });

  it('names who issued the certificate, however openssl writes it', () => {
    for (const issuer of [
      "C = US, O = Let's Encrypt, CN = R11",
      "C=US,O=Let's Encrypt,CN=R11",
      "CN = Let's Encrypt",
    ])
      expect(line({ ...well, certificate: { notAfter: ago(-60 * day), issuer } }, 'left')).toMatch(
        /by Let's Encrypt$/,
      );
  });

  it('takes a null for what is not known', () => {
    const nothing = Object.fromEntries(Object.keys(well).map((key) => [key, null]));
    expect(readInstanceStatus(JSON.stringify(nothing))).toEqual({});
    const timers = [{ name: 't', enabled: true, active: true, next: null, last: null, result: 'success' }];
    const status = readInstanceStatus(JSON.stringify({ ...well, timers }));
    expect(line(status as InstanceStatus, 'no next run')).toContain('✖');
  });

  it('shows both machines of a stack, and what of the second is not there yet', () => {
    const standby: InstanceStatus = {
      role: 'secondary',
      domain: 'social.coop',
      disk: [{ path: '/', usedPercent: 7 }],
      timers: well.timers ?? [],
      refused: {},
    };
    const machines = [primary(well), { role: 'secondary', address: '198.51.100.7', status: standby }];
    const found = { stack: 'prod', expires: '2026-11-25', machines };
    const shown = showStatus(found, none, { now });
    const lines = shown.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(24);
    for (const text of lines) expect(text.length, text).toBeLessThanOrEqual(80);
    expect(shown).toMatch(/^primary · 203\.0\.113\.10$/m);
    expect(shown).toMatch(/^secondary · 198\.51\.100\.7$\nstandby +● idle +.*replication is not set up/m);
    expect(shown).toMatch(/^expires +▲ on 2026-11-25, in 4 days$/m);
    expect(shown).not.toContain('rehears');
    expect(isStackBroken(found, now)).toBe(false);
    const unreachable = {
      role: 'secondary',
      address: '198.51.100.7',
      unreachable: 'no connection: timed out',
    };
    const half = { stack: 'prod', machines: [primary(well), unreachable] };
    expect(showStatus(half, none, { now })).toMatch(/^connection +✖ none +no connection: timed out$/m);
    expect(isStackBroken(half, now)).toBe(true);
  });

  it('says what the machine finds wrong once, and what only the machine finds wrong too', () => {
    const problems = [
      { level: 'red' as const, about: 'services', text: 'web is exited' },
      { level: 'red' as const, about: 'services', text: 'web-9 does not exist' },
      { level: 'red' as const, about: 'backup', text: 'something new' },
    ];
    const shown = show({ ...well, services: [{ name: 'web', state: 'exited' }], problems });
    expect(shown.match(/exited/g)).toHaveLength(1);
    expect(shown).toMatch(/backup +✖ something new/);
  });

  it('folds jobs that wait for their first run', () => {
    const timers = ['a', 'b', 'c'].map((name) => ({ name, enabled: true, active: true, next: ago(-9) }));
    expect(show({ ...well, timers })).toMatch(/^jobs +▲ 3 to come +first run of a b c$/m);
  });

  it('shows each service when asked', () => {
    expect(show(well)).toMatch(/8 well +web web-2/);
    expect(show(well, { all: true })).toMatch(/redis +running, healthy/);
  });

  it('reads only what is a status', () => {
    expect(readInstanceStatus('{"domain":"a"}')).toEqual({ domain: 'a' });
    for (const text of ['', 'sudo: a password is required', '[]', 'null', '3'])
      expect(readInstanceStatus(text)).toBeUndefined();
  });
});

describe('colours', () => {
  it.each<[string, { isTTY?: boolean }, { color?: boolean }, NodeJS.ProcessEnv]>([
    ['piped', {}, {}, {}],
    ['with --no-color', { isTTY: true }, { color: false }, {}],
    ['with NO_COLOR', { isTTY: true }, {}, { NO_COLOR: '1' }],
    ['on a dumb terminal', { isTTY: true }, {}, { TERM: 'dumb' }],
  ])('are none when %s', (_, stream, options, env) => {
    expect(colorsFor(stream, options, env).red('x')).toBe('x');
  });

  it('are there on a terminal, and the text is the same', () => {
    const shown = showStatus(stackOf(well), colorsFor({ isTTY: true }, { color: true }, {}), { now });
    expect(shown).toContain('\u001b[32m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
    expect(shown.replaceAll(/\u001b\[\d+m/g, '')).toBe(show(well));
  });
});

describe('spans of time', () => {
  it.each([
    [0, '0 s'],
    [119, '119 s'],
    [121, '2 min'],
    [7200, '2 h'],
    [2 * day, '2 days'],
    [-5, '0 s'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(span(seconds)).toBe(text);
  });
});
