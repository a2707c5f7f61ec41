import type { Command } from 'commander';
import { costsOf, usual } from '../../components/costs/costs.ts';
import { VisibleError } from '../../components/errors.ts';
import { announce, findContext } from '../lib/context.ts';
import { pricedOf } from '../lib/priced-config.ts';
import { outdated, showCosts } from '../lib/show-costs.ts';
import { requireStack, stacksOf } from '../lib/stack-file.ts';
import { verb } from '../lib/verb.ts';

interface Flags {
  mediaGb?: string;
  backupsGb?: string;
  trafficGb?: string;
  json?: boolean;
}

/** `coop costs [STACK]`: what a stack costs in a month. */
export function costsVerb(): Command {
  return verb('costs', {
    summary: 'show what a stack costs in a month, by resource',
    details: `Reckons from the stack file and the price lists in components/costs, which carry their date; no provider is asked and no
token needed. Without STACK: every stack that has a file. Prices change: what you pay is what the provider's page says.`,
    examples: [
      ['coop costs prod', 'one stack, line by line'],
      ['coop costs', 'every stack'],
      ['coop costs prod --media-gb 800 --traffic-gb 3000', 'with your own figures'],
    ],
  })
    .argument('[stack]', 'whose file is read')
    .option('--media-gb <number>', `gigabytes of media (default: ${usual.mediaGb})`)
    .option('--backups-gb <number>', `gigabytes of backups (default: ${usual.backupsGb})`)
    .option('--traffic-gb <number>', `gigabytes sent in a month (default: ${usual.trafficGb})`)
    .action(costs);
}

function costs(stack: string | undefined, flags: Flags): void {
  const assumed = {
    mediaGb: amount('--media-gb', flags.mediaGb, usual.mediaGb),
    backupsGb: amount('--backups-gb', flags.backupsGb, usual.backupsGb),
    trafficGb: amount('--traffic-gb', flags.trafficGb, usual.trafficGb),
  };
  const context = findContext();
  announce(context, stack);
  if (stack) requireStack(context.projectDir, stack);
  const stacks = stack ? [stack] : stacksOf(context.projectDir);
  const found = stacks.map((name) => ({
    stack: name,
    ...costsOf(pricedOf(context.projectDir, name), assumed),
  }));
  const old = outdated(new Date());
  if (flags.json)
    process.stdout.write(
      `${JSON.stringify({ ok: true, assumed, outdated: old.length > 0, stacks: found }, null, 2)}\n`,
    );
  else process.stdout.write(showCosts(found, assumed));
  for (const warning of old) process.stderr.write(`warning: ${warning}\n`);
}

function amount(option: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  const value = Number(given);
  if (given.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new VisibleError(`not an amount — ${option} ${given} — a number of gigabytes, e.g. ${option} 500`);
}
