import type { App } from '../core/app.ts';
import { one } from '../core/db.ts';
import { httpRequest } from '../core/http.ts';
import { accountById, accountUri } from '../model/accounts.ts';
import { CONTENT_TYPE } from './document.ts';
import { userAgent } from './fetch.ts';
import { signRequest } from './signature.ts';

const FAILURES_KEY = 'exhausted_deliveries:';

/** POSTs one activity to one inbox, signed by its author; throws when it should be tried again. */
export async function deliver(app: App, body: string, accountId: string, inbox: string): Promise<void> {
  const url = new URL(inbox);
  if (await one(app.db, 'SELECT 1 FROM unavailable_domains WHERE domain = $1', [url.host])) return;
  const account = await accountById(app, accountId);
  if (!account?.private_key) return;
  const signed = signRequest(
    { method: 'POST', url, body },
    { id: `${accountUri(app, account)}#main-key`, privateKey: account.private_key },
  );
  const day = new Date().toISOString().slice(0, 10);
  try {
    const answer = await httpRequest(url, {
      method: 'POST',
      headers: { ...signed, 'content-type': CONTENT_TYPE, 'user-agent': userAgent(app) },
      body,
    });
    // 4xx other than these says: do not send this again
    const gaveUp = answer.status >= 400 && answer.status < 500 && ![401, 408, 429].includes(answer.status);
    if (answer.status >= 300 && !gaveUp) throw new Error(`${inbox} answered ${answer.status}`);
    await app.redis.del(FAILURES_KEY + url.host);
  } catch (error) {
    await app.redis.sadd(FAILURES_KEY + url.host, day);
    await markUnavailable(app, url.host);
    throw error;
  }
}

/** Seven days of failures, and a server is no longer delivered to: what a restored copy must not do to the world's view. */
async function markUnavailable(app: App, domain: string): Promise<void> {
  if ((await app.redis.scard(FAILURES_KEY + domain)) < 7) return;
  await app.db.query('INSERT INTO unavailable_domains (domain) VALUES ($1) ON CONFLICT DO NOTHING', [domain]);
}
