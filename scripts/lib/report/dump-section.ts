import { type Html, html } from './html.ts';
import type { Report } from './schema.ts';
import { moment, size } from './words.ts';

const results = {
  restored: '✓ restored',
  truncated: '✗ truncated',
  unusable: '✗ unusable',
  'not tried': '– not needed',
} as const;

/** Every dump that was there, and what became of it. */
export function dumpSection(dumps: NonNullable<Report['dumps']>): Html {
  return html`<h2>Which dumps were there</h2>
<table><thead><tr><th scope="col">Dump</th><th scope="col">What it is</th><th scope="col" class="number">Size</th><th scope="col">Result</th></tr></thead>
<tbody>
${dumps.map(
  ({ key, format, compression, server, at, bytes, stale, result, reason }) =>
    html`<tr><td>${key}<small class="faint">${moment(at)}${stale && ', stale'}</small></td><td>${format}${compression !== 'none' && `, ${compression}`}${server && `, PostgreSQL ${server}`}</td><td class="number">${size(bytes)}</td><td>${results[result]}${reason && html`<small>${reason}</small>`}</td></tr>\n`,
)}</tbody></table>`;
}
