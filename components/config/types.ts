import type { AppName } from '../apps/index.ts';

/** One stack's configuration after validation: every default filled in, every value checked against the others. */
export interface StackConfig {
  /** LOCAL_DOMAIN of the instance, e.g. `staging.social.coop`. Can never change once the instance federates. */
  domain: string;
  /** Mail address for the certificate authority and shown as the instance's contact. */
  contact: string;
  /** Software on top. */
  app: AppName;
  /** Its version, e.g. `4.5.20`. */
  appVersion: string;
  images: Images;
  /** `off`: no activity leaves or enters, enforced by the network. */
  federation: 'open' | 'off';
  /** The machine that serves. */
  primary: MachineConfig;
  /** The machine that stands by, laid out and idle. */
  secondary?: MachineConfig | undefined;
  storage: StorageConfig;
  dns: DnsConfig;
  /** A second repository of the database's backups, elsewhere. */
  repo2?: Repo2Config | undefined;
  /** Whom the recovery kit is encrypted to. */
  recovery?: RecoveryConfig | undefined;
  /** Brings the stack back from its buckets, on a new machine; only until it is back. */
  recover?: RecoverConfig | undefined;
  /** This stack is a fenced copy of another. */
  restore?: RestoreConfig | undefined;
  /** Ranges (CIDR) SSH is reachable from; never the whole world. */
  sshFrom: string[];
  /** Public keys by the name of the person. */
  admins: Record<string, string[]>;
  /** ACME directory URL certificates come from. */
  acmeDirectory: string;
  /** Further certificate authorities (PEM) the machine and the containers trust; '' for none. */
  caCertificates: string;
  mail: MailConfig;
  /** Who is told when something breaks. */
  alerts: AlertsConfig;
  /** Who translates posts; nobody when absent. */
  translation?: TranslationConfig | undefined;
  /** Set in the app when it changes here; left to the app when absent. */
  registrations?: 'open' | 'approved' | 'closed' | undefined;
  /** archive_timeout in seconds (10..3600). */
  rpo: number;
  /** Days backups and old object versions are kept. */
  backupDays: number;
  /** Overrides by process name of the app's process list. */
  processes: Record<string, ProcessOverride>;
  database: DatabaseConfig;
  /** Other programs on the machine that use the database, by role. */
  databaseClients: Record<string, DatabaseClientConfig>;
  search: SearchConfig;
  /** Largest upload in megabytes. */
  uploadMb: number;
  mediaCache: MediaCacheConfig;
  /** Days the app keeps what came from other servers. */
  retention: RetentionConfig;
  /** Days the journal is kept. */
  logDays: number;
  /** Range Docker takes its networks from (IPv4). */
  containerRange: string;
  /** The same for IPv6. */
  containerRange6: string;
  /** Further variables of the app, by the names the app version reads. */
  environment: Record<string, string>;
  /** Refuses deletion of machines and buckets. */
  protect: boolean;
  /** Day (YYYY-MM-DD) after which `coop` offers to take the stack down. */
  expires?: string | undefined;
  /** The primary's SSH host key, OpenSSH one-line form; its private half is `secrets.hostKey`, or on an existing host. */
  hostPublicKey: string;
  /** The secondary's, likewise; with `secrets.secondaryHostKey`. */
  secondaryHostPublicKey?: string | undefined;
  /** Key `pulumi up` reaches the machine with; its private half is `secrets.deployKey`. */
  deployPublicKey: string;
  /** Public keys that machines carry although they booted with others. */
  rotated: RotatedKeys;
  secrets: Secrets;
}

export type { AppName };

/** Full references with digest: `host/name[:tag]@sha256:…`; `postgres` may be `build`. */
export interface Images {
  web: string;
  streaming: string;
  postgres: string;
  redis: string;
  /** Elasticsearch; only with `search.enabled`. */
  search?: string | undefined;
}

export type MachineConfig = DigitalOceanMachineConfig | HetznerMachineConfig | ExistingMachineConfig;

export interface DigitalOceanMachineConfig {
  provider: 'digitalocean';
  region: string;
  size: string;
}

export interface HetznerMachineConfig {
  provider: 'hetzner';
  /** Location, e.g. `fsn1`. */
  region: string;
  /** Server type, e.g. `cpx42`. */
  size: string;
}

/** A Debian 13 host that is there already. */
export interface ExistingMachineConfig {
  provider: 'existing';
  /** Where SSH answers: a name or an address. */
  host: string;
  /** Public IPv4 address the names point to. Default: `host`, when it is one. */
  address: string;
  /** Public IPv6 address the names point to. */
  address6?: string | undefined;
  /** Who logs in: root, or one who may become root by sudo without a password. */
  user: string;
}

export interface StorageConfig {
  provider: 'spaces';
  region: string;
  /** Bucket names. */
  media: string;
  backups: string;
}

export type DnsConfig = ({ provider: 'cloudflare'; zone: string; zoneId: string } | { provider: 'none' }) & {
  mail?: MailRecords | undefined;
};

/** What other mail servers find under the domain. */
export interface MailRecords {
  mx: { host: string; priority: number }[];
  spf?: string | undefined;
  /** By selector. */
  dkim: Record<string, string>;
  dmarc?: string | undefined;
}

/** A bucket at any S3 endpoint; its keys are `secrets.repo2AccessKey` and `secrets.repo2SecretKey`. */
export interface Repo2Config {
  /** Host of the endpoint, on port 443, e.g. `s3.eu-central-003.backblazeb2.com`. */
  endpoint: string;
  region: string;
  bucket: string;
}

export interface RecoverConfig {
  /** `latest`, or a time in UTC. */
  to: string;
  /** Label of the backup to begin with; the newest that fits when absent. */
  backup?: string | undefined;
}

export interface RecoveryConfig {
  /** Public key of age: `age1…`. */
  recipient: string;
  /** Its private half as an armored age file, encrypted with the stack's passphrase. */
  identity: string;
}

/** Plain dumps in a bucket that is only read. */
export interface DumpConfig {
  /** Host of the S3 endpoint. */
  endpoint: string;
  region: string;
  bucket: string;
  /** The best first; a directory ends with `/`. */
  keys: string[];
  /** Whether the stack's secrets are those of the server that was dumped. */
  secrets: boolean;
}

export interface RestoreConfig {
  /** Stack whose backups are restored; absent with `dump`. */
  from?: string | undefined;
  dump?: DumpConfig | undefined;
  /** Moment in UTC; the last one that was archived when absent. */
  at?: string | undefined;
  /** Label of the backup to begin with; the newest that fits when absent. */
  backup?: string | undefined;
  /** `read-only`: the source's bucket by a key that cannot write; `copy`: a bucket of its own, filled from the source's. */
  media: 'read-only' | 'empty' | 'copy';
  fenced: true;
  /** Hours after which the machine switches itself off. */
  hours: number;
}

export interface MailConfig {
  host: string;
  port: number;
  /** By port when absent: `tls` on 465, `opportunistic` on 25, `starttls` elsewhere. */
  encryption?: 'tls' | 'starttls' | 'opportunistic' | undefined;
  /** `plain` when absent; only with a user. */
  auth?: 'plain' | 'login' | 'cram_md5' | undefined;
  user?: string | undefined;
  from: string;
  replyTo?: string | undefined;
}

/** With `secrets.alertWebhook` and `secrets.deadMansSwitch`, which are addresses that only we may know. */
export interface AlertsConfig {
  mail?: string | undefined;
  /** Hours after which what is still broken is told again. */
  againHours: number;
}

export type TranslationConfig =
  | { provider: 'deepl'; plan: 'free' | 'pro' }
  | { provider: 'libretranslate'; endpoint: string };

export interface ProcessOverride {
  replicas?: number | undefined;
  concurrency?: number | undefined;
  memoryMb?: number | undefined;
}

export interface DatabaseConfig {
  maxConnections: number;
  sharedBuffersMb: number;
}

export interface DatabaseClientConfig {
  /** On the machine's loopback. */
  port: number;
  /** Tables; `*` alone for all of them. */
  read: string[];
  write: string[];
  connections: number;
}

export interface SearchConfig {
  enabled: boolean;
  /** Memory limit of Elasticsearch. */
  memoryMb: number;
}

export interface MediaCacheConfig {
  hours: number;
  gigabytes: number;
}

/** In days; 0 keeps it for ever. */
export interface RetentionConfig {
  mediaDays: number;
  profileDays: number;
  previewCardDays: number;
  statusDays: number;
}

export interface RotatedKeys {
  hostPublicKey?: string | undefined;
  secondaryHostPublicKey?: string | undefined;
  deployPublicKey?: string | undefined;
}

/** Every member is a Pulumi secret. */
export interface Secrets {
  secretKeyBase: string;
  vapidPrivateKey: string;
  vapidPublicKey: string;
  activeRecordPrimaryKey: string;
  activeRecordDeterministicKey: string;
  activeRecordKeyDerivationSalt: string;
  databasePassword: string;
  databaseAdminPassword: string;
  redisPassword: string;
  repositoryCipher: string;
  /** OpenSSH ed25519 private keys. */
  hostKey?: string | undefined;
  secondaryHostKey?: string | undefined;
  deployKey: string;
  repo2AccessKey?: string | undefined;
  repo2SecretKey?: string | undefined;
  dumpAccessKey?: string | undefined;
  dumpSecretKey?: string | undefined;
  smtpPassword?: string | undefined;
  translationKey?: string | undefined;
  alertWebhook?: string | undefined;
  deadMansSwitch?: string | undefined;
  /** Further variables of the app that are secret, by the names the app version reads. */
  environment?: Record<string, string> | undefined;
  /** Passwords by role. */
  databaseClients?: Record<string, string> | undefined;
}

/** Secrets that are one value. */
export type SecretName = Exclude<keyof Secrets, 'environment' | 'databaseClients'>;

/** One thing wrong with the configuration. */
export interface Problem {
  /** Path of the key, e.g. `processes.sidekiq-scheduler.replicas`. */
  key: string;
  /** Shown value; '[secret]' for secrets; undefined when the key is missing. */
  value?: string | undefined;
  reason: string;
  remedy: string;
}

/** A configuration of which only the sound parts are there, for checks that must not stop at the first problem. */
export type Loose<T> = T extends readonly (infer Item)[]
  ? readonly (Loose<Item> | undefined)[]
  : T extends object
    ? { [Key in keyof T]?: Loose<T[Key]> | undefined }
    : T;
