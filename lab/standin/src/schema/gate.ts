import type { Db } from '../core/db.ts';
import type { Env } from '../core/env.ts';
import { Problem } from '../core/problem.ts';
import { pending, refusal } from './plan.ts';
import { readState } from './state.ts';

export class PendingMigrations extends Error {
  override name = 'ActiveRecord::PendingMigrationError';
}

/** Refuses to start on a schema this code cannot use; an unreachable database is no reason to refuse. */
export async function refuseForeignSchema(db: Db, env: Env): Promise<void> {
  const state = await readState(db).catch(() => undefined);
  const reason = state && state.finished > env.version.minor ? refusal(env.version, state) : undefined;
  if (reason) throw new Problem(reason);
}

/** Returns a check that throws while pre-deployment migrations are pending; asks the database until none is. */
export function migrationGate(db: Db, env: Env): () => Promise<void> {
  let current = false;
  return async () => {
    if (current) return;
    const todo = pending(env.version, await readState(db), true);
    if (todo.length > 0)
      throw new PendingMigrations(
        `migrations pending: ${todo.map((migration) => migration.name).join(', ')} — database — run rails db:migrate`,
      );
    current = true;
  };
}
