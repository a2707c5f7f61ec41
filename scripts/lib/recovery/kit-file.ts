import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { schemasAt } from '../../../components/config/explain.ts';
import { type Key, keys } from '../../../components/config/schema.ts';
import { VisibleError } from '../../../components/errors.ts';
import type { Kit } from '../../../components/recovery/kit.ts';
import { missingSecrets } from '../plan-secrets.ts';
import { prefix } from '../stack-file.ts';

/** What of a kit goes into a stack file in plain text: by key, without what this checkout's Pulumi.yaml says as well. */
export function plainOf(kit: Kit, projectDir: string): Record<string, unknown> {
  const project = parse(readFileSync(join(projectDir, 'Pulumi.yaml'), 'utf8')) as {
    config?: Record<string, { default?: unknown }>;
  };
  const said = Object.entries(kit.config)
    .filter(([full]) => full.startsWith(prefix) && full !== `${prefix}secrets`)
    .map(([full, value]) => [full.slice(prefix.length), value] as const)
    .map(([name, value]) => [name, isText(name) ? value : JSON.parse(value)] as const)
    .filter(([name, value]) => !isDeepStrictEqual(project.config?.[name]?.default, value));
  const { media, backups } = kit.buckets;
  // By the names that the buckets have, which need not follow from the domain.
  const storage = {
    provider: 'spaces',
    region: backups.region,
    media: media.bucket,
    backups: backups.bucket,
  };
  return { ...Object.fromEntries(said), storage };
}

/** Every secret of a kit by its path under `secrets`; refused when one is missing that data was made with. */
export function secretsOf(kit: Kit, where: string): Record<string, string> {
  const secrets = JSON.parse(kit.config[`${prefix}secrets`] ?? '{}') as Record<string, unknown>;
  const missing = missingSecrets({}, Object.keys(secrets)).filter((name) => !ssh.includes(name));
  if (missing.length > 0)
    throw new VisibleError(
      `the recovery kit lacks ${missing.join(', ')} — ${where} — an older version of the object may be whole; a new one would not open what is there`,
    );
  return flat(secrets);
}

/** Made anew for a new machine. */
const ssh = ['hostKey', 'secondaryHostKey', 'deployKey'];

const flat = (values: Record<string, unknown>, path = ''): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null
        ? Object.entries(flat(value as Record<string, unknown>, `${path}${name}.`))
        : [[path + name, String(value)]],
    ),
  );

/** Whether the engine hands a key over as it is written, not as JSON. */
function isText(name: string): boolean {
  const schema = Object.hasOwn(keys, name) ? keys[name as Key] : undefined;
  const kind = schema && schemasAt(schema, [])[0]?._zod.def.type;
  return kind === 'string' || kind === 'enum';
}
