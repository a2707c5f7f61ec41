import * as pulumi from '@pulumi/pulumi';
import { checkAccounts } from './components/accounts.ts';
import { parseConfig } from './components/config.ts';
import { costsOf, describeCosts } from './components/costs/costs.ts';
import { VisibleError } from './components/errors.ts';
import { Instance } from './components/instance.ts';

const stack = pulumi.getStack();
const config = readConfig();
await checkAccounts(config, stack).catch(shown);
const instance = new Instance(stack, { stack, config });

export const { address, address6, url, ssh, machines, buckets, dnsByHand } = instance;
/** Shown by a preview before anything is made, and whenever it changes. */
export const monthlyCost = describeCosts(costsOf(config));

function readConfig() {
  try {
    return parseConfig(pulumi.runtime.allConfig(), {
      project: pulumi.getProject(),
      stack,
      // The SDK tells nobody which keys are secrets; the engine tells the program here.
      secretKeys: JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || '[]') as string[],
    });
  } catch (error) {
    return shown(error);
  }
}

/** What the user can mend is shown as it is, without a stack trace. */
function shown(error: unknown): never {
  throw error instanceof VisibleError ? new pulumi.RunError(error.message) : error;
}
