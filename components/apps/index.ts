import { hometown } from './hometown.ts';
import { mastodon } from './mastodon.ts';
import type { App } from './types.ts';

// A further app is a file beside these and a word in this line: docs/adding-an-app.md.
const all = { mastodon, hometown } satisfies Record<string, App>;

export type AppName = keyof typeof all;

/** Every app a stack can run, by its name in the configuration. */
export const apps: Record<AppName, App> = all;

export { checkProcesses, type ProcessLimits } from './check.ts';
export { checkVersion } from './check-version.ts';
export { resolveProcesses } from './resolve.ts';
export type * from './types.ts';
export { parseVersion, since } from './version.ts';
