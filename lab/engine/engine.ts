import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { paths } from '../paths.ts';
import { downloadEngine, officialPath } from './download.ts';
import { goTool, goToolPath } from './go-tool.ts';
import { layPlugins } from './plugins.ts';

const run = promisify(execFile);
const here = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));
// Without it the Automation API takes the engine for an ancient one.
const versionFlag = (version: string) =>
  `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
const cliVersion = 'v3.220.0';
const hostVersion = 'v3.60.0';

export interface Engine {
  /** Directory with `pulumi` and its language host, to stand first in PATH (after Node's). */
  bin: string;
  version: string;
  /** Where it came from, for `coop lab status`. */
  source: 'downloaded' | 'built';
}

/** The Pulumi engine: the official release where it can be reached, else built from its Go modules, once. */
export async function ensureEngine(say?: (line: string) => void): Promise<Engine> {
  const options = say ? { say } : {};
  // What was built once is as good as a download, and asking costs seconds where nobody answers.
  const official = officialPath();
  const downloaded = existsSync(official) || (!(await isBuilt()) && (await downloadEngine(options)));
  const bin = downloaded ? official : await builtEngine(options);
  const { stdout } = await run(join(bin, 'pulumi'), ['version'], { timeout: 20_000 });
  return { bin, version: stdout.trim(), source: downloaded ? 'downloaded' : 'built' };
}

/** Everything `pulumi` needs in the lab: engine, and a PULUMI_HOME with the lab's plugins. */
export async function ensureEngineHome(say?: (line: string) => void): Promise<Engine> {
  const engine = await ensureEngine(say);
  await layPlugins(paths.home);
  return engine;
}

const isBuilt = async () => existsSync(await goToolPath(here('pulumi'), 'pulumi', versionFlag(cliVersion)));

async function builtEngine(options: { say?: (line: string) => void }): Promise<string> {
  const cli = await goTool(here('pulumi'), 'pulumi', { ...options, ldflags: versionFlag(cliVersion) });
  const host = await goTool(here('language-nodejs'), 'pulumi-language-nodejs', {
    ...options,
    ldflags: versionFlag(hostVersion),
  });
  // Side by side: a language host anywhere else in PATH makes every run begin with a warning.
  const hash = (path: string) => basename(dirname(path)).split('-').at(-1);
  const bin = paths.cache('engine', `${cliVersion}-${hash(cli)}-${hash(host)}`);
  if (existsSync(bin)) return bin;
  await mkdir(paths.cache('engine'), { recursive: true });
  const scratch = await mkdtemp(paths.cache('engine', '.new-'));
  for (const file of [cli, host]) {
    await link(file, join(scratch, basename(file))).catch(() =>
      copyFile(file, join(scratch, basename(file))),
    );
  }
  await rename(scratch, bin).catch(() => rm(scratch, { recursive: true, force: true }));
  return bin;
}
