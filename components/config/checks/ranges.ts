import { contains, overlap, parseRange, type Range, range } from '../ranges.ts';
import type { Loose, Problem, StackConfig } from '../types.ts';

/** Space nobody routes on the Internet; 10.0.0.0/8 is left out because DigitalOcean's own networks lie in it. */
const PRIVATE = ['172.16.0.0/12', '192.168.0.0/16', '198.18.0.0/15', '100.64.0.0/10', 'fc00::/7'].map(range);

/** Ranges may not meet, SSH may not be open to the world, Docker's networks must fit and be private. */
export function checkRanges(config: Loose<StackConfig>): Problem[] {
  const ssh = (config.sshFrom ?? []).flatMap((text, index) => named(`sshFrom[${index}]`, text));
  const pools = [
    ...named('containerRange', config.containerRange),
    ...named('containerRange6', config.containerRange6),
  ];
  const [open, narrow] = [ssh.flatMap(checkWorld), ssh.filter((entry) => checkWorld(entry).length === 0)];
  return [...open, ...pools.flatMap(checkPool), ...checkOverlaps([...pools, ...narrow])];
}

interface Named {
  key: string;
  range: Range;
}

function named(key: string, text: string | undefined): Named[] {
  const parsed = text === undefined ? 'is missing' : parseRange(text);
  return typeof parsed === 'string' ? [] : [{ key, range: parsed }];
}

function checkWorld({ key, range }: Named): Problem[] {
  // Two halves of the world are the world, so a very short prefix counts as one.
  if (range.prefix >= (range.kind === 'ipv4' ? 8 : 16)) return [];
  return [
    {
      key,
      value: JSON.stringify(range.text),
      reason: 'opens SSH to the world',
      remedy:
        'name the ranges the admins come from, like 203.0.113.7/32; without a fixed one, use a VPN that has',
    },
  ];
}

function checkPool({ key, range }: Named): Problem[] {
  const kind = key === 'containerRange' ? 'ipv4' : 'ipv6';
  const widest = kind === 'ipv4' ? 22 : 60;
  const problem = (reason: string, remedy: string) => [
    { key, value: JSON.stringify(range.text), reason, remedy },
  ];
  if (range.kind !== kind)
    return problem(`is not ${kind === 'ipv4' ? 'IPv4' : 'IPv6'}`, 'write the other kind');
  if (range.prefix > widest) {
    return problem(
      'is too small for the networks of the containers',
      `take a prefix of /${widest} or shorter`,
    );
  }
  if (!PRIVATE.some((space) => contains(space, range))) {
    const space = PRIVATE.filter((entry) => entry.kind === kind).map((entry) => entry.text);
    return problem('is not private, or taken by the provider', `choose inside ${space.join(', ')}`);
  }
  return [];
}

function checkOverlaps(ranges: Named[]): Problem[] {
  return ranges.flatMap((later, index) =>
    ranges
      .slice(0, index)
      .filter((earlier) => overlap(earlier.range, later.range))
      .map((earlier) => ({
        key: later.key,
        value: JSON.stringify(later.range.text),
        reason: `overlaps ${earlier.key} (${earlier.range.text})`,
        remedy: 'choose ranges that share no address',
      })),
  );
}
