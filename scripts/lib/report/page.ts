import { pageOf } from './document.ts';
import { dumpSection } from './dump-section.ts';
import { fenceSection } from './fence-section.ts';
import { type Html, html } from './html.ts';
import { countsForTtr } from './phases.ts';
import type { Check, Phase, Report } from './schema.ts';
import { timeline } from './timeline.ts';
import { counted, duration, moment, size } from './words.ts';

/** index.html of one rehearsal: everything in one file, for a browser of any width. */
export function reportPage(report: Report): string {
  const { source, checks } = report;
  return pageOf(
    `Rehearsal of ${source}: ${report.result}`,
    html`${head(report)}
${figures(report)}
${report.dumps && dumpSection(report.dumps)}
<h2>How the time went</h2>
${report.phases.length > 0 ? html`${timeline(report.phases)}${phaseTable(report)}` : html`<p>Nothing was begun.</p>`}
<h2>What was checked</h2>
${checks.length > 0 ? checkTable(checks) : html`<p>No check ran.</p>`}
<h2>The fence</h2>
${fenceSection(report.canaries)}
<h2>What was not tested</h2>
<ul>
${report.notTested.map(({ what, why }) => html`<li><strong>${what}</strong>: ${why}</li>\n`)}</ul>
<h2>What ran</h2>
${facts(report)}
<p class="links"><a href="report.json">The same for programs</a> · <a href="public.html">for members</a> · <a href="../index.html">all rehearsals</a></p>`,
  );
}

/** Never by colour alone. */
export const states: Record<Check['status'], string> = {
  passed: '✓ passed',
  failed: '✗ failed',
  'not-tested': '– not tested',
};

const verdict = (result: Report['result']): Html =>
  html`<span class="verdict ${result}">${states[result]}</span>`;

function head({ source, started, at, backup, result, failure }: Report): Html {
  const asked = at ? html` as of <strong>${moment(at)}</strong>` : html` as new as they were`;
  const begun = backup && html` beginning with <strong>${backup}</strong>,`;
  return html`<h1>Rehearsal of ${source}</h1>
<p>${verdict(result)} <span class="faint">${moment(started)}</span></p>
<p>The backups of <strong>${source}</strong>,${asked},${begun} were restored to a machine of their own behind a fence.</p>
${failure && html`<div class="why" role="note"><strong>Why it failed:</strong> ${failure}</div>`}`;
}

function figures({ rpoSeconds, rpoFrom, at, ttrSeconds, sizes, phases, checks, dumps }: Report): Html {
  const fetch = phases.find(({ name }) => name === 'fetch')?.seconds;
  const media = phases.find(({ name }) => name === 'media');
  const ran = checks.filter(({ status }) => status === 'passed').length;
  const until = at ? 'the time asked for' : dumps ? 'when the dumps were listed' : 'the end of the replay';
  const fetched = dumps ? sizes.repositoryBytes : sizes.databaseBytes;
  return html`<dl class="figures">
${figure('RPO: data lost', rpoSeconds === undefined ? 'not known' : duration(rpoSeconds), rpoFrom && `from the newest ${rpoFrom} to ${until}`)}
${figure('TTR: time to restore', ttrSeconds === undefined ? 'not reached' : duration(ttrSeconds), 'from no machine to verified')}
${
  sizes.databaseBytes !== undefined &&
  figure(
    'Database',
    size(sizes.databaseBytes),
    fetch && fetched ? `fetched at ${size(fetched / fetch)} a second` : undefined,
  )
}
${sizes.repositoryBytes !== undefined && figure('Backup in the bucket', size(sizes.repositoryBytes), sizes.walBytes !== undefined && `and ${size(sizes.walBytes)} of WAL`)}
${media?.bytes !== undefined && figure('Media', size(media.bytes), mediaPace(media))}
${figure('Checks passed', `${ran} of ${checks.length}`, undefined)}
</dl>`;
}

const mediaPace = ({ bytes = 0, objects, seconds }: Phase): string =>
  [
    ...(objects === undefined ? [] : [`${counted(objects, 'file')}`]),
    ...(seconds > 0 ? [`copied at ${size(bytes / seconds)} a second`] : []),
  ].join(', ');

const figure = (name: string, value: string, more: string | undefined | false): Html =>
  html`<div><dt>${name}</dt><dd>${value}${more && html`<small>${more}</small>`}</dd></div>`;

function phaseTable({ phases, started, ttrSeconds }: Report): Html {
  return html`<details><summary>The same in figures</summary>
<table><thead><tr><th scope="col">Phase</th><th scope="col" class="number">after</th><th scope="col" class="number">took</th></tr></thead>
<tbody>
${phases.map(
  (
    phase,
  ) => html`<tr><th scope="row">${phase.name}${!countsForTtr(phase) && html` <span class="faint">(not in TTR)</span>`}</th>
<td class="number">${duration(Math.max(0, (Date.parse(phase.start) - Date.parse(started)) / 1000))}</td><td class="number">${duration(phase.seconds)}</td></tr>
`,
)}${ttrSeconds !== undefined && html`<tr><th scope="row">TTR</th><td></td><td class="number">${duration(ttrSeconds)}</td></tr>`}
</tbody></table></details>`;
}

function checkTable(checks: readonly Check[]): Html {
  const order: Check['status'][] = ['failed', 'not-tested', 'passed'];
  const sorted = [...checks].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  return html`<table class="cards"><caption>${counted(checks.length, 'check')}; what failed comes first</caption>
<thead><tr><th scope="col">Check</th><th scope="col">Result</th><th scope="col">Figure</th></tr></thead>
<tbody>
${sorted.map(
  ({
    check,
    status,
    figure,
    reason,
  }) => html`<tr><th scope="row">${check}</th><td class="state ${status}">${states[status]}</td>
<td class="wide">${[figure, reason].filter(Boolean).join(': ')}</td></tr>
`,
)}</tbody></table>`;
}

function facts({ stack, started, ended, machine, versions, clocks }: Report): Html {
  const rows: [string, string | undefined][] = [
    ['stack', stack],
    ['machine', [machine.provider, machine.size, machine.region].filter(Boolean).join(' · ')],
    ['began', moment(started)],
    ['ended', moment(ended)],
    ...Object.entries(versions),
    ['clock of the source', clocks?.source === undefined ? undefined : ahead(clocks.source)],
    ['clock of the copy', clocks?.machine === undefined ? undefined : ahead(clocks.machine)],
  ];
  return html`<dl class="facts">
${rows.map(([name, value]) => value !== undefined && html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>`;
}

const ahead = (seconds: number) =>
  `${Math.abs(seconds).toFixed(2)} s ${seconds < 0 ? 'behind' : 'ahead of'} the rehearsing computer; corrected for`;
