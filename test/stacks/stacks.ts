import { cloud } from '../../lab/cloud/client.ts';
import { containerName } from '../../lab/machines/names.ts';
import { coop, coopPath, inLab, must, type Ran, run } from './support.ts';

const machineTypes = {
  digitalocean: { server: 'Droplet', firewall: 'Firewall', machine: 'do' },
  hcloud: { server: 'Server', firewall: 'Firewall', machine: 'hz' },
} as const;

interface Outputs {
  address: string;
  address6: string;
  machines: Record<string, { address: string; address6: string }>;
}

interface Facts {
  name: string;
  domain: string;
  /** What /api/v1/instance says. */
  version: string;
  /** As it ships. */
  federation: 'open' | 'off';
  /** Of the machine that serves. */
  provider: keyof typeof machineTypes;
}

/** A shipped stack as it runs in the lab, and what a member of the tech group does with it. */
export class Stack {
  readonly name: string;
  readonly domain: string;
  readonly site: string;
  readonly version: string;
  readonly federation: 'open' | 'off';
  readonly provider: keyof typeof machineTypes;
  readonly types: (typeof machineTypes)[keyof typeof machineTypes];
  /** Its outputs; there once it is up. */
  outputs: Outputs = { address: '', address6: '', machines: {} };

  constructor({ name, domain, version, federation, provider }: Facts) {
    this.name = name;
    this.domain = domain;
    this.site = `https://${domain}`;
    this.version = version;
    this.federation = federation;
    this.provider = provider;
    this.types = machineTypes[provider];
  }

  readonly pulumi = (...args: string[]): Promise<Ran> => must(this.pulumiCommand(...args));

  readonly pulumiCommand = (...args: string[]): string[] => inLab('pulumi', ...args, '--stack', this.name);

  readonly up = (...args: string[]): Promise<Ran> => must(this.upCommand(...args), { seconds: 400 });

  readonly upCommand = (...args: string[]): string[] =>
    this.pulumiCommand('up', '--yes', '--skip-preview', '--non-interactive', ...args);

  readonly set = (...keyAndValue: string[]): Promise<Ran> => this.pulumi('config', 'set', ...keyAndValue);

  /** A `coop` verb on this stack. */
  readonly coop = (verb: string, ...args: string[]): Promise<Ran> => coop(verb, this.name, ...args);

  readonly coopCommand = (verb: string, ...args: string[]): string[] =>
    inLab(coopPath, verb, this.name, ...args);

  /** Runs a line on the machine that serves, as root: at its console, in a twentieth of the time of `coop ssh`. */
  readonly onMachine = async (...command: string[]): Promise<Ran> =>
    must(['docker', 'exec', await this.container(), 'bash', '-c', command.join(' ')]);

  /** A copy has the domain of its source, and a server with a name of its own. */
  private async container(): Promise<string> {
    const servers = await cloud.list(this.provider, this.types.server);
    const named = servers
      .filter(({ inputs }) => [`primary.${this.domain}`, `copy-${this.name}`].includes(String(inputs.name)))
      .map(({ id }) => containerName(`${this.types.machine}-${id}`));
    for (const container of named) {
      const says = ['grep', '-qx', `STACK='${this.name}'`, '/etc/social.coop/stack.env'];
      if ((await run(['docker', 'exec', container, ...says])).code === 0) return container;
    }
    throw new Error(`none of ${named.length} machines at ${this.provider} is the one of ${this.name}`);
  }

  readonly tootctl = (...words: string[]): Promise<Ran> => this.coop('tootctl', ...words);

  readonly maintenance = (state: string, ...args: string[]): Promise<Ran> =>
    coop('maintenance', state, this.name, ...args);

  /** The one object of a type that belongs to the stack, as the cloud's own control panel would show it. */
  async object(provider: string, type: string, match: (inputs: Record<string, unknown>) => boolean) {
    const objects = (await cloud.list(provider, type)).filter(({ inputs }) => match(inputs));
    if (objects.length !== 1) throw new Error(`${objects.length} objects of type ${type} match`);
    return objects[0] as (typeof objects)[number];
  }

  readonly server = () =>
    this.object(this.provider, this.types.server, ({ name }) => name === `primary.${this.domain}`);

  readonly firewall = () =>
    this.object(
      this.provider,
      this.types.firewall,
      ({ name }) => name === `primary.${this.domain}`.replaceAll('.', '-'),
    );

  async readOutputs(): Promise<Outputs> {
    this.outputs = JSON.parse((await this.pulumi('stack', 'output', '--json')).stdout);
    return this.outputs;
  }
}

const shipped: Facts[] = [
  {
    name: 'staging',
    domain: 'staging.social.coop',
    version: '4.5.20',
    federation: 'off',
    provider: 'digitalocean',
  },
  {
    name: 'prod',
    domain: 'social.coop',
    version: '4.5.20',
    federation: 'open',
    provider: 'hcloud',
  },
  {
    name: 'alpha',
    domain: 'alpha.social.coop',
    version: '4.5.11+hometown-1.2.1',
    federation: 'off',
    provider: 'hcloud',
  },
];

/** All of them at once, or those that STACKS names. */
const wanted = (process.env.STACKS ?? '').split(/[ ,]+/).filter(Boolean);
export const stacks: Stack[] = shipped
  .filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  .map((facts) => new Stack(facts));

/** One for each provider, for what does not depend on what a stack is for. */
export const onePerProvider: Stack[] = stacks.filter(
  ({ provider }, index) => stacks.findIndex((other) => other.provider === provider) === index,
);
