import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { rehearsalBed, usual } from './bed.ts';

// A rehearsal is taken down however it ends, and by nobody while it is wanted.

const { place, rehearse, traces, begun } = rehearsalBed();
vi.setConfig({ testTimeout: 120_000 });

describe('told to stop', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s it leaves nothing', async (signal) => {
    const { child, ended, said } = await begun();
    expect(traces()).toHaveLength(2);
    child.kill(signal);
    expect(await ended).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(said()).toContain('nothing is left of the rehearsal');
    expect(traces()).toEqual([]);
    expect(existsSync(join(place().projectDir, 'reports'))).toBe(false);
  });

  it('by a terminal that is closed it leaves nothing, though nobody reads what it says any more', async () => {
    const { child, ended } = await begun();
    child.stdout.destroy();
    child.stderr.destroy();
    child.kill('SIGHUP');
    expect(await ended).toBe(129);
    expect(traces()).toEqual([]);
  });

  it('outright, it is found by --cleanup, which stops the engine that was left at work', async () => {
    const { child, ended } = await begun();
    child.kill('SIGKILL');
    await ended;
    expect(traces()).toHaveLength(2);
    const said = rehearse(['--cleanup']);
    expect(said.stderr).toMatch(/left behind: rehearsal-\S+ .*its coop is gone[\s\S]*nobody can be asked/);
    expect(traces()).toHaveLength(2);
    const done = rehearse(['--cleanup', '--yes']);
    expect(done.stderr).toMatch(/engine that was left at work/);
    expect(done.stdout).toMatch(/^gone: rehearsal-/);
    expect(traces()).toEqual([]);
    expect(rehearse(['--cleanup']).stdout).toBe('nothing was left behind\n');
  });

  it('outright, it is taken down by the next rehearsal', async () => {
    const { child, ended } = await begun();
    child.kill('SIGKILL');
    await ended;
    const said = rehearse(usual);
    expect(said.stderr).toMatch(/left behind: rehearsal-/);
    expect(said.status).toBe(0);
    expect(traces()).toEqual([]);
  });
});

describe('two at once', () => {
  it('do not meet: neither takes the other for one that was left behind', async () => {
    const { child, ended } = await begun();
    const other = rehearse(usual);
    expect(other.status, other.stderr).toBe(0);
    expect(other.stderr).not.toContain('left behind');
    expect(traces()).toHaveLength(2);
    const [running] = readdirSync(join(place().root, 'state')).filter((name) => name.startsWith('rehearsal'));
    const refused = rehearse(['--cleanup', running as string, '--yes']);
    expect(refused.stderr).toMatch(/still running here/);
    child.kill('SIGTERM');
    await ended;
    expect(traces()).toEqual([]);
  });
});

describe('--keep', () => {
  it('leaves the copy, says until when and how it goes, and the next one leaves it alone', () => {
    const said = rehearse([...usual, '--keep']);
    const stack = /(rehearsal-\S+) is kept, and costs, until \S+ \S+ UTC/.exec(said.stdout)?.[1] as string;
    expect(said.stdout).toContain(`coop rehearse --cleanup ${stack}`);
    expect(traces()).toHaveLength(2);
    expect(rehearse(usual).stderr).toMatch(`left alone: ${stack}`);
    expect(traces()).toHaveLength(2);
    expect(rehearse(['--cleanup', stack, '--yes']).stdout).toBe(`gone: ${stack}\n`);
    expect(traces()).toEqual([]);
  });
});

it('--cleanup refuses what is no rehearsal', () => {
  for (const name of ['staging', 'rehearsal-20200101-000000'])
    expect(rehearse(['--cleanup', name, '--yes'])).toMatchObject({ status: 1 });
});
