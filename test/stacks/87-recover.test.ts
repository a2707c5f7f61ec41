import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { signedS3Headers } from '../../components/accounts/s3-signature.ts';
import { labFetch } from '../../lab/client.ts';
import { cloud } from '../../lab/cloud/client.ts';
import { docker } from '../../lab/machines/exec.ts';
import { containerName } from '../../lab/machines/names.ts';
import { paths } from '../../lab/paths.ts';
import { stopProcess } from '../../lab/services/process.ts';
import { ensureRegistry } from '../../lab/services/registry.ts';
import { Stack, stacks } from './stacks.ts';
import { coopPath, eventually, inLab, must, reach, run } from './support.ts';
import { archived, use } from './used.ts';

// The same on every stack; one of them is lost.
const lost = stacks[0] as Stack;
const { name, site, pulumi } = lost;
/** The same at the other provider. */
const elsewhere = new Stack({ ...lost, provider: 'hcloud' });
const file = join(paths.project, `Pulumi.${name}.yaml`);
const home = mkdtempSync(join(tmpdir(), 'coop-empty-home-'));
afterAll(() => rmSync(home, { recursive: true }));

interface Resource {
  type: string;
  id?: string;
  custom: boolean;
}
const isBucket = ({ type }: { type: string }) => type.endsWith(':SpacesBucket');
const statement = (sql: string, at = lost) => at.onMachine(`instance psql -Atqc "${sql}"`);

/** Everything but the buckets: servers, names and keys in the clouds, the state, the stack file. */
async function loseEverything(): Promise<{ backups: string; objects: number }> {
  const { deployment } = JSON.parse((await pulumi('stack', 'export')).stdout);
  const made = (deployment.resources as Resource[]).filter(({ custom, id }) => custom && id);
  const { backups } = JSON.parse((await pulumi('stack', 'output', '--json')).stdout).buckets;
  for (const { type, id = '' } of made.filter((each) => !isBucket(each)).reverse()) {
    const [provider = '', , kind = ''] = type.split(':');
    if (['command', 'pulumi'].includes(provider)) continue;
    await cloud.remove(provider, kind, id).catch((error: Error & { status?: number }) => {
      if (error.status !== 404) throw error;
    });
  }
  // Takes the stack file with it.
  await pulumi('stack', 'rm', '--force', '--yes');
  expect(existsSync(file)).toBe(false);
  return { backups, objects: made.filter(isBucket).length };
}

/** With an empty home and nothing of the stack. */
const recover = (bucket: string, ...args: string[]) =>
  run(
    inLab(
      ...['env', `HOME=${home}`, coopPath, 'recover', name, '--bucket', bucket],
      ...['--storage-region', 'fra1', ...args],
    ),
    { seconds: 300 },
  );

const secretsNow = async () => {
  const { 'instance:secrets': secrets } = JSON.parse(
    (await pulumi('config', '--show-secrets', '--json')).stdout,
  );
  return JSON.parse(secrets.value) as Record<string, unknown>;
};
const without = ({ hostKey: _h, deployKey: _d, ...same }: Record<string, unknown>) => same;
const backupsOf = async () => JSON.parse((await pulumi('stack', 'output', '--json')).stdout).buckets.backups;

/** Runs a command in a machine of the lab that nobody can log in to. */
const inside = (droplet: string, ...command: string[]) =>
  docker(['exec', containerName(`do-${droplet}`), ...command]);
const objects = async (provider: string, type: string, part: string) =>
  (await cloud.list(provider, type)).filter(({ inputs }) => String(inputs.name).includes(part));

it('coop recover fences a server that still runs, and brings the stack back at another provider', async () => {
  await use(lost);
  const before = await secretsNow();
  await statement("create table survivor(word text); insert into survivor values ('still here')");
  await archived(lost);
  const backups = await backupsOf();
  const old = await lost.server();
  const { ipv4Address } = old.outputs;
  // The laptop is gone, and the server is not: it serves, and archives.
  await pulumi('stack', 'rm', '--force', '--yes');
  expect(existsSync(file)).toBe(false);

  const wrong = join(home, 'wrong');
  writeFileSync(wrong, 'not this one, not this one\n');
  for (const [args, message] of [
    [['--passphrase-file', wrong], 'the passphrase does not open the recovery identity'],
    [['--at', '2020-02-02T02:02:02Z'], `${name} can be brought back to any moment from 20`],
  ] as const) {
    const refused = await recover(backups, '--yes', ...args);
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining(message) });
    expect(existsSync(file)).toBe(false);
  }

  const there = ['--provider', 'hetzner', '--region', 'nbg1', '--size', 'cpx32'];
  const back = await recover(backups, '--yes', ...there);
  console.log(`coop recover of ${name}, from a server that still runs: ${back.seconds.toFixed(1)} s`);
  expect(back.code, back.output).toBe(0);
  expect(back.output).toContain(`${ipv4Address} (SSH, HTTPS)`);
  expect(back.output).toContain('answered before, and answers no more');
  expect(back.output).toContain('the bucket of backups knows its keys no more');
  expect(back.output).toMatch(
    /^the last second that came back is 20\d\d-.*Z: what was written later is lost$/m,
  );
  expect(back.output).toMatch(/^[1-9]\d of \d\d checks passed$/m);
  expect(back.output).not.toMatch(/^ {2}failed:$/m);
  expect((await statement('select word from survivor', elsewhere)).stdout.trim()).toBe('still here');
  expect((await labFetch(`${site}/health`)).status).toBe(200);
  expect(await objects('hcloud', 'Server', lost.domain)).toHaveLength(1);
  await pulumi('preview', '--expect-no-changes');
  expect(without(await secretsNow())).toEqual(without(before));

  // Somebody finds it switched off, and switches it on.
  await cloud.machine(old.id, 'start');
  await eventually(() => inside(old.id, 'systemctl', 'is-active', 'docker.service'), 60);
  for (const port of [22, 443]) expect(await reach(String(ipv4Address), port)).toBe('closed');
  const conf = await inside(old.id, 'cat', '/etc/social.coop/rclone.conf');
  const key = (of: string) => new RegExp(`\\[backups\\][^[]*${of} *= *(\\S+)`).exec(conf)?.[1] ?? '';
  const url = new URL(`https://fra1.digitaloceanspaces.com/${backups}/?list-type=2`);
  const keys = { accessKey: key('access_key_id'), secretKey: key('secret_access_key') };
  const asked = await labFetch(url.href, { headers: signedS3Headers('GET', url, 'fra1', keys) });
  expect(await asked.text()).toContain('<Code>InvalidAccessKeyId</Code>');
  const out = await inside(
    ...[
      old.id,
      'bash',
      '-c',
      'timeout 3 bash -c "</dev/tcp/fra1.digitaloceanspaces.com/443" && echo out || echo shut',
    ],
  );
  expect(out).toBe('shut');

  for (const { id } of await objects('digitalocean', 'Droplet', `lost-${old.id}`))
    await cloud.remove('digitalocean', 'Droplet', id);
  const rest = (await cloud.everything()).filter(
    ({ provider, type, inputs, outputs }) =>
      provider === 'digitalocean' &&
      (String(inputs.name).includes('lost') ||
        (type === 'SshKey' && inputs.name === `primary.${lost.domain}`) ||
        (type === 'ReservedIp' && !outputs.dropletId)),
  );
  expect(rest.map(({ type }) => type).sort()).toEqual(['Firewall', 'Project', 'ReservedIp', 'SshKey']);
  for (const { provider, type, id } of rest) await cloud.remove(provider, type, id);
}, 500_000);

it('and again, when all is lost, back to a moment, from the kit of the server that was recovered and a backup of the one before it', async () => {
  const backups = await backupsOf();
  const before = await statement('select timeline_id from pg_control_checkpoint()', elsewhere);
  await statement("insert into survivor values ('in time')", elsewhere);
  const moment = await archived(elsewhere);
  await statement("insert into survivor values ('too late')", elsewhere);
  await elsewhere.onMachine('systemctl start image-archive.service');
  // Later than that by what is on its way when a server dies.
  await eventually(async () =>
    expect(Date.parse(await archived(elsewhere)) - Date.parse(moment)).toBeGreaterThan(6000),
  );
  const held = JSON.parse((await elsewhere.onMachine('instance backup list --json')).stdout);
  // As if its newest were damaged.
  const { label } = held.at(-2);
  expect((await loseEverything()).objects).toBe(2);
  await stopProcess('registry');
  const back = await recover(
    ...[
      backups,
      '--yes',
      '--at',
      moment,
      '--backup',
      label,
      '--provider',
      'digitalocean',
      '--region',
      'fra1',
    ],
    ...['--size', 's-4vcpu-8gb'],
  ).finally(() => ensureRegistry());
  console.log(`coop recover of ${name}, from nothing and without a registry: ${back.seconds.toFixed(1)} s`);
  expect(back.code, back.output).toBe(0);
  const words = await statement('select word from survivor');
  expect(words.stdout.trim().split('\n')).toEqual(['still here', 'in time']);
  expect(back.output).toContain('the old server is not in the account any more');
  const [, newest = ''] = /^the last second that came back is (\S+Z):/m.exec(back.output) ?? [];
  expect(Math.abs(Date.parse(newest) - Date.parse(moment))).toBeLessThan(3000);
  expect(back.output).toMatch(/^[1-9]\d of \d\d checks passed$/m);
  const images = await lost.onMachine('cat /var/lib/social.coop/images-archived');
  expect(images.stdout).toContain('social-coop/archived:');
  expect((await labFetch(`${site}/health`)).status).toBe(200);
  expect(readFileSync(file, 'utf8')).not.toContain('instance:recover:');

  const timelineOfBackup = await lost.onMachine(
    "sed -n 's/^START TIMELINE: //p' /var/lib/social.coop/postgres/17/data/backup_label.old",
  );
  expect(Number(timelineOfBackup.stdout)).toBeLessThan(Number(before.stdout));
  // One like any other: it archives on a history of its own, and its first backup is there.
  const timeline = await statement('select timeline_id from pg_control_checkpoint()');
  expect(Number(timeline.stdout)).toBeGreaterThan(Number(before.stdout));
  expect((await statement("select current_setting('archive_mode')")).stdout.trim()).toBe('on');
  const list = JSON.parse((await lost.onMachine('instance backup list --json')).stdout);
  expect(Date.parse(list.at(-1).began)).toBeGreaterThan(Date.parse(moment));
  await pulumi('preview', '--expect-no-changes');
  const again = await recover(backups, '--yes');
  expect(again).toMatchObject({ code: 1, output: expect.stringContaining('the stack file is there') });
  const kit = await lost.onMachine('cat /var/lib/social.coop/jobs/secrets-escrow');
  expect(kit.stdout).toContain('read back');
  // Its timer may have fired in the middle of the apply.
  await lost.onMachine('systemctl start metrics.service');
  await must(inLab(coopPath, 'status', name));
}, 500_000);
