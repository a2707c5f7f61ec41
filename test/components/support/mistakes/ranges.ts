import type { Mistake } from './mistake.ts';

/** Ranges of SSH and of containers. */
export const ranges: Mistake[] = [
  ['SSH open to the world', { sshFrom: ['0.0.0.0/0'] }, 'sshFrom[0]', /opens SSH to the world/],
  ['SSH open to the world by IPv6', { sshFrom: ['203.0.113.7/32', '::/0'] }, 'sshFrom[1]', /opens SSH/],
  [
    'SSH open to the world in two halves',
    { sshFrom: ['0.0.0.0/1', '128.0.0.0/1'] },
    'sshFrom[1]',
    /opens SSH/,
  ],
  ['SSH from nowhere', { sshFrom: [] }, 'sshFrom', /is missing/],
  ['a range without a prefix', { sshFrom: ['203.0.113.7'] }, 'sshFrom[0]', /no prefix/],
  [
    'a range with bits behind its prefix',
    { sshFrom: ['203.0.113.7/24'] },
    'sshFrom[0]',
    /203\.0\.113\.0\/24/,
  ],
  ['a range that is none', { sshFrom: ['203.0.113.999/32'] }, 'sshFrom[0]', /not a range/],
  [
    'ranges of SSH that overlap',
    { sshFrom: ['203.0.113.0/24', '203.0.113.7/32'] },
    'sshFrom[1]',
    /overlaps sshFrom\[0\]/,
  ],
  ['SSH from inside the containers', { sshFrom: ['198.19.4.0/24'] }, 'sshFrom[0]', /overlaps containerRange/],
  ['a container range of the wrong kind', { containerRange: 'fd00:1::/48' }, 'containerRange', /not IPv4/],
  ['container ranges that overlap', { containerRange6: '198.19.0.0/20' }, 'containerRange6', /not IPv6/],
  ['a container range that is too small', { containerRange: '172.20.0.0/24' }, 'containerRange', /too small/],
  ['a container range others live in', { containerRange: '8.8.0.0/16' }, 'containerRange', /not private/],
  [
    'a container range of the provider',
    { containerRange: '10.20.0.0/16' },
    'containerRange',
    /taken by the provider/,
  ],
];
