import { VisibleError } from '../../components/errors.ts';
import { pulumi } from '../lib/pulumi.ts';

export interface StateResource {
  urn: string;
  /** `digitalocean:index/droplet:Droplet`. */
  type: string;
  id?: string;
  outputs?: Record<string, unknown>;
}

/** What Pulumi's state holds about a stack. */
export interface StackState {
  resources: StateResource[];
  outputs: Record<string, unknown>;
  /** What its secrets were encrypted on; a stack file that began anew has another. */
  salt?: string | undefined;
}

interface Exported {
  deployment?: {
    resources?: StateResource[];
    secrets_providers?: { state?: { salt?: string } };
  };
}

/** Reads a stack's state, which needs no passphrase; undefined when the backend knows no such stack. */
export async function readState(place: {
  projectDir: string;
  stack: string;
  env: NodeJS.ProcessEnv;
}): Promise<StackState | undefined> {
  try {
    const printed = await pulumi(['stack', 'export', '--stack', place.stack], {
      cwd: place.projectDir,
      env: place.env,
    });
    const { deployment } = JSON.parse(printed) as Exported;
    const resources = deployment?.resources ?? [];
    const root = resources.find(({ type }) => type === 'pulumi:pulumi:Stack');
    return { resources, outputs: root?.outputs ?? {}, salt: deployment?.secrets_providers?.state?.salt };
  } catch (error) {
    if (error instanceof VisibleError && /no stack named/.test(error.message)) return undefined;
    throw error;
  }
}

/** Types of the resources that are servers and firewalls, by the account they are in. */
const types: Record<string, { server: string; firewall: string }> = {
  hetzner: { server: 'hcloud:index/server:Server', firewall: 'hcloud:index/firewall:Firewall' },
  digitalocean: {
    server: 'digitalocean:index/droplet:Droplet',
    firewall: 'digitalocean:index/firewall:Firewall',
  },
};

export const idsOf = (state: StackState, provider: string, kind: 'server' | 'firewall'): string[] =>
  state.resources.flatMap(({ type, id }) => (type === types[provider]?.[kind] && id ? [id] : []));

/** IDs of everything the stack has, as their providers call it. */
export const idsIn = (state: StackState | undefined): Set<string> =>
  new Set(state?.resources.flatMap(({ type, id }) => (id && !type.startsWith('pulumi:') ? [id] : [])));

/** Whether something of the stack stands already: then its secrets are in use. */
export const stands = (state: StackState | undefined): boolean =>
  state?.resources.some(({ type }) => !type.startsWith('pulumi:')) === true;
