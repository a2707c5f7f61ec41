import * as pulumi from '@pulumi/pulumi';
import { checkAccounts } from './components/accounts/check.ts';
import { clients } from './components/accounts/clients.ts';
import { readSettings } from './components/accounts/settings.ts';
import { ConfigError, parseConfig } from './components/config.ts';
import { costsOf, describeCosts } from './components/costs/costs.ts';
import { VisibleError } from './components/errors.ts';
import { Instance } from './components/instance.ts';
import { type LastOutputs, refusedMoves } from './components/last.ts';
import { lock } from './components/lock.ts';
import { withSource } from './components/restore/source.ts';

const stack = pulumi.getStack();
const project = pulumi.getProject();
const raw = await readRaw();
const config = readConfig();
await Promise.all([refuseMoves(), askAccounts()]).catch(shown);
const instance = new Instance(stack, { stack, config, raw });
lock(stack, instance, config.protect);

export const { address, url, ssh, machines, buckets, dnsByHand, recovery } = instance;
/** Empty where the machine has none. */
export const address6 = instance.address6.apply((found) => found ?? '');
/** The stack it is a copy of; empty for every other. */
export const restoredFrom = config.restore?.from ?? '';
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

/** By what this very stack said last: a StackReference would say the same, and be one more resource in the state. */
async function refuseMoves(): Promise<void> {
  const name = `${pulumi.getOrganization()}/${project}/${stack}`;
  const last = await pulumi.runtime.invoke('pulumi:pulumi:readStackOutputs', { name });
  const problems = refusedMoves(config, (last.outputs ?? {}) as LastOutputs);
  if (problems.length > 0) throw new ConfigError(project, stack, problems);
}

function askAccounts(): Promise<void> {
  const settings = readSettings(process.env, pulumi.runtime.allConfig());
  const { region } = config.storage;
  return checkAccounts(config, stack, {
    settings,
    clouds: clients(settings, region),
    warn: (message) => pulumi.log.warn(message),
    insisted: Boolean(process.env.COOP_IGNORE_ACCOUNTS),
  });
}

/** What the user can mend is shown as it is, without a stack trace. */
function shown(error: unknown): never {
  throw error instanceof VisibleError ? new pulumi.RunError(error.message) : error;
}
