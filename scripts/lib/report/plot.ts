import { marksOver } from './axis.ts';
import { type Html, html } from './html.ts';
import { duration } from './words.ts';

export interface Point {
  /** Milliseconds since 1970. */
  time: number;
  value: number;
  passed: boolean;
}

const HEIGHT = 150;
const TOP = 18;
const BOTTOM = HEIGHT - 24;

/** One figure over time: a dot where the rehearsal passed, a cross where it failed. Across, all is a share of the width. */
export function plot(id: string, title: string, points: readonly Point[]): Html {
  const times = points.map(({ time }) => time);
  const from = Math.min(...times);
  const span = Math.max(...times) - from;
  const marks = marksOver(Math.max(...points.map(({ value }) => value), 1), 3);
  const top = marks.at(-1) ?? 1;
  // A single point stands in the middle; the others keep clear of the words at the left.
  const x = (time: number) => (span === 0 ? 50 : Number((14 + (84 * (time - from)) / span).toFixed(3)));
  const y = (value: number) => Number((BOTTOM - ((BOTTOM - TOP) * value) / top).toFixed(1));
  const told = points.map(
    ({ time, value, passed }) => `${date(time)} ${duration(value)}${passed ? '' : ', failed'}`,
  );
  return html`<svg height="${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-text">
<title id="${id}-title">${title}</title>
<desc id="${id}-text">${told.join('; ')}</desc>
${marks.map(
  (value) => html`<line class="grid" x1="0" x2="100%" y1="${y(value)}" y2="${y(value)}"/>
<text class="faint" x="0" y="${y(value) - 4}">${duration(value)}</text>
`,
)}${points.slice(1).map((point, at) => {
  const before = points[at] as Point;
  return html`<line class="trend" x1="${x(before.time)}%" y1="${y(before.value)}" x2="${x(point.time)}%" y2="${y(point.value)}"/>\n`;
})}${points.map((point) => mark(x(point.time), y(point.value), point.passed))}<text class="faint" x="${span === 0 ? '50%' : '14%'}" y="${HEIGHT - 4}"${span === 0 && html` text-anchor="middle"`}>${date(from)}</text>
${span > 0 && html`<text class="faint" x="100%" y="${HEIGHT - 4}" text-anchor="end">${date(from + span)}</text>\n`}</svg>`;
}

function mark(x: number, y: number, passed: boolean): Html {
  if (passed) return html`<circle class="dot" cx="${x}%" cy="${y}" r="5"/>\n`;
  return html`<svg x="${x}%" y="${y}" width="1" height="1"><path class="cross" d="M-5-5 5 5M5-5-5 5"/></svg>\n`;
}

const date = (time: number) => new Date(time).toISOString().slice(0, 10);
