import { request } from 'node:http';
import { paths } from '../paths.ts';
import type { Account, CloudObject, Fault, Properties } from './types.ts';

type Shown = Pick<CloudObject, 'provider' | 'type' | 'id' | 'account' | 'inputs' | 'outputs' | 'phase'>;
export type MachineOperation = 'stop' | 'start' | 'freeze' | 'thaw' | 'cut' | 'join' | 'slow' | 'fill';

/** Asks the cloud daemon something; throws what it refuses. */
function call(method: string, path: string, body?: Properties): Promise<Properties> {
  const socketPath = process.env.LAB_CLOUD || paths.cloudSocket;
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, agent: false }, async (response) => {
      const text = (await response.toArray()).join('');
      const status = response.statusCode ?? 0;
      const answer = text ? (JSON.parse(text) as Properties) : {};
      if (status < 300) resolve(answer);
      else reject(Object.assign(new Error(`${answer.message} — ${method} ${path} (${status})`), { status }));
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        new Error(
          `the lab's cloud does not answer (${error.code}) — ${socketPath} — \`coop lab up\` starts it`,
        ),
      ),
    );
    outgoing.end(body ? JSON.stringify(body) : undefined);
  });
}

const objectPath = (provider: string, type: string, id: string) =>
  `/lab/objects/${provider}/${type}/${encodeURIComponent(id)}`;

/** The clouds from above: what their operators and a customer at the control panel can do. */
export const cloud = {
  health: () => call('GET', '/lab/health'),
  everything: async () => (await call('GET', '/lab/objects')).objects as Shown[],
  list: async (provider: string, type: string) =>
    (await call('GET', `/lab/objects?provider=${provider}&type=${type}`)).objects as Shown[],
  update: async (provider: string, type: string, id: string, inputs: Properties) =>
    (await call('PATCH', objectPath(provider, type, id), inputs)) as unknown as Shown,
  remove: (provider: string, type: string, id: string) => call('DELETE', objectPath(provider, type, id)),
  putAccount: (account: Account) => call('POST', '/lab/accounts', { ...account }),
  fault: (fault: Fault) => call('POST', '/lab/faults', { ...fault }),
  clearFaults: () => call('DELETE', '/lab/faults'),
  /** `id`: the droplet's or the server's number. */
  machine: (id: string, operation: MachineOperation, options: { ms?: number } = {}) =>
    call('POST', `/lab/machines/${encodeURIComponent(id)}/${operation}`, options),
  applyLifecycle: (now = new Date()) => call('POST', '/lab/lifecycle', { now: now.toISOString() }),
};
