import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** `connection` of the command package's remote resources. */
export interface Connection {
  host: string;
  port?: number;
  user?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  password?: string;
  agentSocketPath?: string;
  proxy?: unknown;
  /** `ssh-ed25519 AAAA…`; without it any host key will do. */
  hostKey?: string;
  /** Failed dials before giving up; -1: never. */
  dialErrorLimit?: number;
  /** Seconds for one dial. */
  perDialTimeout?: number;
}

export interface RemoteRun {
  command: string;
  stdin?: string | Buffer;
  environment: Record<string, string>;
  onLine(line: string, stream: 'stdout' | 'stderr'): void;
  onRetry(attempt: number, reason: string): void;
  signal: AbortSignal;
}

export interface RemoteResult {
  code: number;
  stdout: string;
  stderr: string;
  /** Both streams as they came. */
  both: string;
  /** False: ssh never got as far as running the command. */
  connected: boolean;
}

/** Runs one command over the system's `ssh`, dialling again while the host is not there yet. */
export async function runRemote(connection: Connection, run: RemoteRun): Promise<RemoteResult> {
  for (const unsupported of ['password', 'privateKeyPassword', 'proxy'] as const) {
    if (connection[unsupported] !== undefined) {
      throw new Error(
        `connection.${unsupported} is not supported by the lab's command plugin — use privateKey`,
      );
    }
  }
  const { dialErrorLimit = 10 } = connection;
  // Beside the lab's socket, so that `coop lab down` finds even what a killed plugin left.
  const { LAB_CLOUD } = process.env;
  const scratch = await mkdtemp(join(LAB_CLOUD ? dirname(LAB_CLOUD) : tmpdir(), 'coop-ssh-'));
  scratches.add(scratch);
  try {
    const files = await writeFiles(scratch, connection);
    for (let attempt = 1, delay = 100; ; attempt++, delay = Math.min(delay * 1.5, 5000)) {
      await rm(files.connected, { force: true });
      const result = await dial(connection, run, files);
      if (result.connected || result.code !== 255) return result;
      const reason = result.stderr.trim().split('\n').at(-1) ?? '';
      if (run.signal.aborted) throw new Error('cancelled');
      if (dialErrorLimit >= 0 && attempt > dialErrorLimit) {
        throw new Error(`after ${attempt} failed attempts: ${reason}`);
      }
      run.onRetry(attempt, reason);
      await sleep(delay, undefined, { signal: run.signal });
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
    scratches.delete(scratch);
  }
}

// A plugin that the engine ends has no time for promises, but a private key must not stay behind.
const scratches = new Set<string>();
process.on('exit', () => {
  for (const scratch of scratches) rmSync(scratch, { recursive: true, force: true });
});

interface Files {
  key?: string;
  knownHosts?: string;
  connected: string;
}

async function writeFiles(scratch: string, { privateKey, hostKey }: Connection): Promise<Files> {
  const files: Files = { connected: join(scratch, 'connected') };
  if (privateKey) {
    files.key = join(scratch, 'key');
    // OpenSSH refuses a key without its last line's end.
    await writeFile(files.key, `${privateKey.trimEnd()}\n`, { mode: 0o600 });
  }
  if (hostKey) {
    files.knownHosts = join(scratch, 'known_hosts');
    await writeFile(files.knownHosts, `${alias} ${hostKey.trim()}\n`, { mode: 0o600 });
  }
  return files;
}

// One name for the host, whatever its address and port.
const alias = 'coop-target';

function sshArgs(connection: Connection, run: RemoteRun, files: Files): string[] {
  const { host, port = 22, user = 'root', perDialTimeout = 15 } = connection;
  const options = {
    BatchMode: 'yes',
    ConnectTimeout: String(perDialTimeout),
    ConnectionAttempts: '1',
    HostKeyAlias: alias,
    UserKnownHostsFile: files.knownHosts ?? '/dev/null',
    GlobalKnownHostsFile: '/dev/null',
    StrictHostKeyChecking: files.knownHosts ? 'yes' : 'no',
    // Leaves a mark once the session is authenticated: 255 then is the command's own exit code.
    PermitLocalCommand: 'yes',
    LocalCommand: `: > '${files.connected}'`,
    ServerAliveInterval: '15',
    ServerAliveCountMax: '4',
    LogLevel: 'ERROR',
    ...(files.key ? { IdentityFile: files.key, IdentitiesOnly: 'yes', IdentityAgent: 'none' } : {}),
    ...(connection.agentSocketPath ? { IdentityAgent: connection.agentSocketPath } : {}),
  };
  return [
    ...['-F', '/dev/null', '-T', '-p', String(port), '-l', user],
    ...Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
    // By name only: a value may be a secret, and arguments are for everybody to read.
    ...Object.keys(run.environment).flatMap((name) => ['-o', `SendEnv=${name}`]),
    ...[host, '--', run.command],
  ];
}

function dial(connection: Connection, run: RemoteRun, files: Files): Promise<RemoteResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('ssh', sshArgs(connection, run, files), {
      env: { ...process.env, ...run.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      signal: run.signal,
      killSignal: 'SIGTERM',
    });
    const output = { stdout: '', stderr: '', both: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      let partial = '';
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
        output.both += text;
        const lines = (partial + text).split('\n');
        partial = lines.pop() ?? '';
        // What ssh says before the session is ours to judge, not output of the command.
        if (existsSync(files.connected)) for (const line of lines) run.onLine(line, stream);
      });
    }
    // A command that does not read its input is no failure.
    child.stdin.on('error', () => {});
    child.stdin.end(run.stdin ?? '');
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new Error('ssh is not installed — PATH — apt-get install openssh-client')
          : error,
      ),
    );
    child.on('close', (code) => {
      resolve({ code: code ?? 255, ...output, connected: existsSync(files.connected) });
    });
  });
}
