import { type Html, html } from './html.ts';
import type { Canaries } from './schema.ts';
import { counted } from './words.ts';

/** What was sent on purpose against the fence, summed up: from where, and how many came back refused; each of them on demand. */
export function fenceSection(canaries: Canaries | undefined): Html {
  if (!canaries) return html`<p>No canary was sent, so nothing is known of it.</p>`;
  const { sent, refused, passed, counters } = canaries;
  return html`<p>${counted(sent, 'canary was', 'canaries were')} sent from the copy to the world: ${refused} refused, <strong${passed > 0 && html` class="failed"`}>${passed} got out</strong>.</p>
<table><thead><tr><th scope="col">From</th><th scope="col" class="number">refused</th></tr></thead>
<tbody>
${groupsOf(canaries).map(
  ({ from, all, held }) =>
    html`<tr><th scope="row">${from}</th><td class="number${held < all && ' failed'}">${held} of ${all}</td></tr>\n`,
)}</tbody></table>
${passed > 0 && html`<p class="failed">What got out:</p>\n${list(canaries.canaries.filter(({ refused: held }) => !held))}`}
<details><summary>Every canary</summary>
${list(canaries.canaries)}</details>
${
  Object.keys(counters).length > 0 &&
  html`<p class="faint">Packets dropped: ${Object.entries(counters)
    .map(([name, packets]) => `${name} ${packets}`)
    .join(', ')}.</p>`
}`;
}

const list = (canaries: Canaries['canaries']): Html =>
  html`<ul>
${canaries.map(({ from, kind, refused }) => html`<li>${from}: ${kind}${!refused && html` <strong class="failed">got out</strong>`}</li>\n`)}</ul>
`;

function groupsOf({ canaries }: Canaries) {
  return [...new Set(canaries.map(({ from }) => from))].map((from) => {
    const own = canaries.filter((canary) => canary.from === from);
    return { from, all: own.length, held: own.filter(({ refused }) => refused).length };
  });
}
