import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { labDir, paths } from '../paths.ts';

/** What a customer of the lab's clouds holds; each value looks as the provider's own do. */
export interface Tokens {
  digitalocean: string;
  spacesKey: string;
  spacesSecret: string;
  cloudflare: string;
  hetzner: string;
  /** Zone ids by name. */
  zones: Record<string, string>;
}

const hex = (bytes: number) => randomBytes(bytes).toString('hex');

/** The lab's tokens, made at its first start; a zone that is new gets an id. */
export function ensureTokens(zones: string[]): Tokens {
  mkdirSync(labDir, { recursive: true });
  const tokens: Tokens = existsSync(paths.tokens)
    ? JSON.parse(readFileSync(paths.tokens, 'utf8'))
    : {
        digitalocean: `dop_v1_${hex(32)}`,
        spacesKey: `DO00${hex(8).toUpperCase()}`,
        spacesSecret: randomBytes(32).toString('base64url'),
        cloudflare: hex(20),
        hetzner: hex(32),
        zones: {},
      };
  for (const zone of zones) tokens.zones[zone] ??= hex(16);
  writeFileSync(paths.tokens, JSON.stringify(tokens), { mode: 0o600 });
  return tokens;
}
