import * as pulumi from '@pulumi/pulumi';
import type { StackConfig } from '../config.ts';
import type { LastOutputs } from '../last.ts';
import { checkAccounts } from './check.ts';
import { clients } from './clients.ts';
import { readSettings } from './settings.ts';

/** Asks the accounts with the tokens that the providers' plugins take: of the environment, else of the stack file. */
export function askAccounts(config: StackConfig, stack: string, last: LastOutputs): Promise<void> {
  const settings = readSettings(process.env, pulumi.runtime.allConfig());
  return checkAccounts(config, stack, {
    settings,
    clouds: clients(settings, config.storage.region),
    last,
    warn: (message) => pulumi.log.warn(message),
    insisted: Boolean(process.env.COOP_IGNORE_ACCOUNTS),
  });
}
