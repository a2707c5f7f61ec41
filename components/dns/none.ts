import * as pulumi from '@pulumi/pulumi';
import type { Names, NamesArgs } from './names.ts';
import { type Record, records, TTL } from './records.ts';

/** Names that are set by hand: says which. */
export function namesByHand({ config, address, address6 }: NamesArgs): Names {
  const byHand = pulumi
    .all([address, address6])
    .apply(([address, address6]) => records(config, address, address6).map(zoneLine));
  return { ready: [], byHand };
}

/** A record the way zone files write it. */
function zoneLine({ name, type, content, priority, caa }: Record): string {
  const value = caa
    ? `${caa.flags} ${caa.tag} "${caa.value}"`
    : priority === undefined
      ? content
      : `${priority} ${content}.`;
  return `${name}. ${TTL} IN ${type} ${value}`;
}
