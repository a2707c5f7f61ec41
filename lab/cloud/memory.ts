import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from './api-error.ts';
import type { Backends, DnsRecord, FirewallRules, Grant, MachineSpec, MachineState } from './backends.ts';

// Long enough for whatever runs at the same time to get in between.
const pause = () => sleep(2);

/** Backends that only remember what they were told, for tests of the clouds without Docker or S3. */
export function memoryBackends() {
  const machines = new Map<string, { spec: MachineSpec; state: MachineState; addresses: Set<string> }>();
  const firewalls = new Map<string, FirewallRules>();
  const buckets = new Map<
    string,
    { versioning: boolean; filled: boolean; grants: Grant[]; policy?: string }
  >();
  const users = new Map<string, string>();
  const seen = { machines, firewalls, buckets, users, records: [] as DnsRecord[], created: 0 };
  const machine = (id: string) => {
    const found = machines.get(id);
    if (!found) throw new Error(`no machine ${id}`);
    return found;
  };
  const turn = (state: MachineState) => async (id: string) => void Object.assign(machine(id), { state });
  const bucket = ({ name }: { name: string }) => {
    const found = buckets.get(name);
    if (!found) throw new ApiError(404, '', 'NoSuchBucket');
    return found;
  };
  const backends: Backends = {
    machines: {
      createMachine: async (spec) => {
        seen.created += 1;
        machines.set(spec.id, { spec, state: 'running', addresses: new Set() });
      },
      removeMachine: async (id) => {
        firewalls.delete(machines.get(id)?.spec.mac ?? '');
        machines.delete(id);
      },
      startMachine: turn('running'),
      stopMachine: turn('stopped'),
      freezeMachine: turn('frozen'),
      thawMachine: turn('running'),
      cutMachine: async (id) => void machine(id),
      joinMachine: async (id) => void machine(id),
      slowMachine: async (id) => void machine(id),
      fillDisk: async (id) => void machine(id),
      resizeMachine: async (id, memoryMb, vcpus) => void Object.assign(machine(id).spec, { memoryMb, vcpus }),
      machineState: async (id) => machines.get(id)?.state ?? 'missing',
      setAddresses: async (id, addresses) => {
        if (machine(id).state !== 'stopped') throw new Error(`${id} is not switched off`);
        machine(id).spec = { ...machine(id).spec, ip4: '', ...addresses };
      },
      addAddress: async (id, ip4) => void machine(id).addresses.add(ip4),
      removeAddress: async (id, ip4) => void machine(id).addresses.delete(ip4),
      setFirewall: async (mac, rules) => void (rules ? firewalls.set(mac, rules) : firewalls.delete(mac)),
    },
    storage: {
      bucketExists: async ({ name }) => buckets.has(name),
      createBucket: async ({ name, versioning = false }) =>
        void buckets.set(name, { versioning, filled: false, grants: [] }),
      deleteBucket: async ({ name, force }) => {
        if (bucket({ name }).filled && !force) throw new ApiError(409, '', 'BucketNotEmpty');
        buckets.delete(name);
      },
      setBucketAcl: async (name) => void bucket(name),
      setVersioning: async (name, versioning) => void Object.assign(bucket(name), { versioning }),
      setCors: async (name) => void bucket(name),
      setLifecycle: async (name) => void bucket(name),
      setAccess: async (name, grants, policy) => {
        await pause();
        const stranger = grants.find(({ accessKey }) => !users.has(accessKey));
        if (stranger) throw new ApiError(400, `no user ${stranger.accessKey}`, 'MalformedPolicy');
        Object.assign(bucket(name), { grants, policy });
      },
      userExists: async (accessKey) => users.has(accessKey),
      createUser: async ({ accessKey, secretKey }) => {
        await pause();
        if (users.has(accessKey)) throw new ApiError(409, '', 'UserAlreadyExists');
        users.set(accessKey, secretKey);
      },
      deleteUser: async (accessKey) => void users.delete(accessKey),
      applyLifecycle: async () => [],
    },
    names: { writeRecords: async (records) => void Object.assign(seen, { records }) },
  };
  return { backends, seen };
}
