import type { Version } from './types.ts';

const pattern = /^v?(\d+)\.(\d+)\.(\d+)(?:[-+][0-9A-Za-z.+-]+)?$/;

/** Reads `4.5.20` (also with a leading `v` or a suffix like `+hometown-1.2.1`); undefined when it is not a version. */
export function parseVersion(text: string): Version | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]), text };
}

/** Whether the version is the given minor release or a later one. */
export function since(version: Version, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}
