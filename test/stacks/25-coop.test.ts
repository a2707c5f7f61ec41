import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { labFetch } from '../../lab/client.ts';
import { paths } from '../../lab/paths.ts';
import { makeSshKeyPair } from '../../scripts/lib/openssh.ts';
import { type Stack, stacks } from './stacks.ts';
import { coop, coopPath, eventually, inLab, must, run } from './support.ts';

const { name: stack, domain, site, version, federation, up } = stacks[0] as Stack;

const elsewhere = mkdtempSync(join(tmpdir(), 'coop-staging-'));
afterAll(() => rmSync(elsewhere, { recursive: true }));

describe('coop status', () => {
  it('shows on one screen of 80 columns that nothing is broken', async () => {
    const { stdout } = await eventually(() => coop('status', stack), 60);
    const lines = stdout.trimEnd().split('\n');
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(lines[0]).toMatch(
      new RegExp(`^${stack} · ${domain.replaceAll('.', '\\.')} +(● healthy|▲ worth a look)$`),
    );
    for (const part of ['sidekiq-scheduler', version, `federation ${federation}`, 'archived', 'nftables'])
      expect(stdout).toContain(part);
  });

  it('says the same to programs', async () => {
    const status = JSON.parse((await coop('status', stack, '--json')).stdout);
    expect(status).toMatchObject({ ok: true, stack, domain, federation });
    expect(status.services.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['web', 'web-2', 'streaming', 'db', 'redis', 'sidekiq-scheduler']),
    );
  });
});

describe('coop logs', () => {
  it('reads one service, as text and as JSON', async () => {
    const { stdout } = await coop('logs', stack, 'web', '--lines', '3');
    expect(stdout.trim().split('\n').length).toBeLessThanOrEqual(4);
    const lines = (await coop('logs', stack, 'web', '--lines', '3', '--json')).stdout.trim().split('\n');
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('message');
  });

  it('reads all services when none is named', async () => {
    const { stdout } = await coop('logs', stack, '--lines', '200', '--json');
    const services = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).service as string);
    expect(new Set(services).size, services.join(' ')).toBeGreaterThan(3);
  });

  it('fails for a service that is none, with the names there are', async () => {
    const said = await run(inLab(coopPath, 'logs', stack, 'wbe'));
    expect(said.code).not.toBe(0);
    expect(said.stderr).toMatch(/no service 'wbe'.*streaming/);
  });
});

describe('coop maintenance', () => {
  it('puts the page up and takes it down, any number of times', async () => {
    const { on, since } = JSON.parse((await coop('maintenance', 'on', stack, '--json')).stdout);
    expect(on).toBe(true);
    expect(Number.isNaN(Date.parse(since))).toBe(false);
    const page = await labFetch(`${site}/`);
    expect(page.status).toBe(503);
    expect(page.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await labFetch(`${site}/api/v1/instance`)).headers.get('content-type')).toMatch(/json/);
    expect(JSON.parse((await coop('maintenance', 'on', stack, '--json')).stdout)).toMatchObject({
      on: true,
      since,
    });
    for (const _ of [1, 2])
      expect(JSON.parse((await coop('maintenance', 'off', stack, '--json')).stdout)).toMatchObject({
        on: false,
      });
    await eventually(async () => expect((await labFetch(`${site}/api/v1/instance`)).status).toBe(200));
  });
});

describe('coop tootctl', () => {
  it('brings every argument over as it is', async () => {
    const hostile = `a b'c"d$(touch /tmp/pwned)\`e\`;f`;
    const said = await run(inLab(coopPath, 'tootctl', stack, 'accounts', 'modify', hostile));
    expect(said.code).not.toBe(0);
    expect((await coop('ssh', stack, '--', 'ls /tmp/pwned 2>/dev/null | wc -l')).stdout.trim()).toBe('0');
  });

  it('cannot be made to self-destruct, on either side', async () => {
    expect(await run(inLab(coopPath, 'tootctl', stack, 'self-destruct'))).toMatchObject({ code: 1 });
    const there = await run(inLab(coopPath, 'ssh', stack, 'instance tootctl self-destruct'));
    expect(there.code).not.toBe(0);
    expect(there.stderr).toMatch(/not available/);
  });
});

describe('coop images', () => {
  it("builds the database's image, pushes it where the machine pulls it from, and pins it", async () => {
    // A copy: the stack goes on with the images it has.
    const project = join(elsewhere, 'images');
    mkdirSync(project);
    for (const file of ['Pulumi.yaml', `Pulumi.${stack}.yaml`])
      cpSync(join(paths.project, file), join(project, file));
    const images = `cd ${project} && exec ${coopPath} images ${stack} --json`;
    const { stdout } = await must(inLab('sh', '-c', images));
    const { postgres } = JSON.parse(stdout).images;
    expect(postgres).toMatch(/^registry\.lab\.test\/social-coop\/postgres:[0-9a-f]{12}@sha256:[0-9a-f]{64}$/);
    expect(readFileSync(join(project, `Pulumi.${stack}.yaml`), 'utf8')).toContain(`postgres: ${postgres}\n`);
    await coop('ssh', stack, '--', `docker pull --quiet ${postgres}`);
  });
});

describe('the connection', () => {
  it('is refused when the machine does not show the pinned host key', async () => {
    for (const file of ['Pulumi.yaml', `Pulumi.${stack}.yaml`])
      cpSync(join(paths.project, file), join(elsewhere, file));
    const file = join(elsewhere, `Pulumi.${stack}.yaml`);
    const other = makeSshKeyPair('somebody in between').publicKey;
    writeFileSync(file, readFileSync(file, 'utf8').replace(/(instance:hostPublicKey:).*/, `$1 ${other}`));
    const said = await run(inLab('sh', '-c', `cd ${elsewhere} && exec ${coopPath} status ${stack}`));
    expect(said.code).toBe(1);
    expect(said.stderr).toMatch(/not the machine the stack pinned/);
  });

  it('leaves no key on the disk or in a list of processes', async () => {
    const child = spawn(coopPath, inLab(coopPath, 'ssh', stack, 'echo there; sleep 60').slice(1), {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const lines = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
        } catch {
          return [];
        }
      });
    const ssh = lines.find((line) => line.startsWith('ssh\0') && line.includes('coop-staging')) ?? '';
    const key = /IdentityFile=([^\0]+)/.exec(ssh)?.[1] as string;
    const body = readFileSync(key, 'utf8').split('\n')[3] as string;
    expect(body).toHaveLength(70);
    expect(lines.filter((line) => line.includes(body))).toEqual([]);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-(child.pid as number), 'SIGTERM');
    await ended;
    await eventually(async () => expect(() => readFileSync(key)).toThrow(/ENOENT/), 5);
  });
});

describe('an admin', () => {
  it('added by one edit reaches the machine with their own key and no secret of the stack', async () => {
    const { privateKey, publicKey } = makeSshKeyPair('ana@laptop');
    writeFileSync(join(elsewhere, 'ana'), privateKey, { mode: 0o600 });
    writeFileSync(join(elsewhere, 'ana.pub'), `${publicKey}\n`);
    const edit = ['--yes', '--no-images', '--admin', `ana=${join(elsewhere, 'ana.pub')}`];
    expect((await coop('init', stack, ...edit)).stdout).toContain('kept 12 secrets');
    await up();
    const { address } = JSON.parse((await coop('ssh', '--json', stack)).stdout);
    const asAna = (line: string) =>
      run(
        inLab(
          ...['env', '-u', 'PULUMI_CONFIG_PASSPHRASE_FILE', 'ssh-agent', 'sh', '-c'],
          `ssh-add -q ${join(elsewhere, 'ana')} && exec ${line}`,
        ),
      );
    expect(await asAna(`coop ssh --as ana --address ${address} ${stack} 'id -un'`)).toMatchObject({
      code: 0,
      stdout: 'ana\n',
    });
    const status = await asAna(`coop status --as ana --address ${address} ${stack} --json`);
    expect(JSON.parse(status.stdout)).toMatchObject({ ok: true });
  });
});

describe('coop drift', () => {
  it('finds nothing on a machine that nobody touched', async () => {
    expect(JSON.parse((await coop('drift', stack, '--json')).stdout)).toEqual({ ok: true, files: [] });
  });
});

describe('lab and real', () => {
  it('are not mixed', async () => {
    const said = await run(inLab('env', 'PULUMI_BACKEND_URL=s3://somewhere-real', coopPath, 'status', stack));
    expect(said).toMatchObject({ code: 1, stderr: expect.stringMatching(/lab and real are mixed/) });
    expect((await coop('status', stack)).stderr).toMatch(/^LAB · stack staging · accounts .* · state file:/m);
  });
});
