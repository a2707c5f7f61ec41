import { generateKeyPairSync } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** One request as it arrived at the peer. */
export interface PeerRequest {
  id: number;
  time: string;
  method: string;
  path: string;
  host: string;
  secure: boolean;
  source: string;
  headers: Record<string, string>;
  /** Text, or base64 where it is none. */
  body: string;
  /** What the peer answered. */
  status: number;
  /** For deliveries: `verified`, or why the signature was not believed. */
  signature?: string;
  // biome-ignore lint/suspicious/noExplicitAny: an activity's object is anything
  activity?: { id?: string; type?: string; actor?: string; object?: any };
}

interface Follow {
  name: string;
  actor: string;
  activity: string;
  accepted?: boolean;
}

interface State {
  keys: Record<string, { publicKey: string; privateKey: string }>;
  /** Whom the peer's actors follow. */
  following: Follow[];
  /** Who follows the peer's actors. */
  followers: Follow[];
  notes: Record<string, Record<string, unknown>>;
}

/** What the peer remembers: everything that arrived, its actors' keys and their follows. */
export class PeerStore {
  readonly dir: string;
  readonly state: State;
  /** TCP connections, also those that never became a request. */
  connections = 0;
  private requests: PeerRequest[] = [];
  private nextId = 1;

  constructor(dir: string) {
    this.dir = dir;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const file = join(dir, 'state.json');
    const empty: State = { keys: {}, following: [], followers: [], notes: {} };
    this.state = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : empty;
    const log = join(dir, 'requests.jsonl');
    if (existsSync(log))
      this.requests = readFileSync(log, 'utf8')
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    this.nextId = (this.requests.at(-1)?.id ?? 0) + 1;
  }

  save(): void {
    const file = join(this.dir, 'state.json');
    writeFileSync(`${file}.new`, JSON.stringify(this.state), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  record(request: Omit<PeerRequest, 'id' | 'time'>): void {
    const full = { id: this.nextId++, time: new Date().toISOString(), ...request };
    this.requests.push(full);
    // What lies further back is in the file.
    if (this.requests.length > 5000) this.requests.shift();
    appendFileSync(join(this.dir, 'requests.jsonl'), `${JSON.stringify(full)}\n`);
  }

  list(after = 0): PeerRequest[] {
    return this.requests.filter((request) => request.id > after);
  }

  reset(): void {
    this.requests = [];
    this.connections = 0;
    rmSync(join(this.dir, 'requests.jsonl'), { force: true });
  }

  /** The key pair of an actor, made when it is first asked for. */
  key(name: string): { publicKey: string; privateKey: string } {
    const known = this.state.keys[name];
    if (known) return known;
    const pair = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    this.state.keys[name] = pair;
    this.save();
    return pair;
  }
}
