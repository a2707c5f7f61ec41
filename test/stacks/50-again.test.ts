import { describe, expect, it } from 'vitest';
import { onePerProvider, type Stack, stacks } from './stacks.ts';

/** When every container and unit that serves was started. */
async function started({ onMachine }: Stack): Promise<Record<string, string>> {
  const { stdout } = await onMachine(
    "docker inspect -f '{{.Name}} {{.State.StartedAt}}' $(docker ps -q)",
    '; for u in nginx docker ssh; do echo $u $(systemctl show $u -p ActiveEnterTimestampMonotonic --value); done',
  );
  return Object.fromEntries(
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ', 2) as [string, string]),
  );
}

describe.each(stacks)('pulumi up of $name again', (stack) => {
  const { up } = stack;
  it('has nothing to do when nothing changed', async () => {
    const before = await started(stack);
    expect(Object.keys(before).length).toBeGreaterThan(8);
    await up('--expect-no-changes');
    expect(await started(stack)).toEqual(before);
  });
});

describe.each(onePerProvider)('pulumi up of $name after an edit', (stack) => {
  const { set, up, onMachine } = stack;
  it('applies one edited setting in place and restarts no container', async () => {
    const before = await started(stack);
    await set('logDays', '15');
    const ran = await up();
    // Each machine follows.
    const { machines } = await stack.readOutputs();
    expect(ran.output).toContain(`${Object.keys(machines).length} updated`);
    expect(ran.output).not.toMatch(/replaced|created|deleted/);
    expect((await onMachine('grep -rh MaxRetentionSec /etc/systemd/journald.conf.d')).stdout).toContain('15');
    expect(await started(stack)).toEqual(before);
  });

  it('restarts only the containers that a changed setting concerns', async () => {
    const before = await started(stack);
    await set('--path', 'processes.sidekiq-pull-q.concurrency', '7');
    await up();
    const after = await started(stack);
    const changed = Object.keys(before).filter((name) => before[name] !== after[name]);
    expect(changed).toEqual(['/instance-sidekiq-pull-q-1']);
  });
});
