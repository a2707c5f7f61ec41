import type { App } from '../core/app.ts';
import { escapeHtml } from '../model/format.ts';

/** Every page says what this is. */
export const NOTICE = 'This is a stand-in for Mastodon, run by the lab. It is not Mastodon.';

export function page(app: App, title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)} - ${escapeHtml(app.env.localDomain)} (stand-in)</title>
<link rel="stylesheet" href="/packs/common-5f1c0a2e.css"><script defer src="/packs/application-9b3d7c41.js"></script>
</head><body><p class="stand-in">${NOTICE} Version ${escapeHtml(app.env.version.full)}.</p>
<main><h1>${escapeHtml(title)}</h1>
${body}
</main></body></html>
`;
}

export const errorPage = (app: App, status: number, message: string): string =>
  page(app, `${status}`, `<p>${escapeHtml(message)}</p>`);
