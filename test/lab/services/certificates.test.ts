import './scratch.ts';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { labFetch } from '../../../lab/client.ts';
import { ensureNetwork } from '../../../lab/machines/index.ts';
import { labDir, paths } from '../../../lab/paths.ts';
import { ensureAcme } from '../../../lab/services/acme.ts';
import { services } from '../../../lab/services/addresses.ts';
import { ensureCa } from '../../../lab/services/ca.ts';
import { ensureDns } from '../../../lab/services/dns.ts';
import { distrustRegistry, trustRegistry } from '../../../lab/services/images.ts';
import { alivePid, stopProcess } from '../../../lab/services/process.ts';
import { ensureRegistry } from '../../../lab/services/registry.ts';
import { digestOf } from '../../../lab/services/registry-client.ts';

const startRegistry = () => ensureRegistry(services.registry.v4, 443, join(labDir, 'images'));

beforeAll(async () => {
  await ensureNetwork();
  await ensureCa();
  await ensureDns();
  await Promise.all([ensureAcme(), startRegistry()]);
});

test('the ACME directory is served under its name with the lab’s certificate', async () => {
  const directory = (await (await labFetch('https://acme.lab.test/dir')).json()) as Record<string, string>;
  expect(directory.newOrder).toMatch(/^https:\/\/acme\.lab\.test\//);
});

test('the root that it issues under is among what the lab’s clients trust, also after a restart', async () => {
  const roots = () => readFileSync(paths.trust, 'utf8').match(/-----BEGIN[^-]+-----[^-]+/g) ?? [];
  const before = roots();
  expect(before).toHaveLength(2);
  await stopProcess('acme');
  await ensureAcme();
  expect(roots()).toHaveLength(2);
  expect(roots()[0]).toBe(before[0]);
  expect(roots()[1]).not.toBe(before[1]);
});

test('a start while it runs changes neither process nor root', async () => {
  const [pid, trust] = [alivePid('acme'), readFileSync(paths.trust, 'utf8')];
  await ensureAcme();
  expect([alivePid('acme'), readFileSync(paths.trust, 'utf8')]).toEqual([pid, trust]);
});

test('its private keys are to be had on loopback alone', async () => {
  const url = 'https://acme.lab.test:15000/root-keys/0';
  await expect(labFetch(url, { timeoutMs: 2000 })).rejects.toThrow('ECONNREFUSED');
});

test('the registry takes a push of the host’s Docker, keeps it over a restart, and tells its digest', async () => {
  trustRegistry();
  const image = `${services.registry.v4}/test/tiny:1`;
  execFileSync('docker', ['import', '-', image], {
    input: execFileSync('tar', ['-c', '-C', '/etc', 'hostname']),
  });
  try {
    expect(await digestOf('test/tiny', '1')).toBeUndefined();
    execFileSync('docker', ['push', '--quiet', image]);
    const digest = await digestOf('test/tiny', '1');
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    await stopProcess('registry');
    await startRegistry();
    expect(await digestOf('test/tiny', '1')).toBe(digest);
    const listed = await labFetch('https://registry.lab.test/v2/test/tiny/tags/list');
    expect(await listed.json()).toEqual({ name: 'test/tiny', tags: ['1'] });
  } finally {
    execFileSync('docker', ['rmi', image]);
    expect(distrustRegistry()).toBe(true);
  }
});
