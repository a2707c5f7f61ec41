import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { cloud as client } from '../../../lab/cloud/client.ts';
import { checkout } from '../../../lab/paths.ts';
import { set } from '../../components/support/edits.ts';
import type { StackFile } from '../../fixtures/stack.ts';
import { type EngineRun, engineRun, type Ran } from '../providers-support.ts';

export type Shown = Awaited<ReturnType<typeof client.list>>[number];

// After the mark that a session was authenticated: takes the tree, notes the call, says a line.
const ssh = `#!/bin/sh
for last do case "$last" in LocalCommand=*) mark=\${last#LocalCommand=} ;; esac; done
eval "$mark"
cat > "$TEST_DIRECTORY/stdin"
printf '%s\\n' "$*" >> "$TEST_DIRECTORY/ssh"
echo 'done 00-test 0.1s'
`;

/** The program that ships, on the real engine with the lab's plugins, over a cloud that only remembers; `ssh` only listens. */
export class ProgramBed {
  readonly run: EngineRun;
  readonly file: StackFile;
  readonly #sealed: Record<string, unknown>;

  private constructor(run: EngineRun, file: StackFile, sealed: Record<string, unknown>) {
    this.run = run;
    this.file = file;
    this.#sealed = sealed;
  }

  static async start(file: StackFile): Promise<ProgramBed> {
    const run = await engineRun();
    process.env.LAB_CLOUD = run.cloud.socket;
    run.fake('ssh', ssh);
    writeFileSync(join(run.directory, 'Pulumi.yaml'), readFileSync(join(checkout, 'Pulumi.yaml')));
    writeFileSync(join(run.directory, 'index.ts'), `export * from '${join(checkout, 'index.ts')}';\n`);
    await run.ok('stack', 'init', 'organization/instance/test');
    const pairs = Object.entries(file.secrets as Record<string, string>).flatMap(([name, value]) => [
      '--secret',
      `secrets.${name}=${value}`,
    ]);
    await run.ok('config', 'set-all', '--stack', 'test', '--path', ...pairs);
    return new ProgramBed(run, file, parse(readFileSync(join(run.directory, 'Pulumi.test.yaml'), 'utf8')));
  }

  /** Writes the stack file: plain values as given, the secrets as Pulumi encrypted them. */
  write(changes: Record<string, unknown> = {}): void {
    const { secrets: _, ...plain } = set(this.file, changes);
    const config = Object.fromEntries(
      Object.entries(plain).map(([key, value]) => [`instance:${key}`, value]),
    );
    const whole = { ...this.#sealed, config: { ...config, ...(this.#sealed.config as object) } };
    writeFileSync(join(this.run.directory, 'Pulumi.test.yaml'), stringify(whole));
  }

  up(): Promise<Ran> {
    return this.run.pulumi('up', '--yes', '--skip-preview');
  }

  /** What was run over SSH, one line each. */
  commands(): string[] {
    const log = join(this.run.cloud.directory, 'ssh');
    return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  }

  async stop(): Promise<void> {
    await this.run.cloud.stop();
    delete process.env.LAB_CLOUD;
  }
}
