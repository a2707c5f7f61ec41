import type { App } from '../core/app.ts';
import { one } from '../core/db.ts';
import { httpRequest } from '../core/http.ts';
import { INSTANCE_ACTOR } from '../schema/seed.ts';
import type { Json } from './document.ts';
import { signRequest } from './signature.ts';

export const userAgent = (app: App): string =>
  `Mastodon-stand-in/${app.env.version.full} (https://${app.env.webDomain}/)`;

/** Fetches a document of another server, signed by the instance's own actor. */
export async function fetchJson(app: App, address: string, accept: string): Promise<Json> {
  const url = new URL(address);
  if (url.protocol !== 'https:') throw new Error(`${address} is not https`);
  const actor = await one(app.db, 'SELECT private_key FROM accounts WHERE id = $1', [INSTANCE_ACTOR]);
  const signed = actor?.private_key
    ? signRequest(
        { method: 'GET', url },
        { id: `${app.origin}/actor#main-key`, privateKey: actor.private_key },
      )
    : {};
  const answer = await httpRequest(url, { headers: { ...signed, accept, 'user-agent': userAgent(app) } });
  if (answer.status !== 200) throw new Error(`${address} answered ${answer.status}`);
  return JSON.parse(answer.body.toString('utf8')) as Json;
}
