import { expect, it } from 'vitest';
import { labFetch } from '../../lab/client.ts';
import { cloud } from '../../lab/cloud/client.ts';
import type { Step } from '../../scripts/lib/failover-steps.ts';
import { type Stack, stacks } from './stacks.ts';
import { inLab, must, run } from './support.ts';

// The same on every stack; one of them is looked at.
const first = stacks[0] as Stack;
const { site, provider, types, onMachine, coopCommand, pulumi } = first;

/** Takes the server away as an accident would, unless an earlier file has. */
async function loseServer(): Promise<void> {
  const there = await onMachine('ls /var/lib/social.coop/postgres/17/data 2>/dev/null | wc -l');
  if (there.stdout.trim() === '0') return;
  await onMachine(`instance psql -qc "select pg_create_restore_point('before'), pg_switch_wal()"`);
  await onMachine(
    'for i in $(seq 60); do instance psql -Atqc "select last_archived_wal from pg_stat_archiver" | grep -q . && break; sleep 0.5; done; sleep 3',
  );
  await cloud.remove(provider, types.server, (await first.server()).id);
}

it('the steps that coop failover prints bring a lost server back with its data', async () => {
  const said = await run(coopCommand('failover', '--json'));
  expect(said.code).toBe(1);
  const steps: Step[] = JSON.parse(said.stdout).steps;
  const commands = steps.flatMap(({ command = '' }) => (command.startsWith('pulumi ') ? [command] : []));
  expect(commands).toHaveLength(5);
  await loseServer();
  // Nobody is here to be asked.
  for (const command of commands)
    await must(inLab('sh', '-c', command.replace(/^pulumi (?:refresh|up)/, '$& --yes --skip-preview')), {
      seconds: 400,
    });
  expect((await labFetch(`${site}/api/v1/instance`)).status).toBe(200);
  const accounts = await onMachine("instance psql -Atqc 'select count(*) from accounts'");
  expect(Number(accounts.stdout)).toBeGreaterThan(0);
  await pulumi('preview', '--expect-no-changes');
}, 400_000);
