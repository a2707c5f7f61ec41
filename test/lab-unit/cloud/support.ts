import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApi } from '../../../lab/cloud/api/server.ts';
import { apiVariables } from '../../../lab/cloud/api/variables.ts';
import { memoryBackends } from '../../../lab/cloud/memory.ts';
import type { Objects } from '../../../lab/cloud/objects.ts';
import { createCloud } from '../../../lab/cloud/server.ts';
import { Store } from '../../../lab/cloud/store.ts';
import type { Account, CloudObject, Properties } from '../../../lab/cloud/types.ts';

export const alice: Account = {
  provider: 'digitalocean',
  name: 'alice',
  token: 'token-of-alice',
  spaces: { accessKey: 'ALICE', secretKey: 'secret-of-alice' },
};
export const bob: Account = {
  ...alice,
  name: 'bob',
  token: 'token-of-bob',
  spaces: { accessKey: 'BOB', secretKey: 'b' },
};
/** A project at Hetzner, with a token that may only look. */
export const hilde: Account = {
  provider: 'hcloud',
  name: 'hilde',
  token: 'h'.repeat(64),
  readToken: 'r'.repeat(64),
};
export const zone = { id: '0123456789abcdef0123456789abcdef', name: 'social.coop' };
export const names: Account = {
  provider: 'cloudflare',
  name: 'names',
  token: 'token-of-names',
  zones: [zone],
};

export const publicKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl someone';

export interface TestCloud {
  objects: Objects;
  store: Store;
  seen: ReturnType<typeof memoryBackends>['seen'];
  backends: ReturnType<typeof memoryBackends>['backends'];
  server: Server;
  directory: string;
  file: string;
  socket: string;
  /** Variables that lead to its HTTP API. */
  api: Record<string, string>;
  make(type: string, inputs: Properties, account?: Account): Promise<CloudObject>;
  stop(): Promise<void>;
}

/** A cloud on a socket of its own whose machines, buckets and names are only remembered. */
export async function testCloud(): Promise<TestCloud> {
  const directory = mkdtempSync(join(tmpdir(), 'coop-cloud-'));
  const file = join(directory, 'state.json');
  const socket = join(directory, 'cloud.sock');
  const store = await Store.open(file);
  store.state.accounts = [alice, bob, names, hilde];
  const memory = memoryBackends();
  const { server, objects } = createCloud(store, memory.backends);
  const http = createApi(store, objects);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const api = apiVariables(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
  return {
    ...memory,
    ...{ objects, store, server, directory, file, socket, api },
    make: (type, inputs, account = alice) => objects.create(account, type, inputs),
    stop: async () => {
      for (const each of [server, http]) {
        each.closeAllConnections();
        await new Promise((resolve) => each.close(resolve));
      }
      // What a delivered answer still has to write.
      await store.save();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export const dropletInputs = (extra: Properties = {}): Properties => ({
  name: 'primary',
  image: 'debian-13-x64',
  size: 's-2vcpu-4gb',
  region: 'fra1',
  ipv6: true,
  ...extra,
});

export const serverInputs = (extra: Properties = {}): Properties => ({
  name: 'primary.social.coop',
  image: 'debian-13',
  serverType: 'cpx32',
  location: 'fsn1',
  ...extra,
});
