import * as pulumi from '@pulumi/pulumi';
import { CloudflareNames } from './cloudflare.ts';
import type { Names, NamesArgs } from './names.ts';
import { namesByHand } from './none.ts';

/** Makes an instance's names where its configuration says. */
export function makeNames(name: string, args: NamesArgs, options: pulumi.ComponentResourceOptions): Names {
  // A copy has no name, neither made nor asked for.
  if (args.config.restore) return { ready: [], byHand: pulumi.output([]) };
  switch (args.dns.provider) {
    case 'cloudflare':
      return new CloudflareNames(name, { ...args, zoneId: args.dns.zoneId }, options);
    case 'none':
      return namesByHand(args);
  }
}
