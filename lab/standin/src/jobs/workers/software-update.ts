import type { App } from '../../core/app.ts';
import { httpRequest } from '../../core/http.ts';

/** Asks for new releases where UPDATE_CHECK_URL is set: a stand-in has no business at Mastodon's own address. */
export async function checkForUpdates(app: App): Promise<void> {
  const address = process.env.UPDATE_CHECK_URL;
  if (!address) return;
  const url = new URL(address);
  url.searchParams.set('version', app.env.version.full);
  await httpRequest(url);
}
