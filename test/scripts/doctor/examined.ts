import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Clouds, Identity } from '../../../components/accounts/types.ts';
import { type ExamineOptions, examine, type Result } from '../../../scripts/doctor/examine.ts';
import { findContext } from '../../../scripts/lib/context.ts';
import { makeSshKeyPair } from '../../../scripts/lib/openssh.ts';
import { fakeStack } from '../fake-pulumi.ts';

// A pulumi that is played, and clouds that say what each test wants; the lab's are asked in test/stacks.

export const zoneId = '0123456789abcdef0123456789abcdef';
export const ana = makeSshKeyPair('ana@laptop');
const answers = {
  domain: 'staging.social.coop',
  contact: 'tech@social.coop',
  sshFrom: ['203.0.113.0/28'],
  dns: { provider: 'cloudflare', zone: 'social.coop', zoneId },
  mail: { host: 'smtp.example.org', from: 'notifications@social.coop' },
  admins: { ana: [ana.publicKey] },
  images: Object.fromEntries(
    ['web', 'streaming', 'postgres', 'redis'].map((name) => [
      name,
      `registry.example/${name}@sha256:${'5c'.repeat(32)}`,
    ]),
  ),
};

export const good: Identity = { account: 'social-coop', access: 'read-write' };
const tokens = {
  DIGITALOCEAN_TOKEN: 'do',
  SPACES_ACCESS_KEY_ID: 'id',
  SPACES_SECRET_ACCESS_KEY: 'secret',
  CLOUDFLARE_API_TOKEN: 'cf',
};
const droplet = { urn: 'u', type: 'digitalocean:index/droplet:Droplet', id: '400' };
export const running = (more: object[] = [], outputs: object = {}) => ({
  FAKE_EXPORT: JSON.stringify({
    deployment: { resources: [{ urn: 's', type: 'pulumi:pulumi:Stack', outputs }, droplet, ...more] },
  }),
});

export const of = (results: Result[], check: string) => results.filter((result) => result.check === check);
export const failures = (results: Result[]) => results.filter(({ level }) => level === 'failure');

/** A staging stack that is in order before each test of a file, and a doctor to look at it. */
export function examined() {
  const doctor = {} as { place: Awaited<ReturnType<typeof fakeStack>>; clouds: Clouds };
  let file: string;
  let written: string;
  beforeAll(async () => {
    doctor.place = await fakeStack(answers);
    file = join(doctor.place.projectDir, 'Pulumi.staging.yaml');
    written = readFileSync(file, 'utf8');
  });
  beforeEach(() => {
    writeFileSync(file, written);
    for (const left of ['.ssh', 'state/.pulumi', '.cache'])
      rmSync(join(doctor.place.root, left), { recursive: true, force: true });
    const yes = async () => true;
    const cloud = { whoami: async () => good, sees: yes, holds: yes, quotas: async () => [] };
    doctor.clouds = {
      hetzner: cloud,
      digitalocean: { ...cloud },
      spaces: { whoami: async () => good },
      cloudflare: {
        whoami: async () => good,
        zone: async () => ({ name: 'social.coop', account: 'Social Coop' }),
        records: async () => [],
      },
    };
  });
  afterAll(() => doctor.place.remove());

  return Object.assign(doctor, {
    look(env: NodeJS.ProcessEnv = {}, options: ExamineOptions = {}): Promise<Result[]> {
      const { place, clouds } = doctor;
      const passphrase = { PULUMI_CONFIG_PASSPHRASE_FILE: place.passphraseFile };
      const context = findContext(
        place.projectDir,
        { ...place.env, ...passphrase, ...tokens, ...env },
        '/no-lab',
      );
      return examine(context, 'staging', { clouds, ...options });
    },
    edit: (change: (text: string) => string) => writeFileSync(file, change(written)),
  });
}
