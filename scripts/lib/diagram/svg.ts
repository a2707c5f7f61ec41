import type { Box, Layout } from './layout.ts';

/** A character's width, with some reserve for the widest of the fonts. */
const CHARACTER = 7.3;
const LINE = 16;
const PAD = 10;
const GAP = 14;
const ALLEY = 54;
const TOP = 46;

/** Each company by a colour that stands out from light and dark ground alike. */
export const companies: Record<string, { name: string; color: string }> = {
  hcloud: { name: 'Hetzner', color: '#d5564c' },
  digitalocean: { name: 'DigitalOcean', color: '#3d8bea' },
  cloudflare: { name: 'Cloudflare', color: '#e58a2b' },
  command: { name: 'over SSH', color: '#4aa564' },
};

/** Follows the reader's colours: https://developer.mozilla.org/docs/Web/CSS/@media/prefers-color-scheme */
const STYLE = `
  .ground { fill: #ffffff } .lane { fill: #f3f5f8 } .box { fill: #ffffff; stroke: #b8c0cc }
  .line { fill: none; stroke: #7b8794; stroke-width: 1.3 } .tip { fill: #7b8794 }
  text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1d2733 }
  .title { font-size: 15px; font-weight: 600 } .kind { font-weight: 600 } .faint { fill: #5b6773 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #12161c } .lane { fill: #1b212a } .box { fill: #232b36; stroke: #46525f }
    .line { stroke: #93a1b0 } .tip { fill: #93a1b0 } text { fill: #e6ebf1 } .faint { fill: #a3b0bd }
  }`;

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const kindOf = (type: string): string => type.split(':').at(-1) ?? type;
export const packageOf = (type: string): string => type.split(':')[0] ?? '';
/** What is left of a name beside that of its component. */
export const shortName = (name: string, lane: string): string =>
  name.startsWith(`${lane}-`) ? name.slice(lane.length + 1) : name;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Lines of a box: its kind, then the names in it, and a lock on what cannot be deleted. */
function linesOf(box: Box): string[] {
  return [
    kindOf(box.type),
    ...box.members.map(
      (member) => `${shortName(member.name, box.lane)}${member.protect ? ' · protected' : ''}`,
    ),
  ];
}

export function svgOf(layout: Layout, title: string, description: string): string {
  const { lanes, boxes, edges } = layout;
  const places = new Map<Box, Place>();
  const columns = Math.max(...boxes.map((box) => box.column)) + 1;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.ceil(
      Math.max(...inColumn(boxes, column).flatMap((box) => linesOf(box).map(({ length }) => length))) *
        CHARACTER +
        2 * PAD +
        6,
    ),
  );
  const head = 40 + CHARACTER * 1.08 * Math.max(...lanes.map(({ type }) => ownType(type).length));
  const left = (column: number) =>
    Math.ceil(head) + widths.slice(0, column).reduce((sum, width) => sum + width + ALLEY, 0);
  const width = left(columns) - ALLEY + 2 * PAD;
  let y = TOP;
  const ground: string[] = [];
  for (const lane of lanes) {
    const own = boxes.filter((box) => box.lane === lane.name);
    const tops = Array.from({ length: columns }, () => y + PAD);
    for (const box of own) {
      const height = linesOf(box).length * LINE + PAD;
      const top = tops[box.column] ?? y;
      places.set(box, { x: left(box.column), y: top, width: widths[box.column] ?? 0, height });
      tops[box.column] = top + height + GAP;
    }
    const bottom = Math.max(...tops, y + PAD + 2 * LINE + GAP) - GAP + PAD;
    ground.push(
      `<rect class="lane" x="8" y="${y}" width="${width - 8}" height="${bottom - y}" rx="8"/>`,
      text(20, y + PAD + LINE - 3, shortName(lane.name, lanes.length > 1 ? commonPrefix(lanes) : ''), 'kind'),
      text(20, y + PAD + 2 * LINE - 3, ownType(lane.type), 'faint'),
    );
    y = bottom + 8;
  }
  const height = y + 34;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width + 8} ${height}" width="${width + 8}" height="${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(description)}</desc>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${width + 8}" height="${height}"/>`,
    text(20, 28, title, 'title'),
    ...ground,
    ...edges.map(([from, to]) => edge(places.get(from), places.get(to))),
    ...boxes.flatMap((box) => drawn(box, places.get(box))),
    ...legend(boxes, y + 18),
    '</svg>',
  ].join('\n')}\n`;
}

const ownType = (type: string): string => type.replace('social-coop:', '');

const inColumn = (boxes: Box[], column: number): Box[] => boxes.filter((box) => box.column === column);

const commonPrefix = (lanes: { name: string }[]): string => lanes[0]?.name.split('-')[0] ?? '';

const text = (x: number, y: number, content: string, style = ''): string =>
  `<text x="${x}" y="${y}"${style && ` class="${style}"`}>${escaped(content)}</text>`;

function drawn(box: Box, place?: Place): string[] {
  if (!place) return [];
  const { x, y, width, height } = place;
  const color = companies[packageOf(box.type)]?.color ?? '#8a8f98';
  return [
    `<rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="5"/>`,
    `<rect x="${x}" y="${y}" width="5" height="${height}" rx="2" fill="${color}"/>`,
    ...linesOf(box).map((line, index) =>
      text(x + PAD + 4, y + (index + 1) * LINE, line, index === 0 ? 'kind' : ''),
    ),
  ];
}

/** From the right side of what is made first to the left side of what needs it. */
function edge(from?: Place, to?: Place): string {
  if (!from || !to) return '';
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
  const [x2, y2] = [to.x - 6, to.y + to.height / 2];
  const bend = Math.max(26, Math.min(70, (x2 - x1) / 2));
  return [
    `<path class="line" d="M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>`,
    `<path class="tip" d="M${x2 + 6} ${y2} l-8 -4 v8 z"/>`,
  ].join('');
}

function legend(boxes: Box[], y: number): string[] {
  const used = Object.keys(companies).filter((name) => boxes.some((box) => packageOf(box.type) === name));
  let x = 20;
  return used.flatMap((name) => {
    const company = companies[name];
    if (!company) return [];
    const at = x;
    x += company.name.length * CHARACTER + 44;
    return [
      `<rect x="${at}" y="${y - 10}" width="12" height="12" rx="2" fill="${company.color}"/>`,
      text(at + 18, y, company.name),
    ];
  });
}
