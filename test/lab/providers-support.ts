import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureEngine } from '../../lab/engine/engine.ts';
import { layPlugins } from '../../lab/engine/plugins.ts';
import { checkout, paths } from '../../lab/paths.ts';
import { alice, hilde, names, type TestCloud, testCloud } from '../lab-unit/cloud/support.ts';

export interface Ran {
  code: number;
  output: string;
}

export interface EngineRun {
  cloud: TestCloud;
  directory: string;
  /** Writes index.ts: the given resources, with the SDKs imported. */
  program(body: string): void;
  /** Puts a program before all others in PATH. */
  fake(name: string, text: string): void;
  pulumi(...args: string[]): Promise<Ran>;
  /** What every later run finds in its environment. */
  env: NodeJS.ProcessEnv;
  /** Output of a run that must succeed. */
  ok(...args: string[]): Promise<string>;
}

const imports = [
  "import * as pulumi from '@pulumi/pulumi';",
  "import * as digitalocean from '@pulumi/digitalocean';",
  "import * as hcloud from '@pulumi/hcloud';",
  "import * as cloudflare from '@pulumi/cloudflare';",
  "import * as command from '@pulumi/command';",
];

/** The real engine with the lab's plugins, a program and a state of its own, on a cloud that only remembers. */
export async function engineRun(): Promise<EngineRun> {
  const engine = await ensureEngine();
  const cloud = await testCloud();
  const directory = join(cloud.directory, 'project');
  const [home, state, bin] = ['home', 'state', 'bin'].map((name) => join(cloud.directory, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [directory, home, state, bin]) mkdirSync(path);
  await layPlugins(home);
  symlinkSync(join(checkout, 'node_modules'), join(directory, 'node_modules'));
  const runtime = { name: 'nodejs', options: { typescript: false } };
  writeFileSync(join(directory, 'Pulumi.yaml'), JSON.stringify({ name: 'test', runtime }));
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ type: 'module', main: 'index.ts' }));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: [bin, dirname(paths.nodeBin), engine.bin, process.env.PATH].join(':'),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: 'only a test',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    PULUMI_IGNORE_AMBIENT_PLUGINS: 'true',
    LAB_CLOUD: cloud.socket,
    DIGITALOCEAN_TOKEN: alice.token,
    SPACES_ACCESS_KEY_ID: alice.spaces?.accessKey,
    SPACES_SECRET_ACCESS_KEY: alice.spaces?.secretKey,
    CLOUDFLARE_API_TOKEN: names.token,
    HCLOUD_TOKEN: hilde.token,
    ...cloud.api,
    TEST_DIRECTORY: cloud.directory,
  };
  const pulumi = (...args: string[]) =>
    new Promise<Ran>((resolve) => {
      const options = { cwd: directory, env, timeout: 90_000, maxBuffer: 1 << 26 };
      execFile('pulumi', [...args, '--non-interactive'], options, (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
        resolve({ code, output: stdout + stderr });
      });
    });
  const ok = async (...args: string[]) => {
    const { code, output } = await pulumi(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(' ')} failed:\n${output}`);
    return output;
  };
  await ok('stack', 'init', 'test');
  return {
    ...{ cloud, directory, pulumi, ok, env },
    fake: (name, text) => {
      writeFileSync(join(bin, name), text);
      chmodSync(join(bin, name), 0o755);
    },
    program: (body) => writeFileSync(join(directory, 'index.ts'), [...imports, body].join('\n')),
  };
}
