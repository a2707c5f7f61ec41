import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { checkout } from '../../../scripts/lib/paths.ts';
import { shippedChecks } from '../../../scripts/lib/rehearse/examine-copy.ts';
import { fakeStack } from '../fake-pulumi.ts';

export const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
export const SYSTEM = '7574712345678901234';
export const aBackup = () => ({
  ...{ label: '20261122-010000F', type: 'full', began: ago(7200), ended: ago(7190), bytes: 5000 },
  ...{ postgres: '17', system: Number(SYSTEM) },
});
export const answers = () => {
  const names = [...new Set([...shippedChecks(), 'heartbeat'])];
  const checks = names.map((check) => ({
    check,
    status: 'passed',
    figure: '',
    reason: '',
    values: check === 'heartbeat' ? { newest: ago(7) } : {},
  }));
  const phases = [
    { name: 'packages', start: ago(9), end: ago(6) },
    { name: 'fetch', start: ago(6), end: ago(5.5) },
    { name: 'replay', start: ago(5.5), end: ago(5) },
  ];
  return {
    '^date': 'NOW',
    'backup list': JSON.stringify([aBackup()]),
    pg_control_system: JSON.stringify({ system: SYSTEM, archived: Date.now() / 1000 - 5 }),
    'FROM heartbeat': '0.4\n',
    '^du ': '2000000000\t/var/lib/social.coop/postgres\n',
    'phases.json': JSON.stringify(phases),
    'instance verify': JSON.stringify({ format: 1, started: ago(3), ended: ago(1), checks }),
    'instance canaries': JSON.stringify({ sent: 2, refused: 2, passed: 0, counters: {}, canaries: [] }),
    'psql --version': 'psql (PostgreSQL) 17.6\n',
    'pgbackrest version': 'pgBackRest 2.55.1\n',
  };
};

export const outputs = {
  address: '203.0.113.10',
  machines: { primary: { host: '203.0.113.10', user: 'root', hostKey: '' } },
  buckets: { media: 'm', backups: 'b' },
  recovery: '[secret]',
};

const coopPath = join(checkout, 'scripts', 'coop');
export const usual = ['staging', '--yes', '--no-upload'];

/** The whole verb with a pulumi and an ssh that are played; with the real ones it runs in test/stacks. */
export function rehearsalBed() {
  let place: Awaited<ReturnType<typeof fakeStack>>;
  beforeAll(async () => {
    place = await fakeStack();
  }, 60_000);
  afterAll(() => place.remove());
  // Each test leaves nothing, or the next one fails.
  beforeEach(() => {
    expect(traces()).toEqual([]);
    rmSync(join(place.projectDir, 'reports'), { recursive: true, force: true });
    writeFileSync(place.env.FAKE_LOG as string, '');
  });

  const environment = (said: object, more: NodeJS.ProcessEnv) => ({
    ...place.env,
    PULUMI_CONFIG_PASSPHRASE_FILE: place.passphraseFile,
    FAKE_OUTPUTS: JSON.stringify(outputs),
    FAKE_SSH_ANSWERS: JSON.stringify(Object.entries({ ...answers(), ...said })),
    ...more,
  });
  const rehearse = (args: string[], said: object = {}, more: NodeJS.ProcessEnv = {}) =>
    spawnSync(coopPath, ['rehearse', ...args], {
      encoding: 'utf8',
      cwd: place.projectDir,
      env: environment(said, more),
    });

  /** Everything a rehearsal could leave: stacks in the state, files in the project. */
  const traces = () =>
    [...readdirSync(join(place.root, 'state')), ...readdirSync(place.projectDir)].filter((name) =>
      name.includes('rehearsal'),
    );
  const ups = () => place.calls().filter(({ argv }) => argv[0] === 'up');

  async function begun(more: NodeJS.ProcessEnv = {}) {
    const child = spawn(coopPath, ['rehearse', ...usual], {
      cwd: place.projectDir,
      env: environment({}, { FAKE_UP: 'wait', ...more }),
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await new Promise<void>((resolve, reject) => {
      ended.then(() => reject(new Error(`ended at once: ${said}`)));
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('the machine is there')) resolve();
      });
    });
    return { child, ended, said: () => said };
  }

  return { place: () => place, rehearse, traces, ups, begun };
}
