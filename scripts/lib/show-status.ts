import type { Colors } from './colors.ts';
import type { InstanceStatus } from './instance-status.ts';
import { type Level, type Row, rowsOf } from './status-rows.ts';

const width = 80;
const indent = 12;

export interface ShowOptions {
  /** A row for each thing, also for the healthy ones. */
  all?: boolean;
  now?: Date;
}

/** One screen: a row per thing that needs somebody, one row for all that is well; never wider than 80 columns. */
export function showStatus(
  stack: string,
  status: InstanceStatus,
  colors: Colors,
  options: ShowOptions = {},
): string {
  const rows = rowsOf(status, options.now ?? new Date());
  const worst = worstOf(rows);
  const verdict = `${sign[worst]} ${word[worst]}`;
  const title = cut(`${stack} · ${status.domain ?? 'domain unknown'}`, width - verdict.length - 1).padEnd(
    width - verdict.length,
  );
  const lines = [colors.bold(title) + colors[worst](verdict)];
  let group = '';
  for (const row of options.all ? rows : collapse(rows)) {
    const head = (row.group === group ? '' : row.group).padEnd(indent);
    group = row.group;
    const [first, ...more] =
      row.label === ''
        ? wrap(row.text, width - indent - 2, 0)
        : wrap(`${row.label.padEnd(20)} ${row.text}`, width - indent - 2, 21);
    lines.push(`${colors.dim(head)}${colors[row.level](sign[row.level])} ${first}`);
    for (const line of more) lines.push(' '.repeat(indent + 2) + line);
  }
  return `${lines.join('\n')}\n`;
}

/** Whether anything is broken: then `coop status` fails. */
export const isBroken = (status: InstanceStatus, now = new Date()): boolean =>
  worstOf(rowsOf(status, now)) === 'red';

const order: Level[] = ['green', 'yellow', 'red'];
const sign = { green: '●', yellow: '▲', red: '✖' } as const;
const word = { green: 'healthy', yellow: 'worth a look', red: 'broken' } as const;

function worstOf(rows: Row[]): Level {
  return order[Math.max(...rows.map((row) => order.indexOf(row.level)))] ?? 'red';
}

/** The healthy rows of a group of three or more become one, with their names. */
function collapse(rows: Row[]): Row[] {
  const groups = Map.groupBy(rows, (row) => row.group);
  return [...groups.entries()].flatMap(([group, members]) => {
    const green = members.filter((row) => row.level === 'green');
    if (green.length < 3) return members;
    const names = green.map((row) => row.label).join(' ');
    return [
      ...members.filter((row) => row.level !== 'green'),
      { group, level: 'green' as const, label: `${green.length} well`, text: names },
    ];
  });
}

const cut = (text: string, columns: number) =>
  text.length > columns ? `${text.slice(0, columns - 1)}…` : text;

/** Lines of at most so many columns, broken at spaces; what follows the first is indented. */
function wrap(text: string, columns: number, hang: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > columns) {
    const space = rest.lastIndexOf(' ', columns);
    const at = space > hang ? space : columns;
    lines.push(rest.slice(0, at).trimEnd());
    rest = ' '.repeat(hang) + rest.slice(at).trimStart();
  }
  return [...lines, rest];
}
