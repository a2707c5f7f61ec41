import type * as pulumi from '@pulumi/pulumi';
import type { MachineConfig } from '../config/types.ts';
import { DigitalOceanMachine } from './digitalocean.ts';
import { ExistingMachine } from './existing.ts';
import { HetznerMachine } from './hetzner.ts';
import type { Machine, MachineArgs } from './machine.ts';

type Provider = MachineConfig['provider'];
type Of<Name extends Provider> = Extract<MachineConfig, { provider: Name }>;
type Factory<Name extends Provider> = (
  name: string,
  args: MachineArgs<Of<Name>>,
  options: pulumi.ComponentResourceOptions,
) => Machine;

/** Who can run a machine: a new provider is a file beside this one and a line here. */
const factories: { [Name in Provider]: Factory<Name> } = {
  digitalocean: (name, args, options) => new DigitalOceanMachine(name, args, options),
  hetzner: (name, args, options) => new HetznerMachine(name, args, options),
  existing: (name, args, options) => new ExistingMachine(name, args, options),
};

/** Makes a machine at its provider. */
export function makeMachine(
  name: string,
  args: MachineArgs,
  options: pulumi.ComponentResourceOptions,
): Machine {
  const { provider } = args.machine;
  // The type of a machine goes with its factory, which no type says of two values that are looked up apart.
  const factory = factories[provider] as Factory<Provider>;
  return factory(name, args as MachineArgs<Of<Provider>>, options);
}
