import type { Document } from 'yaml';
import { VisibleError } from '../../components/errors.ts';
import { isCopy } from './copy.ts';
import { type SecretGroup, secretGroups } from './generate-secrets.ts';
import { prefix } from './stack-file.ts';

export interface SecretPlan {
  /** New secrets by name: plain text, in memory only. */
  make: Record<string, string>;
  /** Plain config keys that go with them. */
  publicKeys: Record<string, string>;
  /** Secrets that are there already. */
  kept: string[];
  /** Of the new ones, those that every stack has from its first day. */
  fundamental: string[];
}

/**
 * Which secrets are missing, and new values for those, unless they are `given` (by their paths); never one in the place of
 * another.
 */
export function planSecrets(
  document: Document,
  stack: string,
  file: string,
  given: Record<string, string> = {},
): SecretPlan {
  const config = (document.toJS()?.config ?? {}) as Record<string, unknown>;
  const secrets = (config[`${prefix}secrets`] ?? {}) as Record<string, unknown>;
  refuseUnreadable(secrets, file);
  const plan: SecretPlan = { make: {}, publicKeys: {}, kept: Object.keys(secrets), fundamental: [] };
  const plain = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.slice(prefix.length), value]),
  );
  for (const group of groupsOf(plain)) {
    const members = membersOf(group);
    const there = members.filter(({ key, inSecrets }) =>
      inSecrets ? key in secrets : prefix + key in config,
    );
    if (there.length === members.length) continue;
    if (group.secrets.every((name) => given[name] !== undefined)) continue;
    if (there.length > 0) refuseHalf(members, there, file);
    if (!group.wanted) plan.fundamental.push(...group.secrets);
    for (const [key, value] of Object.entries(group.make(stack)))
      if (key === group.publicKey) plan.publicKeys[key] = value;
      else plan.make[key] = value;
  }
  for (const [path, value] of Object.entries(given))
    if (!((path.split('.')[0] as string) in secrets)) plan.make[path] = value;
  return plan;
}

/** Names of the secrets that a stack's config calls for and `there` lacks. */
export function missingSecrets(plain: Record<string, unknown>, there: string[]): string[] {
  return groupsOf(plain)
    .flatMap(({ secrets }) => secrets)
    .filter((name) => !there.includes(name));
}

/** A copy of another stack has only the keys of its own machine: those with a public half. */
const groupsOf = (plain: Record<string, unknown>): SecretGroup[] =>
  secretGroups
    .filter(({ publicKey }) => publicKey !== undefined || !isCopy(plain))
    .filter(({ wanted }) => wanted?.(plain) ?? true);

interface Member {
  key: string;
  inSecrets: boolean;
}

const membersOf = (group: SecretGroup): Member[] => [
  ...group.secrets.map((key) => ({ key, inSecrets: true })),
  ...(group.publicKey ? [{ key: group.publicKey, inSecrets: false }] : []),
];

/** The other half may be in use on a machine already: making a new pair is for a person to decide. */
function refuseHalf(members: Member[], there: Member[], file: string): never {
  const show = ({ key, inSecrets }: Member) => (inSecrets ? `secrets.${key}` : key);
  const missing = members.filter((member) => !there.includes(member)).map(show);
  throw new VisibleError(
    `half of a key pair is missing: ${missing.join(', ')} — ${file} — take it from the file's history, or remove ${there.map(show).join(', ')} too if no machine uses it`,
  );
}

function refuseUnreadable(secrets: Record<string, unknown>, file: string): void {
  if ('secure' in secrets)
    throw new VisibleError(
      `secrets is one encrypted value — ${file} — set each by itself: pulumi config set --secret --path secrets.NAME`,
    );
  const clear = Object.entries(secrets).flatMap(([name, value]) => inTheClear(name, value));
  if (clear.length > 0)
    throw new VisibleError(
      `secrets in the clear: ${clear.join(', ')} — ${file} — remove them from the file and its history, they are no longer secret; coop init makes new ones`,
    );
}

/** Names under which a value is not encrypted; some secrets are maps of further ones. */
function inTheClear(name: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [name];
  if ('secure' in value) return typeof value.secure === 'string' ? [] : [name];
  return Object.entries(value).flatMap(([inner, each]) => inTheClear(`${name}.${inner}`, each));
}
