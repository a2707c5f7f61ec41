import type * as pulumi from '@pulumi/pulumi';
import type { MachineConfig } from '../config.ts';
import { DigitalOceanMachine } from './digitalocean.ts';
import type { Machine, MachineArgs } from './machine.ts';

type Factory = (name: string, args: MachineArgs, options: pulumi.ComponentResourceOptions) => Machine;

/** Who can run a machine: a new provider is a file beside this one and a line here. */
export const machines: Record<MachineConfig['provider'], Factory> = {
  digitalocean: (name, args, options) => new DigitalOceanMachine(name, args, options),
};
