export interface MachineSpec {
  id: string;
  name: string;
  mac: string;
  ip4: string;
  ip6?: string;
  memoryMb: number;
  vcpus: number;
  diskGb?: number;
  userData: string;
  sshKeys: string[];
}

export interface FirewallRule {
  protocol: 'tcp' | 'udp' | 'icmp';
  ports?: string;
  addresses: string[];
}

export interface FirewallRules {
  inbound: FirewallRule[];
  outbound: FirewallRule[];
}

export type MachineState = 'running' | 'stopped' | 'frozen' | 'missing';

export interface Machines {
  createMachine(spec: MachineSpec): Promise<void>;
  /** With its firewall; one that is gone is no error. */
  removeMachine(id: string): Promise<void>;
  startMachine(id: string): Promise<void>;
  /** `hard` pulls its plug. */
  stopMachine(id: string, options?: { hard?: boolean }): Promise<void>;
  freezeMachine(id: string): Promise<void>;
  thawMachine(id: string): Promise<void>;
  /** Takes effect at the next start. */
  resizeMachine(id: string, memoryMb: number, vcpus: number): Promise<void>;
  cutMachine(id: string): Promise<void>;
  joinMachine(id: string): Promise<void>;
  slowMachine(id: string, ms: number): Promise<void>;
  fillDisk(id: string): Promise<void>;
  machineState(id: string): Promise<MachineState>;
  /** Of a machine that is switched off; it starts with these, or with none. */
  setAddresses(id: string, addresses: { ip4?: string; ip6?: string }): Promise<void>;
  addAddress(id: string, ip4: string): Promise<void>;
  removeAddress(id: string, ip4: string): Promise<void>;
  /** `undefined`: no firewall is attached, everything passes. */
  setFirewall(mac: string, rules: FirewallRules | undefined): Promise<void>;
}

export interface Bucket {
  region: string;
  name: string;
}

export interface Grant {
  accessKey: string;
  permission: 'read' | 'readwrite' | 'fullaccess';
}

export interface CorsRule {
  allowedOrigins: string[];
  allowedMethods: string[];
  allowedHeaders?: string[];
  maxAgeSeconds?: number;
}

export interface LifecycleRule {
  id?: string;
  enabled: boolean;
  prefix?: string;
  expirationDays?: number;
  noncurrentDays?: number;
  abortIncompleteMultipartUploadDays?: number;
}

export interface Storage {
  bucketExists(bucket: Bucket): Promise<boolean>;
  createBucket(bucket: Bucket & { acl?: 'private' | 'public-read'; versioning?: boolean }): Promise<void>;
  /** Refuses a bucket that holds anything unless `force`. */
  deleteBucket(bucket: Bucket & { force?: boolean }): Promise<void>;
  setBucketAcl(bucket: Bucket, acl: 'private' | 'public-read'): Promise<void>;
  setVersioning(bucket: Bucket, enabled: boolean): Promise<void>;
  setCors(bucket: Bucket, rules: CorsRule[]): Promise<void>;
  setLifecycle(bucket: Bucket, rules: LifecycleRule[]): Promise<void>;
  /** The whole list of keys that reach the bucket, and its policy document, if any. */
  setAccess(bucket: Bucket, grants: Grant[], policy?: string): Promise<void>;
  userExists(accessKey: string): Promise<boolean>;
  createUser(user: { accessKey: string; secretKey: string }): Promise<void>;
  deleteUser(accessKey: string): Promise<void>;
  /** Executes what the lifecycles say, as of `now`. */
  applyLifecycle(now: Date): Promise<unknown>;
}

export interface DnsRecord {
  /** Of a PTR record, the address. */
  name: string;
  type: 'A' | 'AAAA' | 'CNAME' | 'MX' | 'TXT' | 'CAA' | 'PTR';
  content?: string;
  priority?: number;
  caa?: { flags: number; tag: string; value: string };
}

export interface Names {
  /** Serves these records, all of them and no others, beside the lab's own. */
  writeRecords(records: DnsRecord[]): Promise<void>;
}

/** The machinery behind the clouds; tests put their own in its place. */
export interface Backends {
  machines: Machines;
  storage: Storage;
  names: Names;
}
