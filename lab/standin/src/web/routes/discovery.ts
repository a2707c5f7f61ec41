import { one } from '../../core/db.ts';
import { accountUri, localAccount } from '../../model/accounts.ts';
import { registrationsMode } from '../../model/settings.ts';
import type { Context } from '../context.ts';
import { HttpError, notFound } from '../errors.ts';
import { route } from '../router.ts';

async function webfinger(context: Context): Promise<void> {
  const { app } = context;
  const resource = context.url.searchParams.get('resource');
  if (!resource) throw new HttpError(400, 'resource is missing');
  const match = /^(?:acct:)?@?([^@]+)@(.+)$/.exec(resource);
  const byUrl = resource.startsWith(`${app.origin}/`)
    ? /\/(?:users\/|@)([^/]+)$/.exec(resource)?.[1]
    : undefined;
  const ours =
    match &&
    [app.env.localDomain, app.env.webDomain, ...app.env.alternateDomains].includes(
      match[2]?.toLowerCase() ?? '',
    );
  const name = byUrl ?? (ours ? match[1] : undefined);
  const account = name ? await localAccount(app, name) : undefined;
  if (!account) throw notFound();
  const self = accountUri(app, account);
  context.res.setHeader('cache-control', 'max-age=259200, public');
  context.json(
    {
      subject: `acct:${account.username}@${app.env.localDomain}`,
      aliases: [`${app.origin}/@${account.username}`, self],
      links: [
        {
          rel: 'http://webfinger.net/rel/profile-page',
          type: 'text/html',
          href: `${app.origin}/@${account.username}`,
        },
        { rel: 'self', type: 'application/activity+json', href: self },
      ],
    },
    200,
    'application/jrd+json',
  );
}

function hostMeta(context: Context): void {
  const template = `${context.app.origin}/.well-known/webfinger?resource={uri}`;
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n  <Link rel="lrdd" template="${template}"/>\n</XRD>\n`;
  context.res.setHeader('content-type', 'application/xrd+xml; charset=utf-8');
  context.res.end(body);
}

async function nodeinfo(context: Context): Promise<void> {
  const { app } = context;
  const counts = await one(
    app.db,
    `SELECT (SELECT count(*) FROM users WHERE confirmed_at IS NOT NULL) AS users,
      (SELECT count(*) FROM statuses WHERE local AND deleted_at IS NULL) AS statuses`,
  );
  context.json({
    version: '2.0',
    software: { name: app.env.version.hometown ? 'hometown' : 'mastodon', version: app.env.version.full },
    protocols: ['activitypub'],
    services: { outbound: [], inbound: [] },
    usage: {
      users: { total: Number(counts?.users), activeMonth: 0, activeHalfyear: 0 },
      localPosts: Number(counts?.statuses),
    },
    openRegistrations: (await registrationsMode(app.db, app.env)) !== 'none',
    metadata: { standIn: true, nodeName: 'Mastodon stand-in' },
  });
}

export const discoveryRoutes = [
  route('GET', '/.well-known/webfinger', webfinger),
  route('GET', '/.well-known/host-meta', hostMeta),
  route('GET', '/.well-known/nodeinfo', (context) =>
    context.json({
      links: [
        {
          rel: 'http://nodeinfo.diaspora.software/ns/schema/2.0',
          href: `${context.app.origin}/nodeinfo/2.0`,
        },
      ],
    }),
  ),
  route('GET', '/nodeinfo/2.0', nodeinfo),
];
