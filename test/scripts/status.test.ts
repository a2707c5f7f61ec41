import { describe, expect, it } from 'vitest';
import { type InstanceStatus, readInstanceStatus } from '../../scripts/lib/instance-status.ts';
import { isBroken as isStackBroken, showStatus } from '../../scripts/lib/show-status.ts';
import { ago, day, isBroken, line, none, now, primary, show, well } from './shown-status.ts';

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
    // Whoever stands by has no backups to restore.
    expect(shown.match(/^rehearsal +● last +passed 3 days ago, RPO 4 s, TTR 2 min$/gm)).toHaveLength(1);
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

  it('asks a fenced copy for nothing that it cannot have', () => {
    const { site, certificate, backup, maintenance, rehearsal, ...kept } = well;
    const copy = { ...kept, copyOf: 'prod' };
    expect(show(copy)).toMatch(/^staging · staging\.social\.coop +● healthy$/m);
    expect(show(copy)).not.toMatch(/^(?:maintenance|site|backup|certificate|rehearsal)/m);
    expect(isBroken(copy, now)).toBe(false);
    expect(isBroken({ ...copy, queues: undefined }, now)).toBe(true);
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
