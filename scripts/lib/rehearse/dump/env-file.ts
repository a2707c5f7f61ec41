import { readFileSync } from 'node:fs';
import { VisibleError } from '../../../../components/errors.ts';

export interface OldServer {
  /** Its secrets by their names here, as far as its file has them. */
  secrets: Record<string, string>;
  /** LOCAL_DOMAIN. */
  domain?: string | undefined;
  /** Whether all is there that its encrypted columns need. */
  complete: boolean;
}

const names = {
  SECRET_KEY_BASE: 'secretKeyBase',
  ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY: 'activeRecordPrimaryKey',
  ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY: 'activeRecordDeterministicKey',
  ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT: 'activeRecordKeyDerivationSalt',
} as const;

/** What a copy needs of an old server's `.env.production`; nothing else is taken from it. */
export function readEnvFile(file: string): OldServer {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new VisibleError(
      `cannot be read — --env-file ${file} — give the old server's .env.production, readable by you alone (chmod 600); nothing was made`,
    );
  }
  return oldServer(text);
}

/** https://github.com/bkeepers/dotenv: the file's own form. */
export function oldServer(text: string): OldServer {
  const values = new Map<string, string>();
  for (const [, name = '', double, single, bare = ''] of text.matchAll(
    /^[ \t]*(?:export[ \t]+)?([A-Z][A-Z0-9_]*)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\n\r#]*))/gm,
  ))
    values.set(name, double ?? single ?? bare.trim());
  const secrets = Object.fromEntries(
    Object.entries(names).flatMap(([name, ours]) => {
      const value = values.get(name);
      return value ? [[ours, value]] : [];
    }),
  );
  return {
    secrets,
    domain: values.get('LOCAL_DOMAIN') || undefined,
    complete: Object.values(names).every((name) => secrets[name] !== undefined),
  };
}
