import type { AppName } from '../config.ts';
import { mastodon } from './mastodon.ts';
import type { App } from './types.ts';

/** Every app a stack can run, by its name in the configuration. */
export const apps: Record<AppName, App> = { mastodon };

export { checkProcesses, type ProcessLimits } from './check.ts';
export { resolveProcesses } from './resolve.ts';
export type * from './types.ts';
export { parseVersion, since } from './version.ts';
