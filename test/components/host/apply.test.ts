import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { archive } from '../../../components/host/archive.ts';
import { renderHost } from '../../../components/host/render.ts';
import { makeKit } from '../../../components/recovery/kit.ts';
import { engineConfig } from '../../fixtures/stack.ts';
import { completed, configOf } from '../support/config.ts';
import { type Asked, deploy } from '../support/deploy.ts';
import { only, staging } from '../support/staging.ts';

const bucket = (purpose: string) => ({
  bucket: `staging-social-coop-${purpose}`,
  region: 'fra1',
  endpoint: 'fra1.digitaloceanspaces.com',
  accessKey: `DO00staging-storage-${purpose}-key`,
  secretKey: `secret of staging-storage-${purpose}-key`,
});

test('ships the tree of this stack, this machine and these buckets on stdin, and only there', async () => {
  const config = configOf(completed('staging'));
  const { resources } = await deploy(config);
  const { inputs, secrets } = only(resources, 'Command');
  const machine = { name: 'staging-primary', address: '203.0.113.10', role: 'primary' as const };
  const facts = { stack: 'staging', config, media: bucket('media'), backups: bucket('backups') };
  const addresses = [machine.address, '2001:db8::20'];
  const kit = makeKit({ ...facts, project: 'instance', raw: engineConfig({ ...config }), addresses });
  const { tar, hash } = archive(renderHost({ ...facts, machine, kit }));
  expect(inputs.stdin).toBe(tar);
  expect(secrets).toEqual(['connection', 'stdin']);
  expect(inputs.create).toBe(inputs.update);
  expect(inputs.create).toMatch(new RegExp(` apply ${hash} 412345678$`));
  expect(inputs).not.toHaveProperty('environment');
});

test('can be followed by an update, never by a replacement or a deletion that could fail', async () => {
  const { resources } = await staging();
  const { inputs, deletedWith } = only(resources, 'Command');
  expect(inputs.addPreviousOutputInEnv).toBe(false);
  expect(inputs).not.toHaveProperty('triggers');
  expect(inputs).not.toHaveProperty('delete');
  expect(deletedWith).toBe('staging-primary-droplet');
});

test('reaches the machine itself, as root, by the deploy key, and by no other host key than the pinned one', async () => {
  const config = configOf(completed('staging'));
  const { resources } = await deploy(config);
  expect(only(resources, 'Command').inputs.connection).toEqual({
    host: '203.0.113.20',
    port: 22,
    user: 'root',
    privateKey: config.secrets.deployKey,
    hostKey: config.hostPublicKey.split(' ').slice(0, 2).join(' '),
    dialErrorLimit: 60,
    perDialTimeout: 15,
  });
});

test('waits for address, firewall, names and the keys of the buckets', async () => {
  const { resources } = await staging();
  const expected = ['primary-assignment', 'primary-firewall', 'names-a', 'names-aaaa', 'names-caa-issue'];
  const keys = ['storage-media-key', 'storage-backups-key'];
  expect(only(resources, 'Command').dependsOn).toEqual(
    expect.arrayContaining([...expected, ...keys].map((name) => `staging-${name}`)),
  );
});

test('runs again when the machine is another one, though the tree is the same', async () => {
  const config = configOf(completed('staging'));
  const command = ({ resources }: { resources: Asked[] }) =>
    only(resources, 'Command').inputs.update as string;
  const line = command(await deploy(config));
  expect(line).toBe(command(await deploy(config)));
  expect(line.replace(/412345678$/, '')).not.toBe(line);
});

test('the command unpacks stdin, runs the program with tree and hash, hands on its failure and leaves nothing', async () => {
  const { resources } = await staging();
  const place = mkdtempSync(join(tmpdir(), 'apply-'));
  const line = (only(resources, 'Command').inputs.create as string).replace('/root/', `${place}/`);
  const run = (script: string) => {
    const manifest =
      'echo "#!/bin/sh\n$1" > p; mkdir -p opt/social.coop/libexec; mv p opt/social.coop/libexec/apply';
    const make = `cd $(mktemp -d -p ${place} in.XXXX) && ${manifest} && chmod 755 opt/social.coop/libexec/apply && tar c opt | base64`;
    const input = execFileSync('sh', ['-c', make, 'make', script]);
    return execFileSync('sh', ['-c', line], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  };
  try {
    expect(run('test -x "$1/opt/social.coop/libexec/apply" && echo "$2"')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(() => run('exit 7')).toThrow(expect.objectContaining({ status: 7 }));
    expect(readdirSync(place).filter((name) => name.startsWith('.coop-apply'))).toEqual([]);
  } finally {
    rmSync(place, { recursive: true });
  }
});
