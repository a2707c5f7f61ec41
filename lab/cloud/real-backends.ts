import { availableParallelism } from 'node:os';
import { docker } from '../machines/exec.ts';
import * as machines from '../machines/index.ts';
import { containerName } from '../machines/names.ts';
import { writeRecords } from '../services/dns.ts';
import * as storage from '../services/s3-admin.ts';
import { policyOf } from '../services/s3-policy.ts';
import { withS3 } from '../services/s3-sdk.ts';
import type { Backends } from './backends.ts';

/** Machines in Docker, object storage in versitygw, names in dnsmasq. */
export const realBackends: Backends = {
  machines: {
    ...machines,
    // A Docker that does not answer has lost no machine.
    machineState: async (id) => {
      const state = await machines.machineState(id);
      if (state === 'missing') await docker(['version']);
      return state;
    },
    resizeMachine: async (id, memoryMb, vcpus) => {
      const memory = ['--memory', `${memoryMb}m`, '--memory-swap', `${memoryMb}m`];
      const cpus = String(Math.min(vcpus, availableParallelism()));
      await docker(['update', ...memory, '--cpus', cpus, containerName(id)]);
    },
  },
  storage: {
    ...storage,
    setAccess: async (bucket, grants, policy) => {
      if (policy === undefined) return storage.setGrants(bucket, grants);
      const own = policyOf(bucket.name, grants);
      const given = JSON.parse(policy) as { Statement: typeof own.Statement };
      const Policy = JSON.stringify({ ...given, Statement: [...own.Statement, ...given.Statement] });
      await withS3(bucket.region, (client, sdk) =>
        client.send(new sdk.PutBucketPolicyCommand({ Bucket: bucket.name, Policy })),
      );
    },
  },
  names: { writeRecords },
};
