import type { Colors } from './colors.ts';
import type { InstanceStatus } from './instance-status.ts';
import { day, secondsSince, span } from './spans.ts';
import { type Level, type Row, row } from './status-row.ts';
import { rowsOf } from './status-rows.ts';

const width = 80;
const indent = 12;

/** What is known of a whole stack. */
export interface StackStatus {
  stack: string;
  /** Day (YYYY-MM-DD) after which it may be taken down. */
  expires?: string | undefined;
  machines: MachineStatus[];
}

/** One machine: what it says, or why it says nothing. */
export interface MachineStatus {
  /** `primary` or `secondary`. */
  role: string;
  address: string;
  status?: InstanceStatus;
  unreachable?: string;
}

export interface ShowOptions {
  /** A row for each thing, also for the healthy ones. */
  all?: boolean;
  now?: Date;
}

/** One screen: a row per thing that needs somebody, one row for all that is well; never wider than 80 columns. */
export function showStatus(found: StackStatus, colors: Colors, options: ShowOptions = {}): string {
  const now = options.now ?? new Date();
  const worst = worstOf(stackRows(found, now));
  const verdict = `${sign[worst]} ${word[worst]}`;
  const domain = found.machines.map(({ status }) => status?.domain).find(Boolean) ?? 'domain unknown';
  const title = cut(`${found.stack} · ${domain}`, width - verdict.length - 1).padEnd(width - verdict.length);
  const several = found.machines.length > 1;
  return [
    colors.bold(title) + colors[worst](verdict),
    ...lines(expiryRows(found, now), colors),
    ...found.machines.flatMap((machine) => {
      const rows = machineRows(machine, now);
      return [
        ...(several ? [colors.bold(`${machine.role} · ${machine.address}`)] : []),
        ...lines(options.all ? rows : collapse(rows), colors),
      ];
    }),
    '',
  ].join('\n');
}

/** Whether anything is broken: then `coop status` fails. */
export const isBroken = (found: StackStatus, now = new Date()): boolean =>
  worstOf(stackRows(found, now)) === 'red';

const stackRows = (found: StackStatus, now: Date): Row[] => [
  ...expiryRows(found, now),
  ...found.machines.flatMap((machine) => machineRows(machine, now)),
];

const machineRows = ({ status, unreachable }: MachineStatus, now: Date): Row[] =>
  status ? rowsOf(status, now) : [row('connection', 'red', 'none', unreachable ?? 'it gave no status')];

/** The last day counts whole. */
function expiryRows({ expires }: StackStatus, now: Date): Row[] {
  if (!expires) return [];
  const left = day - secondsSince(expires, now);
  const text = left > 0 ? `on ${expires}, in ${span(left)}` : `since ${expires}: may be taken down`;
  return [row('expires', left > 7 * day ? 'green' : 'yellow', '', text)];
}

function lines(rows: Row[], colors: Colors): string[] {
  let group = '';
  return rows.flatMap((shown) => {
    const head = (shown.group === group ? '' : shown.group).padEnd(indent);
    group = shown.group;
    const [first, ...more] =
      shown.label === ''
        ? wrap(shown.text, width - indent - 2, 0)
        : wrap(`${shown.label.padEnd(20)} ${shown.text}`, width - indent - 2, 21);
    return [
      `${colors.dim(head)}${colors[shown.level](sign[shown.level])} ${first}`,
      ...more.map((line) => ' '.repeat(indent + 2) + line),
    ];
  });
}

const order: Level[] = ['green', 'yellow', 'red'];
const sign = { green: '●', yellow: '▲', red: '✖' } as const;
const word = { green: 'healthy', yellow: 'worth a look', red: 'broken' } as const;

function worstOf(rows: Row[]): Level {
  return order[Math.max(...rows.map((row) => order.indexOf(row.level)))] ?? 'red';
}

/** The healthy rows of a group of three or more become one with their names, and so do jobs that wait for their first run. */
function collapse(rows: Row[]): Row[] {
  const groups = Map.groupBy(rows, ({ group }) => group);
  return [...groups.values()].flatMap((members) => {
    const first = members.filter(
      ({ level, text }) => level === 'yellow' && text.startsWith('has not run yet'),
    );
    const green = members.filter(({ level }) => level === 'green');
    const folded = [
      ...fold(first, `${first.length} to come`, 'first run of '),
      ...fold(green, `${green.length} well`, ''),
    ];
    return [...members.filter((member) => !isIn(member, first, green)), ...folded];
  });
}

const isFolded = (rows: Row[]): boolean => rows.length >= 3;
const isIn = (member: Row, ...lists: Row[][]): boolean =>
  lists.some((list) => isFolded(list) && list.includes(member));

function fold(rows: Row[], label: string, before: string): Row[] {
  const [first] = rows;
  if (!first || !isFolded(rows)) return [];
  return [row(first.group, first.level, label, before + rows.map((member) => member.label).join(' '))];
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
