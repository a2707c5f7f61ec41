import * as pulumi from '@pulumi/pulumi';
import type { Problem, StackConfig } from './config.ts';
import { copiedFrom } from './restore/copied-from.ts';

/** What the last `pulumi up` that came to its end said of the stack; everything may be missing. */
export interface LastOutputs {
  url?: string;
  /** The stack it is a copy of. */
  restoredFrom?: string;
  buckets?: { media: string; backups: string };
  machines?: { primary?: { provider?: string }; secondary?: { provider?: string } };
}

/** By what this very stack said: a StackReference would say the same, and be one more resource in the state. */
export async function readLast(project: string, stack: string): Promise<LastOutputs> {
  const name = `${pulumi.getOrganization()}/${project}/${stack}`;
  const { outputs } = await pulumi.runtime.invoke('pulumi:pulumi:readStackOutputs', { name });
  return (outputs ?? {}) as LastOutputs;
}

/** Whether buckets are taken over: never by a stack that has its own, whatever its file says, for it would lose those. */
export function adopts({ recover }: StackConfig, { buckets }: LastOutputs): boolean {
  return recover !== undefined && buckets === undefined;
}

/** Edits that nothing could carry out in place: refused before anything is asked for. */
export function refusedMoves(config: StackConfig, last: LastOutputs): Problem[] {
  return [
    ...copyTurned(config, last),
    ...domainMoved(config, last),
    ...primaryMoved(config, last),
    ...secondaryMoved(config, last),
  ];
}

/** Other servers know the accounts by it; the database is full of it. */
function domainMoved({ domain }: StackConfig, { url }: LastOutputs): Problem[] {
  const before = url?.replace('https://', '');
  if (before === undefined || before === domain) return [];
  return [
    {
      key: 'domain',
      value: JSON.stringify(domain),
      reason: `cannot change: this stack is ${before}, and its accounts are known to others by that name`,
      remedy: `put ${before} back; another domain is another stack (\`coop init NAME\`)`,
    },
  ];
}

/** Its database lies on it. */
function primaryMoved({ primary }: StackConfig, { machines }: LastOutputs): Problem[] {
  const before = machines?.primary?.provider;
  if (before === undefined || before === primary.provider) return [];
  return [
    {
      key: 'primary.provider',
      value: JSON.stringify(primary.provider),
      reason: `cannot change: the primary is at ${before}, and the edit would delete it with its database`,
      remedy: `put ${before} back; the way to another is at the end of the runbook \`failover\``,
    },
  ];
}

/** While the stack is protected, the machine that stands by is kept too. */
function secondaryMoved({ secondary, protect }: StackConfig, { machines }: LastOutputs): Problem[] {
  const before = machines?.secondary?.provider;
  if (before === undefined || before === secondary?.provider || !protect) return [];
  return [
    {
      key: secondary ? 'secondary.provider' : 'secondary',
      ...(secondary && { value: JSON.stringify(secondary.provider) }),
      reason: `would delete the secondary at ${before}, and the stack is protected`,
      remedy: 'put it back; or set protect to false and run `pulumi up`, and then edit this',
    },
  ];
}

/** A copy has no buckets of its own, and its database is another's: neither becomes the other in place. */
function copyTurned({ restore }: StackConfig, { restoredFrom = '', machines }: LastOutputs): Problem[] {
  const wanted = restore ? copiedFrom(restore) : '';
  if (machines?.primary === undefined || restoredFrom === wanted) return [];
  const was = restoredFrom === '' ? 'no copy' : `a copy of ${restoredFrom}`;
  return [
    {
      key: 'restore.from',
      ...(restore && { value: JSON.stringify(wanted) }),
      reason: `cannot change: this stack is ${was}`,
      remedy: 'put it back; a copy is a stack of its own, and goes with `pulumi destroy`',
    },
  ];
}
