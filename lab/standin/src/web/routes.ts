import type { Route } from './router.ts';
import { accountRoutes } from './routes/accounts.ts';
import { activityPubRoutes } from './routes/activitypub.ts';
import { discoveryRoutes } from './routes/discovery.ts';
import { inboxRoutes } from './routes/inbox.ts';
import { instanceRoutes } from './routes/instance.ts';
import { mediaRoutes } from './routes/media.ts';
import { oauthRoutes } from './routes/oauth.ts';
import { pageRoutes } from './routes/pages.ts';
import { pushRoutes } from './routes/push.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { signUpRoutes } from './routes/sign-up.ts';
import { statusRoutes } from './routes/statuses.ts';
import { timelineRoutes } from './routes/timelines.ts';

export const routes = (): Route[] => [
  ...instanceRoutes,
  ...oauthRoutes,
  ...signUpRoutes,
  ...accountRoutes,
  ...mediaRoutes,
  ...statusRoutes,
  ...timelineRoutes,
  ...pushRoutes,
  ...discoveryRoutes,
  ...inboxRoutes,
  ...activityPubRoutes,
  ...sessionRoutes,
  ...pageRoutes,
];
