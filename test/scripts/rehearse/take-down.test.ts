import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { restoreFile } from '../../../scripts/lib/rehearse/leftovers.ts';
import { lossOf } from '../../../scripts/lib/rehearse/lost.ts';
import { publish } from '../../../scripts/lib/rehearse/outcome.ts';
import { endStragglers, markOf } from '../../../scripts/lib/rehearse/stragglers.ts';
import { takeDown } from '../../../scripts/lib/rehearse/take-down.ts';
import { run } from '../../../scripts/lib/run.ts';
import { fakePulumi } from '../fake-pulumi.ts';
import { report } from '../report/sample.ts';

const stack = 'rehearsal-20261123-041500';
const quiet = { note: () => {}, step: <T>(_: string, work: () => Promise<T>) => work() };
let fake: ReturnType<typeof fakePulumi>;
beforeEach(async () => {
  fake = fakePulumi();
  await run(['pulumi', 'up', '--stack', stack], { cwd: fake.projectDir, env: fake.env });
});
afterEach(() => {
  fake.remove();
  process.exitCode = undefined;
});
const place = (more: NodeJS.ProcessEnv = {}) => ({
  projectDir: fake.projectDir,
  stack,
  env: { ...fake.env, PULUMI_CONFIG_PASSPHRASE_FILE: fake.passphraseFile, ...more },
});

it('takes everything down: what was made, the stack in the state, its file', async () => {
  await restoreFile(place());
  expect(readdirSync(fake.projectDir)).toContain(`Pulumi.${stack}.yaml`);
  await takeDown(place(), quiet, 1);
  expect(readdirSync(fake.projectDir)).toEqual(['Pulumi.yaml']);
  expect(readdirSync(join(fake.root, 'state'))).not.toContain(stack);
});

it('tries again, then names what is left and keeps the state that knows of it', async () => {
  await expect(takeDown(place({ FAKE_DESTROY: 'fail' }), quiet, 1)).rejects.toThrow(
    new RegExp(`still there, and still costing: ${stack}-primary .*coop rehearse --cleanup ${stack}`),
  );
  expect(fake.calls().filter(({ argv }) => argv[0] === 'destroy')).toHaveLength(3);
  expect(readdirSync(join(fake.root, 'state'))).toContain(stack);
});

it('ends what a killed engine left at work, and nothing of another rehearsal', async () => {
  const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')";
  const begin = async (stack: string) => {
    const child = spawn(process.execPath, ['-e', stubborn], {
      env: { ...process.env, ...markOf({ ...place(), stack }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return child;
  };
  const ours = await begin(stack);
  const theirs = await begin('rehearsal-20261123-041501');
  try {
    expect(await endStragglers(place(), 300)).toBe(1);
    await once(ours, 'exit');
    expect(ours.signalCode).toBe('SIGKILL');
    expect(theirs.exitCode ?? theirs.signalCode).toBeNull();
    expect(await endStragglers(place(), 300)).toBe(0);
  } finally {
    ours.kill('SIGKILL');
    theirs.kill('SIGKILL');
  }
});

it('says that a machine was lost only when it is there and does not answer', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const droplet = { urn: 'x', type: 'digitalocean:index/droplet:Droplet', id: '7' };
  const loss = (...resources: object[]) =>
    lossOf(place({ FAKE_EXPORT: JSON.stringify({ deployment: { resources } }) }), port);
  const there = { ...droplet, outputs: { ipv4Address: '127.0.0.1' } };
  expect(await loss(there)).toBeUndefined();
  server.close();
  await once(server, 'close');
  expect(await loss(there)).toMatch(/does not answer: it, or its network, was lost — 127\.0\.0\.1/);
  expect(await loss(droplet)).toBeUndefined();
  expect(await loss()).toBeUndefined();
});

it('a copy that is left, or a report that nobody can find, is no success', async () => {
  const options = {
    context: { kind: 'REAL', projectDir: '', backend: undefined, env: {}, lab: '' } as const,
    backups: { bucket: 'b', region: 'fra1' },
    directory: join(fake.root, 'reports'),
    progress: quiet,
  };
  await publish({ report: report() }, { ...options, upload: false });
  expect(process.exitCode).toBeUndefined();
  await publish({ report: report(), left: 'a Droplet' }, { ...options, upload: false });
  expect(process.exitCode).toBe(1);
  process.exitCode = undefined;
  const open = () => Promise.reject(new Error('AccessDenied'));
  await publish({ report: report() }, { ...options, upload: true, open });
  expect(process.exitCode).toBe(1);
  process.exitCode = undefined;
  const record = () => Promise.reject(new Error('no connection'));
  await publish({ report: report() }, { ...options, upload: false, record });
  expect(process.exitCode).toBe(1);
});
