import { type Html, html } from './html.ts';
import type { Canaries } from './schema.ts';
import { counted } from './words.ts';

/** What was sent on purpose against the fence, summed up: from where, of what kind, how many came back refused. */
export function fenceSection(canaries: Canaries | undefined): Html {
  if (!canaries) return html`<p>No canary was sent, so nothing is known of it.</p>`;
  const { sent, refused, passed, counters } = canaries;
  return html`<p>${counted(sent, 'canary was', 'canaries were')} sent from the copy to the world: ${refused} refused, <strong${passed > 0 && html` class="failed"`}>${passed} got out</strong>.</p>
<table><thead><tr><th scope="col">From</th><th scope="col">Kind</th><th scope="col" class="number">refused</th></tr></thead>
<tbody>
${groupsOf(canaries).map(
  ({ from, kind, all, refused: held }) =>
    html`<tr><th scope="row">${from}</th><td>${kind}</td><td class="number${held < all && ' failed'}">${held} of ${all}</td></tr>\n`,
)}</tbody></table>
${
  Object.keys(counters).length > 0 &&
  html`<p class="faint">Packets dropped: ${Object.entries(counters)
    .map(([name, packets]) => `${name} ${packets}`)
    .join(', ')}.</p>`
}`;
}

function groupsOf({ canaries }: Canaries) {
  const groups = new Map<string, { from: string; kind: string; all: number; refused: number }>();
  for (const { from, kind, refused } of canaries) {
    const key = JSON.stringify([from, kind]);
    const group = groups.get(key) ?? { from, kind, all: 0, refused: 0 };
    groups.set(key, { ...group, all: group.all + 1, refused: group.refused + (refused ? 1 : 0) });
  }
  return [...groups.values()];
}
