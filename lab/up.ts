import { mkdirSync } from 'node:fs';
import { cloud } from './cloud/client.ts';
import { ensureCloud } from './cloud/ensure-cloud.ts';
import { type Engine, ensureEngineHome } from './engine/engine.ts';
import { ensureBaseImage, ensureDocker, ensureMachineImage, ensureNetwork } from './machines/index.ts';
import { labDir, paths } from './paths.ts';
import { appOf, sourceOf, writeCopy, writeProject, writeStack, zoneOf } from './project.ts';
import { ensureAcme } from './services/acme.ts';
import { ensureCa, readTrust } from './services/ca.ts';
import { ensureDns } from './services/dns.ts';
import {
  ensurePassphrase,
  labEnvironment,
  shellEnvironment,
  writeEnvironment,
} from './services/environment.ts';
import { ensureImages, type LabImages } from './services/images.ts';
import { withLabLock } from './services/lock.ts';
import type { OfficialImages } from './services/official-images.ts';
import { preflight } from './services/preflight.ts';
import { ensureRegistry } from './services/registry.ts';
import { ensureVersitygw } from './services/s3.ts';
import { ensureS3 } from './services/s3-service.ts';
import { type OnProgress, progressLines, type Say, Tasks } from './services/tasks.ts';
import { ensureTokens, type Tokens } from './services/tokens.ts';
import { ensureMail, ensurePeer } from './services/witnesses.ts';

/** Makes a stack's secrets; `coop init` does that, and the lab knows it only by this shape. */
export type InitStack = (options: {
  projectDir: string;
  stack: string;
  passphraseFile: string;
  env: Record<string, string>;
  resolveImages: false;
}) => Promise<{ problems: string[] }>;

export interface UpOptions {
  initStack: InitStack;
  /** Stacks that get a file in the lab's project; they share the lab and nothing else. */
  stacks?: string[];
  /** The app: official images where they can be had, the stand-in otherwise. */
  image?: OfficialImages;
  onProgress?: OnProgress;
}

export interface UpResult {
  project: string;
  stacks: string[];
  engine: Engine;
  /** By stack. */
  images: Record<string, LabImages>;
  /** What is still wrong with the stacks' config. */
  problems: string[];
  seconds: number;
  times: Record<string, number>;
}

/** Brings the lab up, or what of it is not up; may be run again at any time. */
export async function up(options: UpOptions): Promise<UpResult> {
  await preflight();
  mkdirSync(labDir, { recursive: true });
  return withLabLock(() => bringUp(options));
}

async function bringUp(options: UpOptions): Promise<UpResult> {
  const { stacks = ['staging'], image = 'auto', initStack } = options;
  const started = performance.now();
  const zones = stacks.map((stack) => zoneOf(stack)).filter((zone) => zone !== undefined);
  const tokens = ensureTokens(zones);
  const tasks = new Tasks(
    options.onProgress ?? progressLines((line) => void process.stderr.write(`${line}\n`)),
  );
  const part = tasks.run.bind(tasks) as typeof tasks.run;

  const ca = part('certificates', [], ensureCa);
  const docker = part('docker', [], ensureDocker);
  const gateway = part('versitygw', [], ensureVersitygw);
  const engine = part('engine', [gateway], describe(ensureEngineHome, tellEngine));
  const network = part('network', [docker], ensureNetwork);
  const base = part('base image', [docker], ensureBaseImage);
  const machine = part('machine image', [base], ensureMachineImage);

  const dns = part('dns', [network], () => ensureDns());
  const s3 = part('spaces', [network, ca, gateway], () => ensureS3());
  const registry = part('registry', [network, ca], () => ensureRegistry());
  const acme = part('acme', [dns, ca], () => ensureAcme());
  part('peer', [network, ca, dns], () => ensurePeer());
  part('mail', [network, ca], () => ensureMail());
  const daemon = part('cloud', [s3, dns, machine], () => startCloud(tokens));

  const isOwn = (stack: string) => sourceOf(stack) === undefined;
  const own = stacks.filter(isOwn);
  const apps = Object.fromEntries(own.map((stack) => [stack, appOf(stack)]));
  // After the machine image: on two cores one build at a time is as fast, and its output can be read.
  const images = part('images', [registry, base, machine], (say) => ensureImages(apps, image, say));
  const project = part('project', [engine, images, acme, daemon], async () => {
    const problems: string[] = [];
    ensurePassphrase();
    mkdirSync(paths.state, { recursive: true });
    writeEnvironment(labEnvironment((await engine).bin, tokens));
    writeProject();
    // The last one stays selected: the first that was named.
    for (const stack of stacks.toReversed()) {
      if (isOwn(stack))
        writeStack(stack, { trust: readTrust(), images: (await images)[stack] as LabImages, tokens });
      else writeCopy(stack, own);
      problems.push(...(await secretsOf(stack, initStack)).problems);
    }
    return problems;
  });

  await tasks.all();
  return {
    project: paths.project,
    stacks,
    engine: await engine,
    images: await images,
    problems: await project,
    seconds: Math.round((performance.now() - started) / 100) / 10,
    times: tasks.times,
  };
}

const secretsOf = (stack: string, initStack: InitStack) =>
  initStack({
    projectDir: paths.project,
    stack,
    passphraseFile: paths.passphrase,
    env: shellEnvironment(),
    resolveImages: false,
  });

/** The daemon, and the accounts whose tokens the shell holds. */
async function startCloud(tokens: Tokens): Promise<void> {
  await ensureCloud();
  const spaces = { accessKey: tokens.spacesKey, secretKey: tokens.spacesSecret };
  const zones = Object.entries(tokens.zones).map(([name, id]) => ({ id, name }));
  await cloud.putAccount({ provider: 'digitalocean', name: 'lab', token: tokens.digitalocean, spaces });
  await cloud.putAccount({ provider: 'hcloud', name: 'lab', token: tokens.hetzner });
  await cloud.putAccount({ provider: 'cloudflare', name: 'lab', token: tokens.cloudflare, zones });
}

function describe<T>(work: (say: Say) => Promise<T>, tell: (result: T) => string) {
  return async (say: Say): Promise<T> => {
    const result = await work(say);
    say(tell(result));
    return result;
  };
}

const tellEngine = ({ version, source }: Engine) =>
  source === 'downloaded'
    ? `pulumi ${version}: the official release`
    : `pulumi ${version}: built from its Go module`;
