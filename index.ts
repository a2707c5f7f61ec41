import * as pulumi from '@pulumi/pulumi';
import { askAccounts } from './components/accounts/ask-accounts.ts';
import { ConfigError, parseConfig } from './components/config.ts';
import { costsOf, describeCosts } from './components/costs/costs.ts';
import { VisibleError } from './components/errors.ts';
import { Instance } from './components/instance.ts';
import { adopts, readLast, refusedMoves } from './components/last.ts';
import { lock } from './components/lock.ts';
import { copiedFrom } from './components/restore/copied-from.ts';
import { withSource } from './components/restore/source.ts';

const stack = pulumi.getStack();
const project = pulumi.getProject();
const raw = await readRaw();
const config = readConfig();
const last = await readLast(project, stack);
refuseMoves();
await askAccounts(config, stack, last).catch(shown);
const instance = new Instance(stack, { stack, config, raw, adopt: adopts(config, last) });
lock(stack, instance, config.protect);

export const { address, url, ssh, machines, buckets, dnsByHand, recovery } = instance;
/** Empty where the machine has none. */
export const address6 = instance.address6.apply((found) => found ?? '');
/** What it is a copy of; empty for every other. */
export const restoredFrom = config.restore ? copiedFrom(config.restore) : '';
/** Shown by a preview before anything is made, and whenever it changes. */
export const monthlyCost = describeCosts(costsOf(config));

/** A copy's is its source's, where the two are the same instance. */
async function readRaw() {
  return withSource(pulumi.runtime.allConfig(), { project, stack }).catch(shown);
}

function readConfig() {
  try {
    return parseConfig(raw, {
      project,
      stack,
      // The SDK tells nobody which keys are secrets; the engine tells the program here.
      secretKeys: JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || '[]') as string[],
    });
  } catch (error) {
    return shown(error);
  }
}

function refuseMoves(): void {
  const problems = refusedMoves(config, last);
  if (problems.length > 0) shown(new ConfigError(project, stack, problems));
}

/** What the user can mend is shown as it is, without a stack trace. */
function shown(error: unknown): never {
  throw error instanceof VisibleError ? new pulumi.RunError(error.message) : error;
}
