import { marksUpTo } from './axis.ts';
import { type Html, html } from './html.ts';
import { countsForTtr } from './phases.ts';
import type { Phase } from './schema.ts';
import { duration } from './words.ts';

const ROW = 38;
const TOP = 24;
const BAR = 12;

/**
 * The phases as bars over time. Across, everything is a share of the width, so that text keeps its size on a phone; the
 * table beneath says the same in figures.
 */
export function timeline(phases: readonly Phase[]): Html {
  const begin = Math.min(...phases.map(({ start }) => Date.parse(start)));
  const whole = Math.max(1, Math.max(...phases.map(({ end }) => Date.parse(end))) - begin);
  const share = (time: string) => (100 * (Date.parse(time) - begin)) / whole;
  const percent = (value: number) => `${Number(value.toFixed(3))}%`;
  const bottom = TOP + phases.length * ROW;
  // A mark near the right edge would have its words outside.
  const marks = marksUpTo(whole / 1000, 4).filter((mark) => mark * 1000 <= whole * 0.88);
  const told = phases.map(({ name, seconds }) => `${name} ${duration(seconds)}`).join(', ');
  return html`<svg height="${bottom + 4}" role="img" aria-labelledby="timeline-title timeline-text">
<title id="timeline-title">Timeline of the rehearsal</title>
<desc id="timeline-text">${told}</desc>
${marks.map((mark) => {
  const x = percent((100_000 * mark) / whole);
  return html`<line class="grid" x1="${x}" x2="${x}" y1="${TOP - 6}" y2="${bottom}"/>
<text class="faint" x="${x}" y="12" text-anchor="${mark === 0 ? 'start' : 'middle'}">${duration(mark)}</text>
`;
})}${phases.map((phase, row) => {
  const top = TOP + row * ROW;
  const left = share(phase.start);
  const kind = countsForTtr(phase) ? 'bar' : 'bar aside';
  // A phase of no length is still there to see.
  return html`<text x="5" y="${top + 14}">${short(phase.name)} <tspan class="faint">${duration(phase.seconds)}</tspan></text>
<rect class="${kind}" x="${percent(Math.min(left, 99.4))}" width="${percent(Math.max(0.6, share(phase.end) - left))}" y="${top + 19}" height="${BAR}" rx="2"/>
`;
})}</svg>`;
}

/** The picture has no room for more; the table has the name whole. */
const short = (name: string) => (name.length > 24 ? `${name.slice(0, 23)}…` : name);
