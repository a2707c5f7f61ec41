import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hetznerSizes } from '../../../components/machine/hetzner-sizes.ts';
import { sizeOf } from '../../../components/machine/size.ts';
import { chooseMachine, diskNeeded, priceOf } from '../../../scripts/lib/rehearse/machine.ts';
import { beganAt, rehearsalName } from '../../../scripts/lib/rehearse/names.ts';
import { ownerHere, ownerIn, stateOf, withOwner } from '../../../scripts/lib/rehearse/owner.ts';
import { backupFor } from '../../../scripts/lib/rehearse/window.ts';
import { marksOver, marksUpTo } from '../../../scripts/lib/report/axis.ts';

const backup = (label: string, ended: string, more = {}) => ({
  label,
  type: 'full',
  began: ended,
  ended,
  bytes: 1000,
  error: false,
  ...more,
});

describe('the moment to go back to', () => {
  const now = new Date('2026-11-23T04:00:00Z');
  const list = [
    backup('20261122-010000F_20261123-030000I', '2026-11-23T03:01:00Z', { bytes: 10 }),
    backup('20261122-010000F', '2026-11-22T01:02:00Z'),
    backup('20261122-010000F_20261122-120000D', '2026-11-22T12:01:00Z', { bytes: 100 }),
  ];

  it('begins with the newest backup, or the newest before it, and what that stands on', () => {
    expect(backupFor(list, 'prod', undefined, { now })).toEqual({ label: list[0]?.label, bytes: 1010 });
    expect(backupFor(list, 'prod', new Date('2026-11-22T20:00:00Z'), { now })).toEqual({
      label: list[2]?.label,
      bytes: 1100,
    });
  });

  it('begins with the backup that is named, unless it is none of them, or ended later', () => {
    const named = (backup: string, at?: string) => () =>
      backupFor(list, 'prod', at === undefined ? undefined : new Date(at), { backup, now });
    expect(named('20261122-010000F')()).toEqual({ label: '20261122-010000F', bytes: 1000 });
    expect(named('20261122-010000F', '2026-11-22T20:00:00Z')().label).toBe('20261122-010000F');
    expect(named('20261101-010000F')).toThrow(
      /no backup to begin with — --backup 20261101-010000F — prod has: 20261122-010000F, .*nothing was made/,
    );
    expect(named('20261122-010000F_20261123-030000I', '2026-11-22T20:00:00Z')).toThrow(
      /prod has, ended by then: 20261122-010000F, 20261122-010000F_20261122-120000D; nothing/,
    );
  });

  it.each(['2026-11-22T01:01:00Z', '2026-11-23T04:00:01Z'])('refuses %s, and names the window', (at) => {
    expect(() => backupFor(list, 'prod', new Date(at), { now })).toThrow(
      /--at .*2026-11-22 01:02 UTC to 2026-11-23 04:00 UTC; nothing was made/,
    );
  });

  it('ends when the source last archived: what is not in the bucket yet comes back for nobody', () => {
    const live = { archived: new Date('2026-11-23T03:30:00Z') };
    const to = (at: string) => () => backupFor(list, 'prod', new Date(at), { now, live });
    expect(to('2026-11-23T03:30:00Z')().label).toBe(list[0]?.label);
    expect(to('2026-11-23T03:30:01Z')).toThrow(
      /to 2026-11-23 03:30 UTC, when it last archived; nothing was made/,
    );
  });

  it('refuses backups of another database, and of a PostgreSQL that is not here', () => {
    const of = (more: object) => [
      backup('x', '2026-11-22T01:02:00Z', { system: 7, postgres: '17', ...more }),
    ];
    const live = { system: 7 };
    expect(backupFor(of({}), 'prod', undefined, { now, live }).label).toBe('x');
    expect(() => backupFor(of({ system: 8 }), 'prod', undefined, { now, live })).toThrow(
      /of another database .* cluster 8, prod runs 7 .* nothing was made/,
    );
    expect(() => backupFor(of({ postgres: '16' }), 'prod', undefined, { now, live })).toThrow(
      /made by PostgreSQL 16, this checkout brings 17 .* nothing was made/,
    );
  });

  it('begins after a major upgrade: older backups are of another cluster', () => {
    const upgraded = [
      backup('old', '2026-11-20T01:02:00Z', { system: 6, postgres: '16' }),
      backup('new', '2026-11-22T01:02:00Z', { system: 7, postgres: '17' }),
    ];
    expect(() => backupFor(upgraded, 'prod', new Date('2026-11-21T00:00:00Z'), { now })).toThrow(
      /any moment from 2026-11-22 01:02 UTC/,
    );
  });

  it('refuses a repository without a backup, and a damaged backup', () => {
    expect(() => backupFor([], 'prod', undefined, { now })).toThrow(/no backup yet .* instance backup full/);
    expect(() => backupFor([backup('x', '2026-11-22T01:02:00Z', { error: true })], 'prod')).toThrow(
      /damaged/,
    );
  });
});

describe('the machine', () => {
  const droplet = { provider: 'digitalocean', region: 'ams3', size: 's-4vcpu-8gb' } as const;
  const server = { provider: 'hetzner', region: 'nbg1', size: 'cpx42' } as const;
  const there = { provider: 'hetzner' } as const;

  it('is like its source where the provider is the same, else a usual one near the bucket', () => {
    expect(chooseMachine({}, droplet, 'fra1', 1e9)).toEqual(droplet);
    expect(chooseMachine({}, server, 'fra1', 1e9)).toEqual({ ...droplet, region: 'fra1' });
    expect(chooseMachine(there, server, 'fra1', 1e9)).toEqual(server);
    expect(chooseMachine(there, droplet, 'ams3', 1e9)).toEqual({ ...there, region: 'fsn1', size: 'cpx32' });
  });

  it('is a larger one where the usual disk is too small, of the same kind of processor', () => {
    expect(diskNeeded(150e9)).toBe(209);
    for (const [wishes, source] of [
      [{}, droplet],
      [there, server],
    ] as const) {
      const { size, provider } = chooseMachine(wishes, source, 'fra1', 300e9);
      expect(size).not.toBe(source.size);
      expect(sizeOf({ provider, region: '', size })?.diskGb).toBeGreaterThanOrEqual(diskNeeded(300e9));
    }
    const arm = { provider: 'hetzner', region: 'fsn1', size: 'cax21' };
    expect(chooseMachine(there, arm, 'fra1', 150e9).size).toBe('cax41');
  });

  it('is one that is sold in its region', () => {
    const { region, size } = chooseMachine(there, droplet, 'nyc3', 1e9);
    expect(region).toBe('ash');
    expect(hetznerSizes[size]?.regions).toContain('ash');
    expect(() => chooseMachine({ ...there, region: 'ash', size: 'cpx32' }, droplet, 'fra1', 1e9)).toThrow(
      /not sold there — --size cpx32 in --region ash — take c\S+; nothing was made/,
    );
  });

  it('is as asked for, unless the disk is too small: then it says what would do', () => {
    expect(chooseMachine({ size: 's-2vcpu-4gb', region: 'lon1' }, droplet, 'fra1', 1e9)).toMatchObject({
      size: 's-2vcpu-4gb',
      region: 'lon1',
    });
    expect(() => chooseMachine({ size: 's-4vcpu-8gb' }, droplet, 'fra1', 150e9)).toThrow(
      /160 GB, the restore wants 209 GB — take \S+vcpu\S+; nothing was made/,
    );
    for (const wishes of [{}, there])
      expect(() => chooseMachine(wishes, droplet, 'fra1', 9e15)).toThrow(/too small/);
  });

  it('refuses what its provider does not have', () => {
    const wrong = [
      { size: 'huge' },
      { region: 'moon1' },
      { ...there, region: 'fra1' },
      { ...there, size: 's-4vcpu-8gb' },
    ];
    for (const wish of wrong)
      expect(() => chooseMachine(wish, droplet, 'fra1', 1)).toThrow(/no such .*nothing was made/);
  });

  it('has a price by the hour, and for as long as it could be left', () => {
    expect(priceOf(droplet, 6)).toMatch(
      /^USD 0\.07 an hour \(s-4vcpu-8gb\); USD 0\.43 if it were left for 6 h/,
    );
    // Its address is an item of its own.
    expect(priceOf({ ...server, size: 'cpx32' }, 6)).toMatch(
      /^EUR 0\.06 an hour, at least one \(cpx32\); EUR 0\.35 if it were left for 6 h/,
    );
    expect(priceOf({ ...server, region: 'ash' }, 6)).toMatch(/not known/);
  });
});

describe('a rehearsal', () => {
  it('is called by the moment it began', () => {
    const began = new Date('2026-11-23T04:15:07.9Z');
    expect(rehearsalName(began)).toBe('rehearsal-20261123-041507');
    expect(beganAt('rehearsal-20261123-041507')?.toISOString()).toBe('2026-11-23T04:15:07.000Z');
    for (const other of ['rehearsal', 'rehearsal-1', 'prod', 'rehearsal-20269923-041507'])
      expect(beganAt(other)).toBeUndefined();
  });

  it('is somebody’s: of a process here, of one that is gone, of another computer, or kept', () => {
    const owner = ownerHere('prod');
    expect(ownerIn(withOwner('config: {}\n', owner))).toEqual(owner);
    expect(withOwner(withOwner('config: {}\n', owner), owner).match(/coop rehearse/g)).toHaveLength(1);
    expect(ownerIn('config: {}\n')).toBeUndefined();
    expect(ownerIn('# coop rehearse: {"pid"\n')).toBeUndefined();
    expect(stateOf(owner)).toBe('running');
    expect(stateOf({ ...owner, since: '1' })).toBe('gone');
    expect(stateOf({ ...owner, pid: 2 ** 30 })).toBe('gone');
    expect(stateOf({ ...owner, host: 'other' })).toBe('elsewhere');
    expect(stateOf(undefined)).toBe('elsewhere');
    const kept = { ...owner, pid: 2 ** 30, keptUntil: '2026-11-23T10:00:00Z' };
    expect(stateOf(kept, new Date('2026-11-23T09:00:00Z'))).toBe('kept');
    expect(stateOf(kept, new Date('2026-11-23T11:00:00Z'))).toBe('gone');
  });
});

it('a rehearsal whose process is dead is gone, also when nobody has fetched what is left of it', async () => {
  const parent = spawn('bash', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
    const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    await expect.poll(() => stat()[0]).toBe('Z');
    expect(stateOf({ ...ownerHere('prod'), pid, since: String(stat()[19]) })).toBe('gone');
  } finally {
    parent.kill();
  }
});

describe('an axis', () => {
  it.each([
    [139, [0, 60, 120]],
    [7, [0, 2, 4, 6]],
    [0.3, [0, 0.1, 0.2, 0.30000000000000004]],
    [900_000, [0, 259_200, 518_400, 777_600]],
  ])('of %d seconds has round marks', (seconds, marks) => expect(marksUpTo(seconds, 4)).toEqual(marks));

  it('reaches over its largest value', () => {
    expect(marksOver(121, 3)).toEqual([0, 60, 120, 180]);
    expect(marksOver(120, 3)).toEqual([0, 60, 120]);
  });
});
