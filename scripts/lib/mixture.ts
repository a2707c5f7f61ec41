import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { VisibleError } from '../../components/errors.ts';
import { apiVariables } from '../../lab/cloud/api/variables.ts';
import { services } from '../../lab/services/addresses.ts';
import { showBackend } from './backend.ts';

/** What decides whether a verb would act on both worlds at once. */
export interface Place {
  kind: 'LAB' | 'REAL';
  projectDir: string;
  backend: string | undefined;
  env: NodeJS.ProcessEnv;
  /** Directory of this checkout's lab, whether it is up or not. */
  lab: string;
}

const mixed = (cause: string, remedy: string) =>
  new VisibleError(`lab and real are mixed — ${cause} — ${remedy}`);

/** Refuses an environment of which one half is the lab's and the other half is not. */
export function refuseMixture(place: Place): void {
  if (place.kind === 'REAL') refuseLabThings(place);
  else refuseRealThings(place);
}

function refuseLabThings({ projectDir, backend, env, lab }: Place): void {
  const state = fileOf(backend);
  const found = [
    ...(state && inside(state, lab) ? [`state ${backend}`] : []),
    ...(inside(projectDir, lab) ? [`project ${projectDir}`] : []),
    ...(env.PULUMI_HOME && inside(env.PULUMI_HOME, lab) ? [`PULUMI_HOME ${env.PULUMI_HOME}`] : []),
    ...(env.LAB_CLOUD ? [`LAB_CLOUD ${env.LAB_CLOUD}`] : []),
    ...Object.entries(apiVariables()).flatMap(([name, value]) => (env[name] === value ? [name] : [])),
    ...tokensInUse(env)
      .filter(([, token]) => labTokens(lab)?.includes(token))
      .map(([name]) => name),
  ];
  if (found.length === 0) return;
  throw mixed(
    `COOP_LAB is not set, but ${found.join(', ')} belongs to the lab`,
    'enter it with: coop lab shell',
  );
}

function refuseRealThings({ backend, env, lab }: Place): void {
  const state = fileOf(backend);
  const again = 'leave this shell, or enter the lab again with: coop lab shell';
  if (!(state && inside(state, lab)))
    throw mixed(`COOP_LAB is set, but the state is ${showBackend(backend)} and not in ${lab}`, again);
  // Without the lab's plugins and cloud, pulumi would reach for the real ones.
  if (!env.PULUMI_HOME || !inside(env.PULUMI_HOME, lab))
    throw mixed(`COOP_LAB is set, but PULUMI_HOME is ${env.PULUMI_HOME ?? 'not set'}`, again);
  if (!env.LAB_CLOUD || !inside(env.LAB_CLOUD, lab))
    throw mixed(`COOP_LAB is set, but LAB_CLOUD is ${env.LAB_CLOUD ?? 'not set'}`, again);
  // Whoever asks what a token may do would ask the real ones, with the lab's tokens.
  const elsewhere = Object.entries(apiVariables()).filter(([name, value]) => env[name] !== value);
  if (elsewhere.length > 0)
    throw mixed(`COOP_LAB is set, but ${elsewhere.map(([name]) => name).join(', ')} is not the lab's`, again);
  const known = labTokens(lab);
  const foreign = tokensInUse(env).filter(([, token]) => known && !known.includes(token));
  // Only now is the daemon's own list worth reading: a test may have made further accounts.
  const accounts = foreign.length > 0 ? labAccounts(lab) : [];
  const real = foreign.filter(([, token]) => !accounts.includes(token)).map(([name]) => name);
  if (real.length > 0)
    throw mixed(`COOP_LAB is set, but ${real.join(', ')} is of no account in the lab`, again);
}

/** Refuses a stack file of the other world: its endpoints would not be where its state and tokens are. */
export function refuseForeignStack(place: Place, file: string, config: Record<string, unknown>): void {
  if (!existsSync(file)) return;
  const labs = labHosts(config);
  if (place.kind === 'REAL' && labs.length > 0)
    throw mixed(
      `${file} names ${labs.join(', ')}, which is in the lab, and COOP_LAB is not set`,
      'take the file that ships, or enter the lab with: coop lab shell',
    );
  if (place.kind === 'LAB' && labs.length === 0 && !inside(file, place.lab))
    throw mixed(
      `COOP_LAB is set, but ${file} is a stack of the real clouds`,
      `go to the lab's project: cd ${join(place.lab, 'project')}; or leave this shell`,
    );
}

/** Hosts of the lab that a stack's config names. */
function labHosts(config: Record<string, unknown>): string[] {
  const mail = (config.mail as { host?: unknown } | undefined)?.host;
  const given = [config.acmeDirectory, mail, ...Object.values((config.images ?? {}) as object)];
  const hosts = Object.values(services)
    .filter(({ host }) => host.endsWith('.lab.test'))
    .map(({ host }) => host);
  return hosts.filter((host) => given.some((value) => typeof value === 'string' && value.includes(host)));
}

const tokenNames = [
  'HCLOUD_TOKEN',
  'DIGITALOCEAN_TOKEN',
  'SPACES_ACCESS_KEY_ID',
  'SPACES_SECRET_ACCESS_KEY',
  'CLOUDFLARE_API_TOKEN',
];

const tokensInUse = (env: NodeJS.ProcessEnv): [string, string][] =>
  tokenNames.flatMap((name) => (env[name] ? [[name, env[name] as string]] : []));

/** The tokens `coop lab up` handed out; undefined when no lab is up here. */
function labTokens(lab: string): string[] | undefined {
  const tokens = readJson(join(lab, 'tokens.json')) as Record<string, unknown> | undefined;
  return tokens && Object.values(tokens).filter((value) => typeof value === 'string');
}

function labAccounts(lab: string): string[] {
  interface Account {
    token?: string;
    readToken?: string;
    spaces?: { accessKey: string; secretKey: string };
  }
  const state = readJson(join(lab, 'cloud', 'state.json')) as { accounts?: Account[] } | undefined;
  return (state?.accounts ?? []).flatMap(({ token, readToken, spaces }) =>
    [token, readToken, spaces?.accessKey, spaces?.secretKey].filter((value) => value !== undefined),
  );
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

const fileOf = (backend: string | undefined) =>
  backend?.startsWith('file://') ? backend.slice('file://'.length) : undefined;

/** Whether a path lies in a directory, through symlinks where both exist. */
function inside(path: string, directory: string): boolean {
  const real = (name: string) => (existsSync(name) ? realpathSync(name) : resolve(name));
  return `${real(path)}${sep}`.startsWith(`${real(directory)}${sep}`);
}
