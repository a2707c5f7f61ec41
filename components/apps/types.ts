import type { Images, SecretName } from '../config/types.ts';

/** One long-running process of an app; becomes one or more Compose services. */
export interface AppProcess {
  /** Name in the configuration (`processes.NAME`) and of the first Compose service. */
  name: string;
  image: Extract<keyof Images, 'web' | 'streaming'>;
  command: string[];
  /** Job queues worked, in order of priority; empty for what works none. */
  queues: string[];
  /** Containers running it. */
  replicas: number;
  /** Threads in one operating-system process. */
  concurrency: number;
  /** Operating-system processes in one container. */
  workers: number;
  /** Memory limit of one container. */
  memoryMb: number;
  /** Loopback ports, one per replica, first replica first; the container listens on the same number. */
  ports: number[];
  /** Health check inside the container, one shell line. */
  health: string;
  /** Database connections one container may hold. */
  pool: number;
  /** Variables that differ per process and that the app reads before its own files. */
  environment: Record<string, string>;
}

/** What the rest of the program needs to know about a piece of software on top. */
export interface App {
  name: string;
  /** How its versions are written, exactly as `/api/v1/instance` reports them; no two apps share a version. */
  versions: { pattern: RegExp; example: string };
  /** Lowest version (major, minor) that is supported. */
  oldest: readonly [number, number];
  /** The images its makers publish, by tag; undefined where `images/NAME` builds them. */
  officialImages(version: Version): Pick<Images, 'web' | 'streaming'> | undefined;
  /** User and group inside its images. */
  uid: number;
  /** Where the app lies inside its images. */
  home: string;
  /** Static files inside the web image. */
  publicDirectory: string;
  processes(version: Version): AppProcess[];
  /** Every queue the version puts jobs on. */
  queues(version: Version): string[];
  /** Every environment variable the version reads. */
  environment(version: Version): ReadonlySet<string>;
  /** Those of them whose values nobody may see. */
  secretEnvironment: ReadonlySet<string>;
  /** Variable that carries each of the instance's secrets. */
  secrets: Partial<Record<SecretName, string>>;
  /** Creates the schema of an empty database and what must be in it. */
  prepare: string[];
  /** Directories below `home` whose files are its migrations, first phase first: `20250917140000_what.rb`. */
  migrations: string[];
  /** Both phases of a migration: before and after the restart with the new image. */
  migrate: { before: AppCommand; after: AppCommand };
  /** What shows that a copy of its data is whole and usable: `instance verify` asks it. */
  verify: AppVerification;
  /** Columns whose files lie in the media bucket; of tables and columns a version lacks nothing is asked. */
  media: MediaColumn[];
  /** Paths of the app's HTTP interfaces. */
  paths: { health: string; streaming: string; streamingHealth: string };
}

/** How `instance verify` learns what only the app itself can tell. */
export interface AppVerification {
  /** Runs a program given on stdin inside the app; the names of questions follow as arguments. */
  command: string[];
  /** That program, a file below host/opt/social.coop/libexec/lib/verify. */
  program: string;
  /** Checks in verify.d that it answers, one line of JSON each. */
  questions: string[];
  /** File below `home` that lists the schema as Rails writes it: tables, views, functions in defaults. */
  schema: string;
  /** SELECTs of times (UTC, no quotes in them): when the app last wrote a row, where no heartbeat says it better. */
  newestRow: string[];
}

/** A file of a row, as Paperclip names it: https://github.com/kreeti/kt-paperclip#storage. */
export interface MediaColumn {
  table: string;
  /** `ATTACHMENT_file_name` holds the name; where `ATTACHMENT_storage_schema_version` is 1, copies lie below `cache/`. */
  attachment: string;
  /** Folder of the bucket. */
  path: string;
  /** SQL condition on the row: members gave it to us; false for copies of what other servers have. */
  ours: string;
}

export interface AppCommand {
  command: string[];
  environment: Record<string, string>;
}

export interface Version {
  major: number;
  minor: number;
  patch: number;
  text: string;
}
