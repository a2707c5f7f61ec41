import { parseVersion } from '../core/version.ts';
import { migrationsOf } from './plan.ts';

/** The schema as Rails describes it in db/schema.rb, as far as others read it there: tables, and ids that a function gives. */
export function schemaFile(text: string): string {
  const migrations = migrationsOf(parseVersion(text));
  const statements = migrations.flatMap(({ sql }) => sql);
  const tables = statements.flatMap((sql) => {
    const name = /^CREATE TABLE (\w+) /.exec(sql)?.[1];
    if (!name) return [];
    const made = /\bid bigint PRIMARY KEY DEFAULT (\w+)\('(\w+)'\)/.exec(sql);
    const id = made ? `, id: :bigint, default: -> { "${made[1]}('${made[2]}'::text)" }` : '';
    return [`  create_table "${name}"${id}, force: :cascade do |t|\n  end\n`];
  });
  const version = migrations.at(-1)?.version;
  return `ActiveRecord::Schema[8.0].define(version: ${version}) do\n${tables.sort().join('\n')}end\n`;
}
