import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EngineRun, engineRun } from './providers-support.ts';

let run: EngineRun;
const secretText = 'text-that-must-stay-secret';
const up = () => run.pulumi('up', '--yes', '--skip-preview');

beforeAll(async () => {
  run = await engineRun();
}, 600_000);
afterAll(() => run?.cloud.stop());

describe('remote.Command under the real engine', () => {
  // Stands in for ssh: runs the command here, after the mark that a session was authenticated.
  const ssh = `#!/bin/sh
for last do case "$last" in LocalCommand=*) mark=\${last#LocalCommand=} ;; esac; done
eval "$mark"
exec sh -c "$last"
`;
  const apply = (create: string, extra = '') =>
    run.program(`new command.remote.Command('apply', { connection: { host: '198.18.1.10', privateKey: pulumi.secret('k') },
      create: ${JSON.stringify(create)}, stdin: pulumi.secret('${secretText}') ${extra} });`);
  const log = () => readFileSync(join(run.cloud.directory, 'log'), 'utf8');

  beforeAll(() => {
    writeFileSync(join(run.cloud.directory, 'log'), '');
    run.fake('ssh', ssh);
  });

  it('runs once, again when something changes, and not otherwise', async () => {
    apply('cat >> "$TEST_DIRECTORY/log"; echo ran >> "$TEST_DIRECTORY/log"; echo step one');
    const first = await up();
    expect(first.code).toBe(0);
    expect(first.output).toMatch(/apply.*step one/);
    expect(log()).toBe(`${secretText}ran\n`);
    expect((await up()).output).toMatch(/2 unchanged/);
    expect(log()).toBe(`${secretText}ran\n`);
    apply('echo again >> "$TEST_DIRECTORY/log"');
    expect((await up()).output).toMatch(/apply updated/);
    expect(log()).toBe(`${secretText}ran\nagain\n`);
    expect(await run.ok('stack', 'export')).not.toContain(secretText);
  });

  it('shows the command and its output when it fails, and can be tried again', async () => {
    apply('echo what went wrong >&2; exit 3');
    const failed = await up();
    expect(failed.code).not.toBe(0);
    expect(failed.output).toMatch(/Process exited with status 3: running ".*":\s+what went wrong/);
    expect(failed.output).not.toContain(secretText);
    apply('true');
    expect((await up()).output).toMatch(/apply updated/);
  });

  it('is replaced by a trigger and runs its delete', async () => {
    apply('true', `, triggers: ['one'], delete: 'echo deleted >> "$TEST_DIRECTORY/log"'`);
    await up();
    apply('true', `, triggers: ['two'], delete: 'echo deleted >> "$TEST_DIRECTORY/log"'`);
    expect((await up()).output).toMatch(/apply replaced/);
    expect(log()).toMatch(/deleted\n$/);
    await run.ok('destroy', '--yes', '--skip-preview');
  });
});
