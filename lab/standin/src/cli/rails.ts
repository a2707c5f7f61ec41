import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type Db, one, openDb } from '../core/db.ts';
import { type Env, readEnv } from '../core/env.ts';
import { Problem } from '../core/problem.ts';
import { parseVersion } from '../core/version.ts';
import { generateVapidPair } from '../crypto/vapid.ts';
import { migrate } from '../schema/migrate.ts';
import { migrationsOf, pending } from '../schema/plan.ts';
import { schemaFile } from '../schema/ruby.ts';
import { seed } from '../schema/seed.ts';
import { readState } from '../schema/state.ts';
import { runner } from './runner.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const skipPost = (): boolean => process.env.SKIP_POST_DEPLOYMENT_MIGRATIONS === 'true';

/** Creates the database when it does not exist; returns whether it did. */
async function create(env: Env): Promise<boolean> {
  const admin = openDb(env, 1, 'postgres');
  try {
    if (await one(admin, 'SELECT 1 FROM pg_database WHERE datname = $1', [env.db.name])) return false;
    await admin.query(`CREATE DATABASE "${env.db.name.replace(/"/g, '""')}"`);
    print(`Created database '${env.db.name}'`);
    return true;
  } finally {
    await admin.end();
  }
}

const isEmpty = async (db: Db): Promise<boolean> => (await readState(db)).applied.size === 0;

async function load(db: Db, env: Env): Promise<void> {
  await migrate(db, env, false, print);
  await seed(db, env);
}

type Task = (db: Db, env: Env) => Promise<void>;

const TASKS: Record<string, Task> = {
  'db:create': async (_db, env) => {
    if (!(await create(env))) print(`Database '${env.db.name}' already exists`);
  },
  'db:setup': async (db, env) => {
    await create(env);
    await loadSchema(db, env);
  },
  'db:schema:load': (db, env) => loadSchema(db, env),
  'db:prepare': async (db, env) => {
    await create(env);
    await migrate(db, env, skipPost() && !(await isEmpty(db)), print);
    await seed(db, env);
  },
  'db:migrate': async (db, env) => {
    await migrate(db, env, skipPost(), print);
  },
  'db:seed': (db, env) => seed(db, env),
  'db:version': async (db) => {
    const { applied } = await readState(db);
    print(`Current version: ${[...applied].sort().at(-1) ?? 0}`);
  },
  'db:migrate:status': async (db, env) => {
    const { applied } = await readState(db);
    if (applied.size === 0) throw new Problem('Schema migrations table does not exist yet.');
    print(`\ndatabase: ${env.db.name}\n\n Status   Migration ID    Migration Name\n${'-'.repeat(50)}`);
    const own = migrationsOf(env.version);
    for (const { version, name } of own)
      print(`${applied.has(version) ? '   up   ' : '  down  '}  ${version}  ${name}`);
    for (const version of [...applied].sort())
      if (!own.some((migration) => migration.version === version))
        print(`   up     ${version}  ********** NO FILE **********`);
  },
  'db:abort_if_pending_migrations': async (db, env) => {
    const todo = pending(env.version, await readState(db), skipPost());
    if (todo.length > 0)
      throw new Problem(
        `You have ${todo.length} pending migrations: ${todo.map(({ version, name }) => `${version} ${name}`).join(', ')} — database — Run \`rails db:migrate\` to update your database then try again.`,
      );
  },
};

async function loadSchema(db: Db, env: Env): Promise<void> {
  if (!(await isEmpty(db)) && process.env.DISABLE_DATABASE_ENVIRONMENT_CHECK !== '1')
    throw new Problem(
      "ActiveRecord::ProtectedEnvironmentError: You are attempting to run a destructive action against your 'production' database.",
    );
  await load(db, env);
}

/** Files named like Mastodon's, for those who ask an image which migrations it carries, and what schema they come to. */
function writeMigrationFiles(): void {
  const text = process.env.MASTODON_STANDIN_VERSION || '4.5.20';
  const version = parseVersion(text);
  for (const { version: number, name, phase } of migrationsOf(version)) {
    const directory = phase === 'post' ? 'db/post_migrate' : 'db/migrate';
    mkdirSync(directory, { recursive: true });
    const words = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
    writeFileSync(`${directory}/${number}_${words}.rb`, `# ${name}: in this stand-in's own code\n`);
  }
  writeFileSync('db/schema.rb', schemaFile(text));
}

function generators(): Record<string, () => void> {
  const token = (): string => randomBytes(24).toString('base64').replace(/[+/=]/g, '').slice(0, 32);
  return {
    secret: () => print(randomBytes(64).toString('hex')),
    'db:encryption:init': () => {
      for (const name of ['DETERMINISTIC_KEY', 'KEY_DERIVATION_SALT', 'PRIMARY_KEY'])
        print(`ACTIVE_RECORD_ENCRYPTION_${name}=${token()}`);
    },
    'mastodon:webpush:generate_vapid_key': () => {
      const pair = generateVapidPair();
      print(`VAPID_PRIVATE_KEY=${pair.privateKey}\nVAPID_PUBLIC_KEY=${pair.publicKey}`);
    },
    'assets:precompile': () => undefined,
    'standin:migration_files': writeMigrationFiles,
  };
}

/** `rails TASK…`: the tasks an operator needs, under their own names. */
export async function rails(args: string[]): Promise<void> {
  if (args[0] === 'runner') return runner(args.slice(1));
  const tasks = args.filter((arg) => !arg.startsWith('-'));
  if (tasks.length === 0) throw new Problem('no task — bin/rails — name one, like db:migrate');
  for (const task of tasks) {
    const generate = generators()[task];
    const run = TASKS[task];
    if (generate) generate();
    else if (!run)
      throw new Problem(
        `Unrecognized command "${task}" — the stand-in's bin/rails — it knows ${Object.keys({ ...TASKS, ...generators() }).join(', ')}`,
      );
    else {
      const env = readEnv(process.env);
      const db = openDb(env, 3);
      try {
        await run(db, env);
      } finally {
        await db.end();
      }
    }
  }
}
