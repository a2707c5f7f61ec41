import type { App } from '../core/app.ts';
import type { Row } from '../core/db.ts';

/** Hometown's local-only posts: members see them, no other server and no visitor does. Mastodon knows nothing of them. */
export const isLocalOnly = (app: App, status: Row): boolean =>
  app.env.version.hometown && status.local_only === true;

/** SQL that leaves such posts out of what the world sees; `table` names the statuses. */
export const forTheWorld = (app: App, table = 'statuses'): string =>
  app.env.version.hometown ? ` AND NOT ${table}.local_only` : '';
