import { describe, expect, it } from 'vitest';
import type { InstanceStatus, Rehearsal } from '../../scripts/lib/instance-status.ts';
import { ago, day, isBroken, line, now, show, well } from './shown-status.ts';

/** A machine whose last rehearsal was a minute ago, but for what is changed of it. */
function rehearsed(change: Partial<Rehearsal>, passedAgo?: number): Partial<InstanceStatus> {
  const last: Rehearsal = { ended: ago(60), result: 'passed', rpoSeconds: 4, ttrSeconds: 52, ...change };
  const passed: Rehearsal | undefined =
    passedAgo === undefined ? undefined : { ...last, ended: ago(passedAgo), result: 'passed' };
  return { rehearsal: { since: ago(90 * day), last, ...(passed ? { passed } : {}) } };
}

describe('coop status', () => {
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
    ['an old backup', { backup: { last: ago(9 * day), walAge: 1, heartbeatAge: 1 } }, '9 days ago', '✖'],
    [
      'WAL that fails to leave',
      { backup: { last: ago(1), walAge: 1, heartbeatAge: 1, failing: true } },
      'archiving fails',
      '✖',
    ],
    [
      'WAL of a database that is idle, or stuck',
      { backup: { last: ago(1), walAge: 3601, heartbeatAge: 1 } },
      'archived',
      '▲',
    ],
    ['a heartbeat that stopped', { backup: { last: ago(1), walAge: 1, heartbeatAge: 90 } }, '90 s ago', '✖'],
    ['no heartbeat at all', { backup: { last: ago(1), walAge: 1 } }, 'heartbeat', '✖'],
    ['WAL never archived', { backup: { last: ago(1), heartbeatAge: 1 } }, 'not archived', '✖'],
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
      'a job of every hour that never ran in three',
      {
        timers: [
          {
            name: 't',
            enabled: true,
            active: true,
            next: ago(-9),
            since: ago(3 * 3600 + 1),
            staleAfter: 3 * 3600,
          },
        ],
      },
      'not run yet',
      '✖',
    ],
    [
      'a job of every week whose first day is still to come',
      {
        timers: [
          { name: 't', enabled: true, active: true, next: ago(-9), since: ago(6 * day), staleAfter: 9 * day },
        ],
      },
      'not run yet',
      '▲',
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
      'a job that runs, so that its timer has no next time',
      { timers: [{ name: 't', enabled: true, active: true, running: true }] },
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
    ['backups that nobody has restored yet', { rehearsal: { since: ago(34 * day) } }, 'coop rehearse', '▲'],
    ['backups that nobody ever restored', { rehearsal: { since: ago(36 * day) } }, 'coop rehearse', '✖'],
    ['a rehearsal nobody knows of', { rehearsal: undefined }, 'not known', '▲'],
    ['a rehearsal of long ago', rehearsed({ ended: ago(36 * day) }), '36 days ago', '✖'],
    ['one of a month ago', rehearsed({ ended: ago(34 * day) }), 'passed 34 days ago, RPO 4 s, TTR 52 s', '●'],
    [
      'a rehearsal that failed',
      rehearsed({ result: 'failed' }, 9 * day),
      'failed 60 s ago; passed 9 days',
      '✖',
    ],
    ['one that never passed', rehearsed({ result: 'failed' }), 'never passed', '✖'],
    ['maintenance', { maintenance: { on: true, since: ago(600) } }, 'page is up since 2026-11-22 11:50', '▲'],
  ])('%s is seen', (_, change, about, sign) => {
    const status = { ...well, ...change };
    expect(line(status, about)).toContain(sign);
    expect(isBroken(status, now)).toBe(sign === '✖');
    expect(show(status).split('\n')[0]).toContain(sign);
  });
});
