import type { Assumptions, CostLine, Costs } from '../../components/costs/costs.ts';
import type { PriceList } from '../../components/costs/price-list.ts';
import { digitalocean } from '../../components/costs/prices-digitalocean.ts';
import { hetzner } from '../../components/costs/prices-hetzner.ts';

/** Tables for people, one per stack, then what was assumed and where the prices come from. */
export function showCosts(stacks: ({ stack: string } & Costs)[], assumed: Assumptions): string {
  const tables = stacks.flatMap(({ stack, lines, totals, unknown }) => [
    `${stack}, per month`,
    ...lines.map(showLine),
    ...totals.map(({ currency, amount }) => row('', 'total', `${currency} ${amount.toFixed(2)}`)),
    ...(unknown.length > 0 ? [`  not in the total: ${unknown.join(', ')}`] : []),
    '',
  ]);
  const lists = [
    ...new Map(stacks.flatMap(({ lists }) => lists.map((list) => [list.provider, list]))).values(),
  ];
  const { mediaGb, backupsGb, trafficGb } = assumed;
  return `${[
    ...tables,
    `assumed: ${mediaGb} GB media, ${backupsGb} GB backups, ${trafficGb} GB traffic (--media-gb, --backups-gb, --traffic-gb)`,
    ...lists.map((list) => `${list.provider}: prices of ${list.date}, ${list.remark}; see ${list.source}`),
    'Prices change; what counts is what the provider says when you order.',
  ].join('\n')}\n`;
}

const showLine = ({ what, detail, amount, currency }: CostLine) =>
  row(what, detail, amount === undefined ? 'not known' : `${currency} ${amount.toFixed(2)}`);

const row = (what: string, detail: string, sum: string) =>
  `  ${what.padEnd(19)} ${detail.padEnd(42)} ${sum.padStart(11)}`;

const months = (list: PriceList, now: Date) => (now.getTime() - Date.parse(list.date)) / (30.44 * 86_400_000);

/** A sentence for each price list that is older than half a year. */
export function outdated(now: Date, lists: PriceList[] = [hetzner, digitalocean]): string[] {
  return lists
    .filter((list) => months(list, now) > 6)
    .map(
      (list) =>
        `prices are ${Math.floor(months(list, now))} months old — ${list.provider}, of ${list.date} — look them up at ${list.source} and write them into components/costs/prices-${list.provider}.ts`,
    );
}
