import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type InitOptions, initStack } from '../../scripts/lib/init.ts';

interface Seen {
  path: string;
  mode: string;
  text: string;
}

export interface SshCall {
  argv: string[];
  knownHosts?: Seen;
  identity?: Seen;
}

/**
 * A project, and a `pulumi` that knows the calls coop makes: it keeps "encrypted" values as reversed text, checks the
 * passphrase, and writes down with which arguments and environment it was called. The real engine has the same tests in
 * test/lab/coop-init.test.ts.
 */
export function fakePulumi() {
  const root = mkdtempSync(join(tmpdir(), 'coop-test-'));
  const bin = join(root, 'bin');
  const projectDir = join(root, 'project');
  const log = join(root, 'calls.jsonl');
  for (const directory of [bin, projectDir, join(root, 'state')]) mkdirSync(directory);
  writeFileSync(join(projectDir, 'Pulumi.yaml'), 'name: instance\nruntime: nodejs\n');
  writeFileSync(join(root, 'passphrase'), 'gravel otter lamp sunday frost quill\n');
  writeFileSync(log, '');
  writeFileSync(join(bin, 'pulumi'), `#!${process.execPath}\n${program}`);
  chmodSync(join(bin, 'pulumi'), 0o755);
  writeFileSync(join(bin, 'ssh'), `#!${process.execPath}\n${ssh}`);
  chmodSync(join(bin, 'ssh'), 0o755);
  const env: NodeJS.ProcessEnv = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: root,
    FAKE_LOG: log,
    FAKE_STATE: join(root, 'state'),
    PULUMI_BACKEND_URL: `file://${join(root, 'state')}`,
    DIGITALOCEAN_TOKEN: 'dop_v1_must_not_travel',
  };
  return {
    root,
    projectDir,
    env,
    passphraseFile: join(root, 'passphrase'),
    file: (stack: string) => readFileSync(join(projectDir, `Pulumi.${stack}.yaml`), 'utf8'),
    calls: (): { argv: string[]; env: Record<string, string>; input: string }[] =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ssh: (): SshCall => JSON.parse(readFileSync(`${log}.ssh`, 'utf8')),
    /** The last one that asked for that. */
    sshOf: (words: string): SshCall | undefined =>
      readFileSync(`${log}.sshs`, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line): SshCall => JSON.parse(line))
        .findLast(({ argv }) => argv.at(-1)?.includes(words)),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** The same with the stack `staging` in it, begun by `coop init`. */
export async function fakeStack(answers: InitOptions['answers'] = { domain: 'staging.social.coop' }) {
  const place = fakePulumi();
  await initStack({
    projectDir: place.projectDir,
    stack: 'staging',
    env: place.env,
    passphraseFile: place.passphraseFile,
    resolveImages: false,
    progress: { note: () => {}, step: (_, work) => work() },
    answers,
  });
  return place;
}

/** An `ssh` that writes down what it was given, the files it names among it, and answers as told. */
const ssh = `
const fs = require('node:fs');
const argv = process.argv.slice(2);
const option = (name) => argv.find((word) => word.startsWith(name + '='))?.slice(name.length + 1);
const look = (path) => path && { path, mode: (fs.statSync(path).mode & 0o777).toString(8), text: fs.readFileSync(path, 'utf8') };
const call = { argv, knownHosts: look(option('UserKnownHostsFile')), identity: look(option('IdentityFile')) };
fs.writeFileSync(process.env.FAKE_LOG + '.ssh', JSON.stringify(call));
fs.appendFileSync(process.env.FAKE_LOG + '.sshs', JSON.stringify(call) + '\\n');
const line = argv.at(-1);
const known = JSON.parse(process.env.FAKE_SSH_ANSWERS ?? '[]').find(([pattern]) => new RegExp(pattern).test(line));
process.stdout.write(known?.[1] === 'NOW' ? String(Date.now() / 1000) : known ? known[1] : process.env.FAKE_SSH_STDOUT ?? '');
process.stderr.write(process.env.FAKE_SSH_STDERR ?? '');
if (process.env.FAKE_SSH_WAIT) setTimeout(() => {}, 30000);
else process.exitCode = Number(known?.[2] ?? process.env.FAKE_SSH_CODE ?? 0);
`;

const program = `
const fs = require('node:fs'), path = require('node:path');
const yaml = require(${JSON.stringify(new URL('../../node_modules/yaml', import.meta.url).pathname)});
const argv = process.argv.slice(2);
const option = (name) => argv.includes(name) ? argv[argv.indexOf(name) + 1] : undefined;
const fail = (text) => { process.stderr.write('error: ' + text + '\\n'); process.exit(255); };
const words = argv.slice(0, 2).join(' ');
const stack = option('--stack');
const file = option('--config-file') ?? path.join(process.cwd(), 'Pulumi.' + stack + '.yaml');
const input = words === 'config set' ? fs.readFileSync(0, 'utf8') : '';
fs.appendFileSync(process.env.FAKE_LOG, JSON.stringify({ argv, env: process.env, input }) + '\\n');
const phrase = () => fs.readFileSync(process.env.PULUMI_CONFIG_PASSPHRASE_FILE ?? fail('passphrase must be set'), 'utf8').trim();
const mirror = (text) => [...text].reverse().join('');
const read = () => fs.existsSync(file) ? yaml.parse(fs.readFileSync(file, 'utf8')) ?? {} : {};
if (words === 'stack init') {
  const known = path.join(process.env.FAKE_STATE, stack);
  if (fs.existsSync(known)) fail("stack 'organization/instance/" + stack + "' already exists");
  fs.writeFileSync(known, '');
} else if (words === 'config set') {
  if (process.env.FAKE_FAIL_AT === argv[4]) fail('no space left on device');
  const data = read();
  data.encryptionsalt ??= 'v1:' + Math.random() + ':' + mirror(phrase());
  if (!data.encryptionsalt.endsWith(mirror(phrase()))) fail('incorrect passphrase');
  const parts = argv[argv.indexOf('--path') + 1].split('.').slice(1), name = parts.pop();
  data.config ??= {}; data.config['instance:secrets'] ??= {};
  const place = parts.reduce((at, part) => (at[part] ??= {}), data.config['instance:secrets']);
  place[name] = { secure: data.encryptionsalt + '|' + mirror(input.replace(/\\n$/, '')) };
  fs.writeFileSync(file, yaml.stringify(data));
} else if (words === 'stack select') {
} else if (argv[0] === 'up' && !stack.startsWith('rehearsal-')) {
  if (process.env.FAKE_UP_FAILS) fail('the machine does not answer');
  const { config = {} } = read();
  fs.appendFileSync(process.env.FAKE_LOG + '.ups', JSON.stringify(config['instance:recover'] ?? null) + '\\n');
} else if (words === 'stack export') {
  if (process.env.FAKE_BACKEND_DOWN) fail('unable to open bucket: connection refused');
  if (!fs.existsSync(path.join(process.env.FAKE_STATE, stack))) fail("no stack named '" + stack + "' found");
  const made = fs.readFileSync(path.join(process.env.FAKE_STATE, stack), 'utf8');
  process.stdout.write(process.env.FAKE_EXPORT ?? (made || '{"deployment":{}}'));
} else if (words === 'stack ls') {
  const names = fs.readdirSync(process.env.FAKE_STATE).filter((name) => !name.startsWith('.'));
  process.stdout.write(JSON.stringify(names.map((name) => ({ name }))));
} else if (words === 'stack rm') {
  if (/urn/.test(fs.readFileSync(path.join(process.env.FAKE_STATE, stack), 'utf8'))) fail('still has resources');
  fs.rmSync(path.join(process.env.FAKE_STATE, stack));
} else if (argv[0] === 'up') {
  // As the real one: told to stop it lets go of the lock, and it holds that before it makes anything.
  const locks = path.join(process.env.FAKE_STATE, '.pulumi/locks/organization/instance', stack);
  const lock = path.join(locks, 'one.json');
  const done = (code) => { fs.rmSync(lock, { force: true }); process.exit(code); };
  process.on('SIGINT', () => setTimeout(() => done(255), 50));
  fs.mkdirSync(locks, { recursive: true });
  const host = require('node:os').hostname();
  fs.writeFileSync(lock, JSON.stringify({ username: 'me', hostname: host, pid: process.pid, timestamp: new Date() }));
  const type = 'digitalocean:index/droplet:Droplet';
  const root = 'pulumi:pulumi:Stack';
  const made = process.env.FAKE_UP === 'nothing' ? [] : [{ urn: 'urn:pulumi:x::instance::' + type + '::' + stack + '-primary', type, id: '1', custom: true }];
  fs.writeFileSync(path.join(process.env.FAKE_STATE, stack), JSON.stringify({ deployment: { resources: [{ urn: 'urn::' + root + '::x', type: root }, ...made] } }));
  process.stdout.write(' +  digitalocean:index:Droplet ' + stack + '-primary created (2s)\\n');
  if (process.env.FAKE_UP === 'wait') setTimeout(() => done(0), 120000);
  else if (/fail|nothing/.test(process.env.FAKE_UP)) { process.stderr.write('error: 422 no such size\\n'); done(255); }
  else done(0);
} else if (argv[0] === 'destroy') {
  phrase();
  if (process.env.FAKE_DESTROY === 'fail') fail('503 try again');
  fs.writeFileSync(path.join(process.env.FAKE_STATE, stack), '{"deployment":{}}');
} else if (argv[0] === 'cancel') {
  fs.rmSync(path.join(process.env.FAKE_STATE, '.pulumi/locks/organization/instance', stack), { recursive: true });
} else if (argv[0] === 'version') {
  process.stdout.write(process.env.FAKE_VERSION ?? 'v3.220.0');
} else if (words === 'plugin ls') {
  process.stdout.write(process.env.FAKE_PLUGINS ?? '[]');
} else if (words === 'stack output') {
  process.stdout.write(process.env.FAKE_OUTPUTS ?? '{}');
} else if (argv[0] === 'config') {
  const data = read(), out = {};
  const open = (value) => {
    if (value === null || typeof value !== 'object') return value;
    if (typeof value.secure === 'string') {
      if (!data.encryptionsalt.endsWith(mirror(phrase()))) fail('incorrect passphrase');
      const [salt, text] = value.secure.split('|');
      if (salt !== data.encryptionsalt) fail('cipher: message authentication failed');
      return mirror(text);
    }
    return Array.isArray(value) ? value.map(open) : Object.fromEntries(Object.entries(value).map(([k, v]) => [k, open(v)]));
  };
  for (const [key, value] of Object.entries(data.config ?? {})) {
    const objectValue = open(value);
    out[key] = { value: typeof objectValue === 'string' ? objectValue : JSON.stringify(objectValue), secret: key.endsWith(':secrets') };
  }
  process.stdout.write(JSON.stringify(out));
} else fail('unknown call ' + argv.join(' '));
`;
