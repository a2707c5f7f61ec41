import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archive } from '../../../components/host/archive.ts';
import { type HostFacts, type HostFile, renderHost } from '../../../components/host/render.ts';
import { down } from '../../../lab/down.ts';
import * as machines from '../../../lab/machines/index.ts';
import { labDir, paths } from '../../../lab/paths.ts';
import { ensureAcme } from '../../../lab/services/acme.ts';
import { ensureCa, readTrust } from '../../../lab/services/ca.ts';
import { ensureDns } from '../../../lab/services/dns.ts';
import { ensureImages, type LabImages } from '../../../lab/services/images.ts';
import { alivePid } from '../../../lab/services/process.ts';
import { ensureRegistry } from '../../../lab/services/registry.ts';
import { ensureVersitygw } from '../../../lab/services/s3.ts';
import * as s3 from '../../../lab/services/s3-admin.ts';
import { ensureS3 } from '../../../lab/services/s3-service.ts';
import { ensureMail, ensurePeer } from '../../../lab/services/witnesses.ts';
import { type FactsOverrides, facts } from '../../fixtures/facts.ts';
import { type Ran, run } from './run.ts';

const region = 'fra1';
const addresses = { v4: '198.18.1.200', v6: 'fd00:c00b::1:200' };
const id = 'apply-test';

/** A test counts backups and breaks what they need: on its machine they begin when it says so, and not by the clock. */
const quietTimers = [
  ...['backup-full', 'backup-diff', 'backup-incr', 'backup-check', 'backup-verify'],
  ...['manifest', 'media-sample', 'media-inventory', 'pg-dump-to-s3'],
]
  .map((job) => `/etc/systemd/system/${job}.timer.d`)
  .map((at) => `mkdir -p ${at} && printf '[Timer]\\nOnCalendar=\\nOnCalendar=yearly\\n' > ${at}/lab.conf`)
  .join(' && ');

/** The services a machine meets, without a cloud around them. */
export async function startServices(say: (line: string) => void): Promise<LabImages> {
  await Promise.all([machines.ensureDocker(), ensureVersitygw(say)]);
  await machines.ensureNetwork();
  await ensureCa();
  await Promise.all([ensureDns(), ensureS3(), ensureRegistry(), ensureMail(), ensurePeer()]);
  await ensureAcme();
  const { staging } = await ensureImages({ staging: { app: 'mastodon', version: '4.5.20' } }, 'standin', say);
  return staging;
}

/** Adds a name beside whatever the lab's cloud has recorded. */
async function announce(domain: string): Promise<void> {
  const hosts = join(paths.dns, 'hosts');
  const lines = [addresses.v4, addresses.v6].map((address) => `${address} ${domain}\n`).join('');
  if (!readFileSync(hosts, 'utf8').includes(lines)) appendFileSync(hosts, lines);
  const pid = alivePid('dns');
  if (pid !== undefined) process.kill(pid, 'SIGHUP');
}

/** A machine to apply trees to, its buckets and its name. */
export class ApplyLab {
  readonly facts: HostFacts;
  readonly address = addresses.v4;
  readonly #keyFile: string;
  #foundLab = true;

  private constructor(given: HostFacts) {
    this.facts = given;
    this.#keyFile = join(labDir, 'apply-test-key');
  }

  /** The lab that an earlier process started, by its facts. */
  static attach(given: HostFacts): ApplyLab {
    return new ApplyLab(given);
  }

  static async start(domain: string, overrides: FactsOverrides = {}, say = console.log): Promise<ApplyLab> {
    // A directory alone is no lab: a killed run leaves one.
    const foundLab = alivePid('dns') !== undefined;
    const images = await startServices(say);
    const given = facts({
      ...overrides,
      machine: { name: 'apply-primary', address: addresses.v4, role: 'primary' },
      config: {
        domain,
        images,
        acmeDirectory: 'https://acme.lab.test/dir',
        caCertificates: readTrust(),
        mail: { host: 'mail.lab.test', port: 587, from: `Staging <staging@${domain}>` },
        sshFrom: ['198.18.0.0/16', 'fd00:c00b::/64'],
        ...overrides.config,
      },
    });
    const lab = new ApplyLab(given);
    lab.#foundLab = foundLab;
    mkdirSync(labDir, { recursive: true });
    writeFileSync(lab.#keyFile, given.config.secrets.deployKey, { mode: 0o600 });
    await lab.makeBuckets();
    await announce(domain);
    await lab.makeMachine();
    return lab;
  }

  /** One that the tree has been laid on, and which converged. */
  static async converged(domain: string, overrides: FactsOverrides = {}): Promise<ApplyLab> {
    const lab = await ApplyLab.start(domain, overrides);
    const { code, output } = await lab.apply(lab.facts);
    if (code === 0) return lab;
    await lab.stop();
    throw new Error(`the first apply ended with ${code}:\n${output.slice(-6000)}`);
  }

  /** The stack's facts with another configuration. */
  changed(config: Partial<HostFacts['config']>): HostFacts {
    return { ...this.facts, config: { ...this.facts.config, ...config } };
  }

  async makeBuckets(): Promise<void> {
    for (const access of [this.facts.media, this.facts.backups]) {
      const name = access.bucket;
      if (await s3.bucketExists({ region, name })) await s3.deleteBucket({ region, name, force: true });
      // As components/storage makes them.
      await s3.createBucket({ region, name, versioning: true });
      if (!(await s3.userExists(access.accessKey))) await s3.createUser(access);
      await s3.setGrants({ region, name }, [{ accessKey: access.accessKey, permission: 'readwrite' }]);
    }
  }

  /** A new machine at the same address, as after a server was deleted by hand. */
  async makeMachine(): Promise<void> {
    await machines.removeMachine(id);
    const { config } = this.facts;
    const userData = {
      disable_root: false,
      ssh_keys: { ed25519_private: config.secrets.hostKey, ed25519_public: config.hostPublicKey },
      ssh_deletekeys: true,
      ssh_genkeytypes: [],
    };
    await machines.createMachine({
      id,
      name: 'apply-primary',
      mac: '02:c0:0b:00:00:c8',
      ip4: addresses.v4,
      ip6: addresses.v6,
      memoryMb: 8192,
      vcpus: 2,
      userData: `#cloud-config\n${JSON.stringify(userData)}\n`,
      sshKeys: [config.deployPublicKey],
    });
    for (let attempt = 0; ; attempt += 1) {
      if ((await this.ssh(quietTimers)).code === 0) return;
      if (attempt > 60) throw new Error('the machine does not answer to SSH');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  /** Runs a line of shell on the machine as root. */
  ssh(
    line: string,
    options: { input?: string; seconds?: number; onLine?: (line: string) => void; terminal?: boolean } = {},
  ): Promise<Ran> {
    return run(
      [
        'ssh',
        // A connection of its own: a shared one opens no session of its own, and says nothing.
        ...(options.terminal ? ['-tt', '-o', 'ControlPath=none'] : []),
        ...['-i', this.#keyFile, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=3', '-o', 'LogLevel=ERROR'],
        ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
        // A machine that reboots need not say goodbye, and its firewall drops what belongs to no connection.
        ...['-o', 'ServerAliveInterval=2', '-o', 'ServerAliveCountMax=5'],
        ...['-o', `ControlPath=${this.#keyFile}.%C`, '-o', 'ControlMaster=auto', '-o', 'ControlPersist=30'],
        `root@${this.address}`,
        // None: a login shell.
        ...(line === '' ? [] : [line]),
      ],
      options,
    );
  }

  /** As `ssh`; an exit code other than 0 is an error that shows what was printed. */
  async must(line: string, options: { input?: string; seconds?: number } = {}): Promise<string> {
    const ran = await this.ssh(line, options);
    if (ran.code !== 0) throw new Error(`${line}\nended with ${ran.code}:\n${ran.output.slice(-6000)}`);
    return ran.stdout;
  }

  /** Lays a rendered tree on the machine without applying it; returns its place and hash. */
  async ship(given: HostFacts): Promise<{ tree: string; hash: string }> {
    return this.shipFiles(renderHost(given));
  }

  async shipFiles(files: HostFile[]): Promise<{ tree: string; hash: string }> {
    const { tar, hash } = archive(files);
    const tree = `/root/.coop-apply.${randomBytes(4).toString('hex')}`;
    await this.must(`umask 077 && mkdir ${tree} && base64 -d | tar -xC ${tree}`, { input: tar });
    return { tree, hash };
  }

  /** What `pulumi up` does on the machine: ships the tree and applies it. */
  async apply(given: HostFacts, options: { onLine?: (line: string) => void } = {}): Promise<Ran> {
    const { tree, hash } = await this.ship(given);
    return this.applyTree(tree, hash, options);
  }

  applyTree(tree: string, hash: string, options: { onLine?: (line: string) => void } = {}): Promise<Ran> {
    // A process group of its own, so that a test can end all of it at once.
    const line = `setsid --wait sh -c 'echo pid $$; ${tree}/opt/social.coop/libexec/apply ${tree} ${hash}; code=$?; rm -rf ${tree}; exit $code' 2>&1`;
    return this.ssh(line, { seconds: 300, ...options });
  }

  /** Leaves a lab that was there before as it was, and takes one that was not away. */
  async stop(): Promise<void> {
    await run(['ssh', '-o', `ControlPath=${this.#keyFile}.%C`, '-O', 'exit', `root@${this.address}`]);
    await machines.removeMachine(id);
    if (this.#foundLab) return;
    // Docker lets go of a removed container's place on the network a little later.
    for (let attempt = 1; ; attempt += 1) {
      const failure = await down(() => {}).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure === undefined) return;
      if (attempt === 5) throw failure;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
