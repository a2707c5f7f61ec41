import { pageOf } from './document.ts';
import { type Html, html } from './html.ts';
import { states } from './page.ts';
import { type Point, plot } from './plot.ts';
import type { Report } from './schema.ts';
import { counted, duration, moment, stamp } from './words.ts';

/** reports/index.html: every rehearsal, the newest first, and how RPO and TTR went over time. */
export function historyPage(reports: readonly Report[], unreadable = 0): string {
  const oldestFirst = [...reports].sort((a, b) => Date.parse(a.started) - Date.parse(b.started));
  const last = oldestFirst.findLast(({ result }) => result === 'passed');
  const sources = [...new Set(reports.map(({ source }) => source))].join(', ');
  return pageOf(
    `Rehearsals${sources && ` of ${sources}`}`,
    html`<h1>Rehearsals${sources && ` of ${sources}`}</h1>
<p>${last ? html`Last one that passed: <strong>${moment(last.started)}</strong>.` : html`<strong>None has passed.</strong>`}${
      unreadable > 0 &&
      ` ${counted(unreadable, 'report')} could not be read and ${unreadable === 1 ? 'is' : 'are'} left out.`
    }</p>
${curve('rpo', 'RPO: data lost', oldestFirst, ({ rpoSeconds }) => rpoSeconds)}
${curve('ttr', 'TTR: time to restore', oldestFirst, ({ ttrSeconds }) => ttrSeconds)}
<p class="faint">A dot is a rehearsal that passed, a cross one that failed.</p>
<h2>All of them</h2>
${reports.length > 0 ? table(oldestFirst.toReversed()) : html`<p>None yet.</p>`}`,
  );
}

function curve(
  id: string,
  title: string,
  reports: Report[],
  value: (report: Report) => number | undefined,
): Html {
  const points = reports.flatMap((report): Point[] => {
    const found = value(report);
    return found === undefined
      ? []
      : [{ time: Date.parse(report.started), value: found, passed: report.result === 'passed' }];
  });
  return points.length === 0 ? html`` : html`<h2>${title}</h2>\n${plot(id, title, points)}`;
}

const table = (reports: Report[]): Html => html`<table>
<thead><tr><th scope="col">When</th><th scope="col">Result</th><th scope="col" class="number">RPO</th><th scope="col" class="number">TTR</th></tr></thead>
<tbody>
${reports.map(
  ({ started, source, result, rpoSeconds, ttrSeconds }) =>
    html`<tr><th scope="row"><a class="state" href="${stamp(started)}/index.html">${started.slice(0, 10)}</a> <small class="faint">${started.slice(11, 16)} ${source}</small></th><td class="state ${result}">${states[result]}</td>
<td class="number">${orDash(rpoSeconds)}</td><td class="number">${orDash(ttrSeconds)}</td></tr>\n`,
)}</tbody></table>`;

const orDash = (seconds: number | undefined) => (seconds === undefined ? '–' : duration(seconds));
