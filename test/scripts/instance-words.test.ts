import { describe, expect, it } from 'vitest';
import { VisibleError } from '../../components/errors.ts';
import { driftWords, logsWords, maintenanceWords, tootctlWords } from '../../scripts/lib/instance-words.ts';

describe('what is asked of the machine', () => {
  it('logs: services first, then how', () => {
    expect(logsWords([], {}).join(' ')).toBe('instance logs');
    expect(logsWords(['web'], { follow: true, since: '1 hour ago', lines: '20' })).toEqual([
      'instance',
      'logs',
      'web',
      '-f',
      '--since',
      '1 hour ago',
      '--lines',
      '20',
    ]);
  });

  it.each([
    ['an option in the place of a service', () => logsWords(['--since'], {})],
    ['a number that is none', () => logsWords([], { lines: 'many' })],
    ['another state of the page', () => maintenanceWords('maybe')],
    ['another action on drift', () => driftWords('adopt', '/etc/motd')],
    ['drift without a path', () => driftWords('keep', undefined)],
    ['drift with a relative path', () => driftWords('revert', 'etc/motd')],
  ])('%s is refused here', (_, build) => {
    expect(build).toThrow(VisibleError);
  });

  it('drift shows differences unless told otherwise', () => {
    expect(driftWords(undefined, undefined).join(' ')).toBe('instance drift diff');
    expect(driftWords('revert', '/etc/motd').join(' ')).toBe('instance drift revert /etc/motd');
  });
});

describe('tootctl', () => {
  it.each([
    ['self-destruct'],
    ['self_destruct'],
    ['self-d'],
    ['self'],
    ['sel'],
    ['SELF-DESTRUCT'],
    ['--verbose', 'self-destruct'],
    ['help', 'self-destruct'],
    ['--dry-run', 'true', 'self_destruct'],
  ])('%s is refused: tootctl takes any beginning of a command', (...words) => {
    expect(() => tootctlWords(words)).toThrow(/self-destruct is out of reach/);
  });

  it.each([
    [['search', 'deploy']],
    [['settings', 'registrations', 'close']],
    [['accounts', 'modify', 'selfie']],
  ])('%j is not', (words) => {
    expect(tootctlWords(words)).toEqual(['instance', 'tootctl', ...words]);
  });

  it('brings over that nobody shall be asked, in front of the words', () => {
    expect(tootctlWords(['accounts', 'delete', 'ana'], true).join(' ')).toBe(
      'instance tootctl --yes accounts delete ana',
    );
  });
});
