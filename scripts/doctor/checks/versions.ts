import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../lib/paths.ts';
import { pulumiEnvironment } from '../../lib/pulumi.ts';
import { run } from '../../lib/run.ts';
import { type Check, type Finding, failure, ok, warning } from '../types.ts';

/** The oldest engine that the program was run with. */
const oldest = '3.220.0';

/** Node, Pulumi, its plugins, and Docker where the lab needs it. */
export const versions: Check = {
  name: 'versions',
  async run({ context, plain, stack }) {
    const manifest = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const env = pulumiEnvironment(context.env);
    const [engine, plugins, docker] = await Promise.all([
      said(['pulumi', 'version'], env),
      said(['pulumi', 'plugin', 'ls', '--json'], env),
      context.kind === 'LAB' ? said(['docker', 'info', '--format', '{{.ServerVersion}}'], env) : '',
    ]);
    const wanted = packagesOf(plain, stack === undefined).map(
      (name) => [name, manifest.dependencies[`@pulumi/${name}`] as string] as const,
    );
    return [
      node(manifest.dependencies.node as string),
      ...pulumi(engine),
      ...(engine === undefined ? [] : [pluginsOf(plugins, wanted)]),
      ...(docker === undefined
        ? [failure('Docker does not answer, and the lab runs on it', 'start it: ./scripts/coop lab up')]
        : docker
          ? [ok(`Docker ${docker.trim()}`)]
          : []),
    ];
  },
};

function node(wanted: string): Finding {
  const [major = ''] = wanted.split('.');
  const { version } = process;
  if (version.startsWith(`v${major}.`)) return ok(`Node.js ${version.slice(1)}`);
  return warning(
    `Node.js ${version.slice(1)}, written for ${wanted}`,
    `npm ci, then put first in PATH: ${checkout}/node_modules/.bin`,
  );
}

function pulumi(printed: string | undefined): Finding[] {
  if (printed === undefined)
    return [failure('pulumi is not installed', 'https://www.pulumi.com/docs/iac/download-install/')];
  const version = printed.trim().replace(/^v/, '');
  if (older(version, oldest))
    return [
      warning(
        `pulumi ${version} is older than ${oldest}`,
        'https://www.pulumi.com/docs/iac/download-install/',
      ),
    ];
  return [ok(`pulumi ${version}`)];
}

function pluginsOf(printed: string | undefined, wanted: (readonly [string, string])[]): Finding {
  const there = JSON.parse(printed || '[]') as { name: string; version?: string }[];
  const missing = wanted.filter(
    ([name, version]) => !there.some((plugin) => plugin.name === name && plugin.version === version),
  );
  if (missing.length === 0)
    return ok(`plugins ${wanted.map(([name, version]) => `${name} ${version}`).join(', ')}`);
  return warning(
    `plugins are not here yet: ${missing.map((one) => one.join(' ')).join(', ')}`,
    `pulumi fetches them when it first needs them, or now: ${missing.map(([name, version]) => `pulumi plugin install resource ${name} v${version}`).join('; ')}`,
  );
}

/** The packages a stack's resources come from; all without a stack. */
function packagesOf(plain: Record<string, unknown>, all: boolean): string[] {
  const said = JSON.stringify(plain);
  return ['digitalocean', 'hcloud', 'cloudflare', 'command'].filter(
    (name) =>
      all ||
      ['digitalocean', 'command'].includes(name) ||
      said.includes(`"provider":"${name === 'hcloud' ? 'hetzner' : name}"`),
  );
}

/** What a program printed; undefined when it failed or is not there. */
async function said(argv: string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const { code, stdout } = await run(argv, { env });
    return code === 0 ? stdout : undefined;
  } catch {
    return undefined;
  }
}

function older(a: string, b: string): boolean {
  const [x, y] = [a, b].map((version) => version.split(/[.-]/).slice(0, 3).map(Number)) as [
    number[],
    number[],
  ];
  const at = [0, 1, 2].find((index) => x[index] !== y[index]);
  return at !== undefined && (x[at] ?? 0) < (y[at] ?? 0);
}
