import { expect, it } from 'vitest';
import { labFetch } from '../../lab/client.ts';
import { cloud } from '../../lab/cloud/client.ts';
import type { Step } from '../../scripts/lib/failover-steps.ts';
import { type Stack, stacks } from './stacks.ts';
import { inLab, must, run } from './support.ts';

// The same on every stack; one of them is looked at.
const first = stacks[0] as Stack;
const { site, provider, types, onMachine, coopCommand, pulumi, upCommand, up } = first;

/** Takes the server away as an accident would, unless an earlier file has. */
async function loseServer(): Promise<void> {
  const there = await onMachine('ls /var/lib/social.coop/postgres/17/data 2>/dev/null | wc -l');
  if (there.stdout.trim() === '0') return;
  await onMachine(`instance psql -qc "select pg_create_restore_point('before'), pg_switch_wal()"`);
  await onMachine(
    'for i in $(seq 60); do instance psql -Atqc "select last_archived_wal from pg_stat_archiver" | grep -q . && break; sleep 0.5; done; sleep 3',
  );
  await cloud.remove(provider, types.server, (await first.server()).id);
  await pulumi('refresh', '--yes', '--skip-preview');
  expect((await run(upCommand(), { seconds: 400 })).output).toMatch(/coop recover/);
}

it('the steps that coop failover prints bring a lost server back with its data', async () => {
  const said = await run(coopCommand('failover', '--json'));
  expect(said.code).toBe(1);
  const steps: Step[] = JSON.parse(said.stdout).steps;
  const restore = steps.find(({ command }) => command?.includes('pgbackrest'))?.command;
  await loseServer();
  await must(inLab('sh', '-c', restore ?? 'exit 1'));
  await up();
  expect((await labFetch(`${site}/api/v1/instance`)).status).toBe(200);
  const accounts = await onMachine("instance psql -Atqc 'select count(*) from accounts'");
  expect(Number(accounts.stdout)).toBeGreaterThan(0);
});
