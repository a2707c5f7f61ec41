import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { labFetch } from '../../lab/client.ts';
import { cloud } from '../../lab/cloud/client.ts';
import { paths } from '../../lab/paths.ts';
import { type Stack, stacks } from './stacks.ts';
import { coopPath, inLab, must, run } from './support.ts';

// The same on every stack; one of them is lost.
const lost = stacks[0] as Stack;
const { name, site, onMachine, pulumi } = lost;
const file = join(paths.project, `Pulumi.${name}.yaml`);
const home = mkdtempSync(join(tmpdir(), 'coop-empty-home-'));
afterAll(() => rmSync(home, { recursive: true }));

interface Resource {
  type: string;
  id?: string;
  custom: boolean;
}
const isBucket = ({ type }: { type: string }) => type.endsWith(':SpacesBucket');
const statement = (sql: string) => onMachine(`instance psql -Atqc "${sql}"`);

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

it('coop recover brings a stack back of which nothing is left but its buckets and the passphrase', async () => {
  const secrets = JSON.parse((await pulumi('config', '--show-secrets', '--json')).stdout)['instance:secrets'];
  await statement(
    "create table if not exists survivor(word text); insert into survivor values ('still here')",
  );
  await statement('select pg_switch_wal()');
  await onMachine(
    'for i in $(seq 60); do instance psql -Atqc "select count(*) from pg_stat_archiver where last_archived_wal >= pg_walfile_name(pg_switch_wal())" | grep -q 1 && break; sleep 0.5; done; sleep 2',
  );
  const { backups, objects } = await loseEverything();
  expect(objects).toBe(2);

  const wrong = join(home, 'wrong');
  writeFileSync(wrong, 'not this one, not this one\n');
  const refused = await recover(backups, '--yes', '--passphrase-file', wrong);
  expect(refused).toMatchObject({
    code: 1,
    output: expect.stringContaining('the passphrase does not open the recovery identity'),
  });
  expect(existsSync(file)).toBe(false);

  const back = await recover(backups, '--yes');
  console.log(`coop recover of ${name}: ${back.seconds.toFixed(1)} s`);
  expect(back.code, back.output).toBe(0);
  expect((await statement('select word from survivor')).stdout.trim()).toBe('still here');
  expect((await statement('select pg_is_in_recovery()')).stdout.trim()).toBe('f');
  expect((await labFetch(`${site}/health`)).status).toBe(200);
  expect(readFileSync(file, 'utf8')).not.toContain('instance:recover:');

  // The stack is one like any other: its secrets are what they were, its buckets its own, and nothing is left to do.
  const now = JSON.parse((await pulumi('config', '--show-secrets', '--json')).stdout)['instance:secrets'];
  const { hostKey, deployKey, ...same } = JSON.parse(now.value);
  const { hostKey: h, deployKey: d, ...before } = JSON.parse(secrets.value);
  expect(same).toEqual(before);
  expect(hostKey === h || deployKey === d).toBe(false);
  await pulumi('preview', '--expect-no-changes');
  const again = await recover(backups, '--yes');
  expect(again).toMatchObject({ code: 1, output: expect.stringContaining('the stack file is there') });
  const kit = await onMachine('cat /var/lib/social.coop/jobs/secrets-escrow');
  expect(kit.stdout).toContain('read back');
  await must(inLab(coopPath, 'status', name));
}, 400_000);
