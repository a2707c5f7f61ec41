import type * as pulumi from '@pulumi/pulumi';
import type { DnsConfig, StackConfig } from '../config/types.ts';

/** The names of an instance, whoever serves them. */
export interface Names {
  /** Must exist before a certificate can be had. */
  readonly ready: pulumi.Resource[];
  /** Records somebody has to set by hand, one a line; empty where the stack sets them itself. */
  readonly byHand: pulumi.Output<string[]>;
}

export interface NamesArgs {
  config: StackConfig;
  /** Who serves the names. */
  dns: DnsConfig;
  /** Public IPv4 address the names point to. */
  address: pulumi.Input<string>;
  /** Public IPv6 address; absent where it is known that there is none. */
  address6?: pulumi.Input<string | undefined>;
}
