import { describe, expect, it } from 'vitest';
import { renderHost } from '../../../components/host/render.ts';
import { facts } from '../../fixtures/facts.ts';
import { at, files, type given } from '../support/rendered.ts';

describe('housekeeping', () => {
  const jobs = (retention: typeof given.config.retention) =>
    renderHost(facts({ config: { retention } }))
      .map(({ path }) => /\/(tootctl-[a-z-]+\.(?:service|timer))$/.exec(path)?.[1])
      .filter(Boolean);

  it('is there for what is kept for days, and not for what is kept for ever', () => {
    expect(jobs({ mediaDays: 0, profileDays: 0, previewCardDays: 0, statusDays: 0 })).toEqual([]);
    expect(jobs({ mediaDays: 0, profileDays: 3, previewCardDays: 0, statusDays: 90 })).toEqual([
      'tootctl-profiles.service',
      'tootctl-profiles.timer',
      'tootctl-statuses.service',
      'tootctl-statuses.timer',
    ]);
    expect(jobs({ mediaDays: 7, profileDays: 1, previewCardDays: 14, statusDays: 1 })).toHaveLength(8);
  });

  it('removes nothing that only members have', () => {
    const { content } = at('/opt/social.coop/libexec/housekeeping');
    const lines = content.split('\n').filter((line) => !line.startsWith('#'));
    expect(lines.join('\n')).not.toMatch(/orphans|cull|prune\b(?!-profiles)|purge|accounts/);
  });
});

describe('jobs and logs', () => {
  it('every timer has a calendar time, and an age after which its last success is too old', () => {
    for (const { path, content } of files.filter((file) => file.path.endsWith('.timer'))) {
      expect(content, path).toMatch(/^OnCalendar=/m);
      expect(Number(/^X-StaleAfterSec=(\d+)$/m.exec(content)?.[1]), path).toBeGreaterThanOrEqual(1800);
    }
  });

  it('keeps logs as many days as one setting says, in files that are no longer than a day', () => {
    const { content } = at(
      '/etc/systemd/journald.conf.d/social-coop.conf',
      renderHost(facts({ config: { logDays: 3 } })),
    );
    expect(content).toMatch(/^MaxRetentionSec=3day$/m);
    expect(content).toMatch(/^MaxFileSec=1day$/m);
    // nginx has no file of its own, and containers none either.
    const nginx = files.filter(({ path }) => path.startsWith('/etc/nginx/')).map((file) => file.content);
    for (const [line] of nginx.join('\n').matchAll(/^\s*(?:access|error)_log .*$/gm))
      expect(line).toMatch(/_log (?:off|syslog:)/);
    expect(at('/etc/docker/daemon.json').content).toContain('"log-driver": "journald"');
  });
});
