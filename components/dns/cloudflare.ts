import { DnsRecord } from '@pulumi/cloudflare/dnsRecord.js';
import * as pulumi from '@pulumi/pulumi';
import type { Names, NamesArgs } from './names.ts';
import { caaRecords, mailRecords, TTL } from './records.ts';

/**
 * Records in a zone at Cloudflare, never proxied: the machine itself terminates TLS.
 * https://www.pulumi.com/registry/packages/cloudflare/api-docs/dnsrecord/
 */
export class CloudflareNames extends pulumi.ComponentResource implements Names {
  readonly ready: pulumi.Resource[];
  readonly byHand: pulumi.Output<string[]>;

  constructor(name: string, args: NamesArgs & { zoneId: string }, options?: pulumi.ComponentResourceOptions) {
    super('social-coop:dns:Cloudflare', name, {}, options);
    const { config } = args;
    const common = {
      zoneId: args.zoneId,
      ttl: TTL,
      comment: `Pulumi: ${pulumi.getProject()} ${pulumi.getStack()}`,
    };
    const add = (
      key: string,
      record: {
        name?: string;
        type: string;
        content?: pulumi.Input<string>;
        priority?: number;
        data?: object;
        proxied?: boolean;
      },
    ) => new DnsRecord(`${name}-${key}`, { ...common, name: config.domain, ...record }, { parent: this });
    this.ready = [
      add('a', { type: 'A', content: args.address, proxied: false }),
      ...(args.address6 === undefined
        ? []
        : [
            add('aaaa', {
              type: 'AAAA',
              content: pulumi.output(args.address6).apply(required),
              proxied: false,
            }),
          ]),
      ...caaRecords(config).map(({ key, type, caa }) => add(key, { type, data: caa })),
    ];
    for (const { key, caa: _, ...record } of mailRecords(config)) add(key, record);
    this.byHand = pulumi.output([]);
    this.registerOutputs({});
  }
}

function required(address: string | undefined): string {
  if (!address) throw new Error('the machine has no IPv6 address');
  return address;
}
