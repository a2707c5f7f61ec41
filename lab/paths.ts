import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout this lab belongs to. */
export const checkout = dirname(dirname(fileURLToPath(import.meta.url)));

/** All state of one lab run; `coop lab down` removes it. COOP_LAB_DIR moves it, for tests. */
export const labDir = resolve(process.env.COOP_LAB_DIR || join(checkout, '.lab'));

/** What is worth keeping between runs, keyed by content: Go binaries, Debian base, registry storage. */
export const cacheDir = resolve(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'social-coop-lab');

const inLab = (...parts: string[]) => join(labDir, ...parts);

/** Every path of the lab, named once. */
export const paths = {
  /** Pid files and sockets. */
  run: inLab('run'),
  log: inLab('log'),
  pidFile: (name: string) => inLab('run', `${name}.pid`),
  logFile: (name: string) => inLab('log', `${name}.log`),
  cloudSocket: inLab('run', 'cloud.sock'),
  cloudState: inLab('cloud', 'state.json'),
  ca: inLab('ca'),
  caCert: inLab('ca', 'ca.crt'),
  caKey: inLab('ca', 'ca.key'),
  /** What clients trust: the lab CA and pebble's issuing root. */
  trust: inLab('ca', 'trust.pem'),
  s3: inLab('s3'),
  dns: inLab('dns'),
  acme: inLab('acme'),
  registry: inLab('registry'),
  /** One JSON object per line, one file per kind of witness. */
  peer: inLab('peer'),
  peerSocket: inLab('run', 'peer.sock'),
  mail: inLab('mail'),
  /** Pulumi's file backend. */
  state: inLab('state'),
  /** PULUMI_HOME, with the lab's plugins. */
  home: inLab('home'),
  /** The generated Pulumi project. */
  project: inLab('project'),
  /** KEY=value lines: the environment of `coop lab shell`. */
  env: inLab('env'),
  passphrase: inLab('passphrase'),
  tokens: inLab('tokens.json'),
  upLock: inLab('run', 'up.lock'),
  machines: inLab('machines'),
  /** What the stand-in's image is built from. */
  standin: inLab('standin'),
  /** References with digests of the images in the lab's registry. */
  images: inLab('images.json'),
  cache: (...parts: string[]) => join(cacheDir, ...parts),
  nodeBin: join(checkout, 'node_modules', '.bin', 'node'),
} as const;
