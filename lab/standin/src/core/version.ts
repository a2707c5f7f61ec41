import { Problem } from './problem.ts';

export interface Version {
  /** As `/api/v1/instance` reports it, e.g. `4.5.20` or `4.5.11+hometown-1.2.1`. */
  full: string;
  /** Minor release as one comparable number: 4.5 → 405. */
  minor: number;
  /** Hometown: has posts that stay on the instance. */
  hometown: boolean;
}

/** Parses a Mastodon-like version; a suffix after `+` or `-` is kept in `full`, and says whether it is Hometown's. */
export function parseVersion(text: string): Version {
  const match = /^v?(\d+)\.(\d+)\.(\d+)([+-][0-9A-Za-z.+-]+)?$/.exec(text.trim());
  if (!match)
    throw new Problem(
      `not a version: '${text}' — MASTODON_STANDIN_VERSION — give three numbers, like 4.5.20`,
    );
  return {
    full: text.trim().replace(/^v/, ''),
    minor: Number(match[1]) * 100 + Number(match[2]),
    hometown: match[4]?.includes('+hometown-') === true,
  };
}

export const minorName = (minor: number): string => `${Math.floor(minor / 100)}.${minor % 100}`;
