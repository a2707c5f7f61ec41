import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { seedFiles } from '../../../lab/machines/seed.ts';

const spec = {
  id: '42',
  name: 'staging',
  mac: '02:c0:0b:00:00:0a',
  ip4: '198.18.1.10',
  memoryMb: 1024,
  vcpus: 1,
  userData: '#cloud-config\npackages: [jq]\n',
  sshKeys: ['ssh-ed25519 AAAA "quoted" # and more'],
};

test('the seed is YAML that names the machine and its keys, and the user data byte by byte', () => {
  const files = seedFiles(spec);
  expect(parse(files['meta-data'] as string)).toEqual({
    'instance-id': '42',
    'local-hostname': 'staging',
    'public-keys': spec.sshKeys,
  });
  expect(files['user-data']).toBe(spec.userData);
});

test('without user data cloud-init gets an empty configuration, not an empty file', () => {
  expect(seedFiles({ ...spec, userData: '' })['user-data']).toMatch(/^#cloud-config\n/);
});
