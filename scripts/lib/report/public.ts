import { pageOf } from './document.ts';
import { html } from './html.ts';
import { neverTestedForMembers } from './never-tested.ts';
import type { Report } from './schema.ts';
import { day, duration } from './words.ts';

/**
 * For members, to be posted: nothing of it but numbers, days and words of our own. What a machine said, and why something
 * failed, stay in the report: they may name hosts or people.
 */
function publicLines(report: Report): { title: string; lines: string[]; notTested: string[] } {
  const { started, result, rpoSeconds, ttrSeconds, checks, canaries } = report;
  const passed = checks.filter(({ status }) => status === 'passed').length;
  const open = report.checks.filter(({ status }) => status === 'not-tested').length;
  const notTested = [
    ...neverTestedForMembers(report),
    ...(open > 0 ? [`${open} of ${checks.length} checks`] : []),
  ];
  if (result === 'failed')
    return {
      title: `Our restore test of ${day(started)} failed.`,
      lines: ['Your posts are where they were: a test runs on a copy. We are looking into it.'],
      notTested,
    };
  return {
    title: `Our backups restore: tested on ${day(started)}.`,
    lines: [
      ...(ttrSeconds === undefined
        ? []
        : [`Time to rebuild the server from backups alone: ${duration(ttrSeconds)}.`]),
      ...(rpoSeconds === undefined
        ? []
        : [`Newest writes that would have been lost: ${duration(rpoSeconds)}.`]),
      `Checks passed on the copy: ${passed} of ${checks.length}.`,
      ...(canaries ? ['Nothing left the copy for the fediverse.'] : []),
    ],
    notTested,
  };
}

/** A text for a post: at most 500 characters, Mastodon's own limit. */
export function publicText(report: Report): string {
  const { title, lines, notTested } = publicLines(report);
  return `${[title, '', ...lines, '', `Not tested: ${notTested.join('; ')}.`].join('\n')}\n`;
}

/** The same as a page. */
export function publicPage(report: Report): string {
  const { title, lines, notTested } = publicLines(report);
  return pageOf(
    title,
    html`<h1>${title}</h1>
<ul>
${lines.map((line) => html`<li>${line}</li>\n`)}</ul>
<h2>What was not tested</h2>
<ul>
${notTested.map((line) => html`<li>${line}</li>\n`)}</ul>`,
  );
}
