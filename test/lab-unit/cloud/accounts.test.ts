import { afterEach, beforeEach, expect, it } from 'vitest';
import { cloud as client } from '../../../lab/cloud/client.ts';
import { callCloud } from '../../../lab/providers/lib/cloud.ts';
import { alice, dropletInputs, hilde, serverInputs, type TestCloud, testCloud } from './support.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await testCloud();
  process.env.LAB_CLOUD = cloud.socket;
});
afterEach(async () => {
  delete process.env.LAB_CLOUD;
  await cloud.stop();
});

const server = (token: string | undefined, name: string) =>
  callCloud('POST', '/v1/hcloud/Server', token, serverInputs({ name }));

it('a token that may only read makes, changes and deletes nothing', async () => {
  const object = await cloud.make('Server', serverInputs(), hilde);
  const path = `/v1/hcloud/Server/${object.id}`;
  expect((await callCloud('GET', path, hilde.readToken)).status).toBe(200);
  const refused = { status: 403, body: { code: 'token_readonly' } };
  expect(await server(hilde.readToken, 'other')).toMatchObject(refused);
  expect(await callCloud('PATCH', path, hilde.readToken, serverInputs({ name: 'x' }))).toMatchObject(refused);
  expect(await callCloud('DELETE', path, hilde.readToken)).toMatchObject(refused);
  expect(cloud.seen.machines.size).toBe(1);
});

it('an account’s limit is kept, in its provider’s words, and nothing is made beyond it', async () => {
  await client.putAccount({ ...hilde, limits: { Server: 1 } });
  expect((await server(hilde.token, 'one')).status).toBe(200);
  expect(await server(hilde.token, 'two')).toMatchObject({
    status: 403,
    body: { message: 'server limit exceeded', code: 'resource_limit_exceeded' },
  });
  await client.putAccount({ ...alice, limits: { Droplet: 0 } });
  const droplet = await callCloud('POST', '/v1/digitalocean/Droplet', alice.token, dropletInputs());
  expect(droplet).toMatchObject({ status: 422, body: { message: /exceed your droplet limit/ } });
  expect(cloud.seen.machines.size).toBe(1);
});

it('injected failures speak the provider’s language', async () => {
  const fault = (kind: 'rate-limit' | 'out-of-stock', times: number) =>
    client.fault({ provider: 'hcloud', type: 'Server', op: 'create', kind, times });
  await fault('out-of-stock', 1);
  expect(await server(hilde.token, 'a')).toMatchObject({
    status: 412,
    body: { code: 'resource_unavailable' },
  });
  await fault('rate-limit', 50);
  expect(await server(hilde.token, 'a')).toMatchObject({
    status: 429,
    body: { code: 'rate_limit_exceeded' },
  });
  expect(cloud.seen.machines.size).toBe(0);
});

it('a project’s token sees nothing of another project', async () => {
  const neighbour = { ...hilde, name: 'neighbour', token: 'n'.repeat(64) };
  await client.putAccount(neighbour);
  const object = await cloud.make('Server', serverInputs(), hilde);
  expect((await callCloud('GET', `/v1/hcloud/Server/${object.id}`, neighbour.token)).status).toBe(404);
  expect((await callCloud('DELETE', `/v1/hcloud/Server/${object.id}`, neighbour.token)).status).toBe(404);
});
