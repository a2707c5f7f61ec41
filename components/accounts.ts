import { getZone } from '@pulumi/cloudflare/getZone.js';
import { getAccount } from '@pulumi/digitalocean/getAccount.js';
import { getLocation } from '@pulumi/hcloud/getLocation.js';
import type { StackConfig } from './config.ts';
import { VisibleError } from './errors.ts';

/** A question to one account that a wrong token, or one of somebody else, cannot answer well. */
interface Question {
  /** Variable that holds the token. */
  token: string;
  /** What is wrong with a good answer; undefined: nothing. */
  ask(): Promise<string | undefined>;
}

/**
 * Asks every account that the stack needs whether it takes the token, and whether the zone is in it, before any resource is
 * asked for: half of a stack is not made because the other half's token is wrong. Whether a token may write cannot be
 * asked this way; `coop doctor` finds that out.
 */
export async function checkAccounts(config: StackConfig, stack: string): Promise<void> {
  const problems = await Promise.all(questions(config).map(problemOf));
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length === 0) return;
  const lines = found.map((problem) => `  ${problem}`);
  throw new VisibleError(
    `accounts do not fit stack ${stack}:\n${lines.join('\n')}\nNothing was changed. coop doctor ${stack} says more.`,
  );
}

function questions({ primary, secondary, storage, dns }: StackConfig): Question[] {
  const machines = [primary, ...(secondary ? [secondary] : [])];
  const ocean = machines.some(({ provider }) => provider === 'digitalocean') || storage.provider === 'spaces';
  const region = machines.find((machine) => machine.provider === 'hetzner')?.region;
  return [
    ...(ocean ? [{ token: 'DIGITALOCEAN_TOKEN', ask: digitalocean }] : []),
    ...(region ? [{ token: 'HCLOUD_TOKEN', ask: () => hetzner(region) }] : []),
    ...(dns.provider === 'cloudflare'
      ? [{ token: 'CLOUDFLARE_API_TOKEN', ask: () => cloudflare(dns.zone, dns.zoneId) }]
      : []),
  ];
}

/** https://www.pulumi.com/registry/packages/digitalocean/api-docs/getaccount/ */
async function digitalocean(): Promise<string | undefined> {
  const { status, statusMessage } = await getAccount();
  return status === 'locked' ? `the account is locked: ${statusMessage}` : undefined;
}

/** https://www.pulumi.com/registry/packages/hcloud/api-docs/getlocation/ */
async function hetzner(region: string): Promise<undefined> {
  await getLocation({ name: region });
}

/** https://www.pulumi.com/registry/packages/cloudflare/api-docs/getzone/ */
async function cloudflare(zone: string, zoneId: string): Promise<string | undefined> {
  const { name } = await getZone({ zoneId });
  return name === zone ? undefined : `dns.zoneId is that of ${name}, and dns.zone says ${zone}`;
}

async function problemOf({ token, ask }: Question): Promise<string | undefined> {
  try {
    const problem = await ask();
    return problem && `${token}: ${problem}`;
  } catch (error) {
    // The provider's own words, without the SDK's frame around them.
    const said = (error as Error).message.split('\n').filter(Boolean);
    const line = said.find((each) => /invocation of/i.test(each)) ?? said[0] ?? 'no answer';
    const words = line.replace(/^.*returned an error: /, '');
    return `${token} is not accepted, or does not cover what the stack names: ${words.slice(0, 300)}`;
  }
}
