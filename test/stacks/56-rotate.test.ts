import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { labFetch } from '../../lab/client.ts';
import { cloud } from '../../lab/cloud/client.ts';
import { type Stack, stacks } from './stacks.ts';
import { coopPath, inLab, must, run, wait } from './support.ts';

// The same on every stack; one of them is looked at.
const { name: stack, site, coopCommand, onMachine, pulumi, pulumiCommand } = stacks[0] as Stack;

const rotateCommand = (secret: string, ...words: string[]) =>
  inLab(coopPath, 'rotate', secret, stack, '--yes', ...words);
const rotate = (secret: string, ...words: string[]) =>
  must(rotateCommand(secret, ...words), { seconds: 170 });

async function secrets(): Promise<Record<string, string>> {
  const config = JSON.parse((await pulumi('config', '--show-secrets', '--json')).stdout);
  const { value, objectValue } = config['instance:secrets'];
  return objectValue ?? JSON.parse(value);
}

/** What a service on the machine says to a password. */
const opens = async (service: string, password: string) =>
  (
    await run(coopCommand('ssh', '--', 'instance', 'opens', service), { input: `${password}\n` })
  ).stdout.trim();

/** What visitors meet while something is done: every answer that is not the site's own. */
async function whileVisited<T>(work: () => Promise<T>): Promise<{ answers: number; failed: string[] }> {
  let over = false;
  const seen = { answers: 0, failed: [] as string[] };
  const visitor = async () => {
    while (!over) {
      const said = await labFetch(`${site}/api/v1/instance`, { timeoutMs: 10_000 }).then(
        async (response) => (response.status === 200 ? '' : `${response.status}`),
        (error: Error) => error.message,
      );
      seen.answers += 1;
      if (said) seen.failed.push(said);
      await wait(50);
    }
  };
  const visitors = Promise.all([visitor(), visitor(), visitor()]);
  await work().finally(() => {
    over = true;
  });
  await visitors;
  return seen;
}

const containers = async () =>
  Object.fromEntries(
    (await onMachine('docker inspect -f "{{.Name}} {{.State.StartedAt}}" $(docker ps -q)')).stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );

/** Starts a rotation and kills it, with everything it started, when it says a line. */
async function killedAt(secret: string, line: RegExp): Promise<void> {
  const [program, ...args] = rotateCommand(secret) as [string, ...string[]];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (line.test(said)) process.kill(-(child.pid as number), 'SIGKILL');
  });
  await once(child, 'close');
  expect(said).toMatch(line);
}

describe('a rotated password', () => {
  it('of the database: the site serves before, during and after, and the old one is refused', async () => {
    const { databasePassword: old } = await secrets();
    expect(await opens('database', String(old))).toBe('opens');
    const seen = await whileVisited(() => rotate('databasePassword'));
    console.log(
      `databasePassword: ${seen.failed.length} of ${seen.answers} failed: ${[...new Set(seen.failed)]}`,
    );
    expect(seen.answers).toBeGreaterThan(50);
    expect(seen.failed.length / seen.answers).toBeLessThan(0.02);
    const { databasePassword: now } = await secrets();
    expect(now).not.toBe(old);
    expect(await opens('database', String(old))).toBe('refused');
    expect(await opens('database', String(now))).toBe('opens');
  });

  it('of Redis: nothing fails, Redis does not restart, and a run that was killed is finished by the next', async () => {
    const before = await containers();
    const { redisPassword: old } = await secrets();
    const seen = await whileVisited(async () => {
      await killedAt('redisPassword', /pulumi up …\n/);
      await run(pulumiCommand('cancel', '--yes'));
      const half = await secrets();
      await rotate('redisPassword');
      // The value that the first run had made, not a third.
      expect(await secrets()).toEqual(half);
    });
    console.log(
      `redisPassword: ${seen.failed.length} of ${seen.answers} failed: ${[...new Set(seen.failed)]}`,
    );
    expect(seen.failed).toEqual([]);
    const after = await containers();
    expect(after['/instance-redis-1']).toBe(before['/instance-redis-1']);
    expect(after['/instance-web-1']).not.toBe(before['/instance-web-1']);
    const { redisPassword: now } = await secrets();
    expect([await opens('redis', String(old)), await opens('redis', String(now))]).toEqual([
      'refused',
      'opens',
    ]);
    // What Redis knows is also what it would start with.
    await onMachine('docker restart instance-redis-1');
    expect(await opens('redis', String(now))).toBe('opens');
  });
});

describe('a rotated key', () => {
  it('of SSH takes the place of the old one, also after a run that was killed between the two', async () => {
    const before = await secrets();
    await killedAt('deployKey', /every machine forgets the old key …\n/);
    await rotate('deployKey');
    await rotate('hostKey');
    const after = await secrets();
    for (const name of ['deployKey', 'hostKey']) expect(after[name]).not.toBe(before[name]);
    expect((await onMachine('wc -l </etc/ssh/authorized_keys.d/root')).stdout.trim()).toBe('1');
    expect((await onMachine('instance drift')).stdout).toContain('nothing was changed by hand');
    // The machine booted with others; there is nothing to report about it.
    const plan = await must(pulumiCommand('preview', '--expect-no-changes'));
    expect(plan.output).not.toMatch(/ignored/);
  });

  it('of the backups bucket is made by the cloud, used, and the old one is gone', async () => {
    const ids = async () => (await cloud.list('digitalocean', 'SpacesKey')).map(({ id }) => id);
    const before = await ids();
    await rotate('backupsKey');
    const after = await ids();
    expect(after).toHaveLength(before.length);
    expect(before.filter((id) => !after.includes(id))).toHaveLength(1);
    await onMachine('docker exec instance-db-1 pgbackrest --stanza=instance check');
  });
});

it('what cannot be rotated, or ends something for good, is refused before anything changes', async () => {
  const before = await secrets();
  for (const [secret, message] of [
    ['repositoryCipher', /cannot be rotated: pgBackRest/],
    ['activeRecordPrimaryKey', /cannot be rotated/],
    ['vapid', /every push subscription ends.*--even-so/s],
    ['redisPasword', /did you mean redisPassword\?/],
  ] as const)
    expect(await run(rotateCommand(secret))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(message),
    });
  expect(await secrets()).toEqual(before);
});
