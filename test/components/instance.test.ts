import { expect, test } from 'vitest';
import { completed, configOf } from './support/config.ts';
import { deploy, resolved } from './support/deploy.ts';
import { set } from './support/edits.ts';
import { refusals } from './support/rules.ts';
import { only, staging } from './support/staging.ts';

const variants = {
  'as it ships': {},
  protected: { protect: true },
  'with federation open': { federation: 'open' },
  'with names set by hand': { dns: { provider: 'none' } },
  'with everything optional': {
    admins: { ann: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAIjbqSCpLYVyLKOOnV9LDZUilVr2KGyXcSrRxYQxOEU ann'] },
    expires: '2026-12-24',
    'mail.user': 'x',
    'secrets.smtpPassword': 'y',
  },
};

test.each(Object.entries(variants))(
  'every input of staging %s is one the providers accept',
  async (_, changes) => {
    const { resources } = await staging(changes);
    const custom = resources.filter(({ custom }) => custom);
    expect(custom.length).toBeGreaterThan(10);
    expect(custom.flatMap(({ type, inputs }) => refusals(type, inputs))).toEqual([]);
  },
);

test.each(['staging', 'prod', 'alpha'])(
  'every input of %s as it ships is one the providers accept',
  async (stack) => {
    const { resources } = await deploy(configOf(completed(stack)), [], stack);
    const custom = resources.filter(({ custom }) => custom);
    expect(new Set(custom.map(({ type }) => type.split(':')[0])).size).toBeGreaterThan(2);
    expect(custom.flatMap(({ type, inputs }) => refusals(type, inputs))).toEqual([]);
  },
);

test('a checker that finds nothing would prove nothing: it names unknown, missing and mistyped inputs', () => {
  const type = 'digitalocean:index/droplet:Droplet';
  expect(refusals(type, { image: 'x', size: 1, location: 'fsn1', sshKeys: [1] })).toEqual([
    `${type}.size is not string but 1`,
    `${type}.location is unknown`,
    `${type}.sshKeys[0] is not string but 1`,
  ]);
  expect(refusals(type, { image: 'x' })).toEqual([`${type}.size is missing`]);
});

test('every resource belongs to a component of the stack, and is named after it', async () => {
  const { resources } = await staging();
  for (const { name, parent } of resources.filter(({ name }) => name !== 'staging')) {
    expect(parent).not.toBe('');
    expect(name.startsWith(`${parent}-`)).toBe(true);
  }
});

test('no secret of the configuration, and no key of a bucket, is in an input that is not a secret', async () => {
  const file = set(completed('staging'), {
    'mail.user': 'x',
    'secrets.smtpPassword': 'the password of the relay',
  });
  // Of keys one line, which no way of quoting changes; a middle one, for the first lines of all keys are alike.
  const values = Object.values(file.secrets as Record<string, string>).map(
    (value) => value.split('\n').at(-4) ?? value,
  );
  expect(values.length).toBeGreaterThan(12);
  const { resources } = await deploy(configOf(file));
  const all = JSON.stringify(resources.map(({ inputs }) => inputs));
  expect(values.filter((value) => all.includes(value)).length).toBeGreaterThan(1);
  // Packed values are looked into.
  const unpacked = (value: unknown) =>
    typeof value === 'string' ? Buffer.from(value, 'base64').toString('latin1') : '';
  const open = JSON.stringify(
    resources.map(({ inputs, secrets }) =>
      Object.entries(inputs)
        .filter(([key]) => !secrets.includes(key))
        .map(([key, value]) => [key, value, unpacked(value)]),
    ),
  );
  const leaked = [...values, 'secret of staging-storage'].filter((value) => open.includes(value));
  expect(leaked).toEqual([]);
});

test('says where the instance is and how to get in', async () => {
  const ann = ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAIjbqSCpLYVyLKOOnV9LDZUilVr2KGyXcSrRxYQxOEU ann'];
  const { instance } = await staging({ admins: { ann } });
  expect(await resolved(instance.url)).toBe('https://staging.social.coop');
  expect(await resolved(instance.address)).toBe('203.0.113.10');
  expect(await resolved(instance.address6)).toBe('2001:db8::20');
  expect(await resolved(instance.ssh)).toBe('ssh ann@203.0.113.10');
  expect(await resolved(instance.buckets)).toEqual({
    media: 'staging-social-coop-media',
    backups: 'staging-social-coop-backups',
  });
});

const standby = {
  secondary: { provider: 'existing', host: 'box.example.org', address: '203.0.113.77' },
  secondaryHostPublicKey: completed('staging').hostPublicKey,
};

test('a second machine has a tree of its own, waits for no name, and no name points to it', async () => {
  const { resources, instance } = await staging(standby);

  const runs = ['staging-apply-run', 'staging-secondary-apply-run'].map((name) =>
    only(resources, 'Command', name),
  );
  expect(runs[0]?.inputs.create).not.toBe(runs[1]?.inputs.create);
  expect(runs[1]?.inputs.connection).toMatchObject({ host: 'box.example.org', user: 'root' });
  expect(runs[0]?.dependsOn).toContain('staging-names-a');
  expect(runs[1]?.dependsOn.filter((name) => /names|primary/.test(name))).toEqual([]);
  const records = resources.filter(({ type }) => type.endsWith(':DnsRecord'));
  expect(JSON.stringify(records)).not.toContain('203.0.113.77');
  expect(await resolved(instance.machines)).toMatchObject({
    primary: { address: '203.0.113.10', ssh: 'ssh root@203.0.113.10' },
    secondary: { address: '203.0.113.77', host: 'box.example.org', ssh: 'ssh root@box.example.org' },
  });
});

test('whoever is not root becomes it by sudo', async () => {
  const { resources } = await staging({
    secondary: { ...standby.secondary, user: 'debian' },
    ...{ secondaryHostPublicKey: standby.secondaryHostPublicKey },
  });
  const run = only(resources, 'Command', 'staging-secondary-apply-run');
  expect(run.inputs.create).toMatch(/^sudo -n sh -c '/);
  expect(only(resources, 'Command', 'staging-apply-run').inputs.create).toMatch(/^sh -c '/);
});

test('no output that is meant to be read is a secret', async () => {
  const { instance } = await staging();
  const { url, address, address6, ssh, machines, buckets } = instance;
  for (const output of [url, address, address6, ssh, machines, buckets]) {
    expect(await (output as unknown as { isSecret: Promise<boolean> }).isSecret).toBe(false);
  }
});

test('the project lists machine and buckets and not the address, which joins its machine by itself', async () => {
  const { resources } = await staging();
  expect(only(resources, 'Project').inputs).toEqual({
    name: 'staging.social.coop',
    description: 'Pulumi stack staging',
    purpose: 'Web Application',
    environment: 'Staging',
  });
  expect(only(resources, 'ProjectResources').inputs.resources).toEqual([
    'do:droplet:412345678',
    'do:space:staging-social-coop-media',
    'do:space:staging-social-coop-backups',
  ]);
  for (const type of ['Droplet', 'ReservedIp']) {
    expect(only(resources, type).dependsOn).toContain('staging-group-project');
  }
});
