import type { StackConfig } from '../../components/config/types.ts';
import { parseConfig } from '../../components/config.ts';
import { VisibleError } from '../../components/errors.ts';
import type { BucketAccess, HostFacts } from '../../components/host/types.ts';
import type { Role } from '../../components/machine/machine.ts';
import { makeKit } from '../../components/recovery/kit.ts';
import { mergeRestore, type SourceKit } from '../../components/restore/merge.ts';
import { copyName } from '../../components/storage/copy-name.ts';
import { isCopy } from './copy.ts';
import { defaultImages } from './default-images.ts';
import {
  maskedDeployKey,
  maskedHostKey,
  maskedRecovery,
  maskedSecondaryHostKey,
  maskedSecrets,
} from './masked.ts';
import { configOf, prefix, readStackFile, requireStack, stackFile } from './stack-file.ts';

export interface RenderFacts {
  facts: HostFacts;
  /** What stands in for something the stack file does not say yet, one line each. */
  placeholders: string[];
}

const noDigest = `sha256:${'0'.repeat(64)}`;
/** Kept for documentation by RFC 5737: nobody has it. */
const address = '192.0.2.1';

/** Facts for `coop render` from the stack file alone: everything plain is real, everything secret masked. */
export function renderFacts(projectDir: string, stack: string, role: Role = 'primary'): RenderFacts {
  requireStack(projectDir, stack);
  const { document } = readStackFile(stackFile(projectDir, stack));
  const placeholders = [`machine address: ${address}`];
  const said = withStandIns(
    configOf(document, () => '[masked]'),
    placeholders,
  );
  const project = prefix.slice(0, -1);
  const raw = isCopy(said)
    ? ofSource(projectDir, said, placeholders, project)
    : asTheEngineSays({ ...said, images: imagesOf(said, placeholders), ...masked(said) });
  const config = parseConfig(raw, { project, stack });
  for (const key of ['hostPublicKey', 'deployPublicKey'] as const)
    if (typeof said[key] === 'string') config[key] = said[key];
    else placeholders.push(key);
  if (role === 'secondary' && !config.secondary)
    throw new VisibleError(`no secondary — Pulumi.${stack}.yaml names one machine — leave --machine out`);
  const machine = { name: `${stack}-${role}`, address, role };
  const buckets = bucketsOf(config, stack);
  const kit =
    role === 'primary' && !config.restore ? makeKit({ project, stack, raw, config, ...buckets }) : undefined;
  return { facts: { stack, config, machine, ...buckets, kit }, placeholders: [...new Set(placeholders)] };
}

/** A copy is what its source says: at `pulumi up` by its state, here by its file. */
function ofSource(
  projectDir: string,
  said: Record<string, unknown>,
  placeholders: string[],
  project: string,
): Record<string, string> {
  const { from } = said.restore as { from: string };
  const { facts, placeholders: theirs } = renderFacts(projectDir, from);
  placeholders.push(`what it takes from ${from}: its file, not its state`, ...theirs.slice(1));
  return { ...mergeRestore(asTheEngineSays({ ...said, ...masked({}) }), facts.kit as SourceKit, project) };
}

function bucketsOf({ storage, restore }: StackConfig, stack: string) {
  const bucket = (name: string): BucketAccess => ({
    bucket: name,
    region: storage.region,
    endpoint: `${storage.region}.digitaloceanspaces.com`,
    accessKey: 'MASKEDACCESSKEY00000',
    secretKey: 'MASKED-secretKey'.padEnd(43, '0'),
  });
  const backups = bucket(storage.backups);
  return restore?.media === 'copy'
    ? { media: bucket(copyName(storage.media, stack)), mediaSource: bucket(storage.media), backups }
    : { media: bucket(storage.media), backups };
}

/** Placeholders of every secret the rest of the file asks for and of those it names itself, with the public halves. */
export function masked(said: Record<string, unknown>): Record<string, unknown> {
  const { smtpPassword, translationKey, repo2AccessKey, repo2SecretKey, ...others } = maskedSecrets;
  const { alertWebhook, deadMansSwitch, dumpAccessKey, dumpSecretKey, ...secrets } = others;
  const { environment, databaseClients, ...given } = (said.secrets ?? {}) as Record<
    string,
    Record<string, unknown>
  >;
  return {
    secrets: {
      ...secrets,
      ...('user' in ((said.mail ?? {}) as object) ? { smtpPassword } : {}),
      ...(said.translation ? { translationKey } : {}),
      ...(said.repo2 ? { repo2AccessKey, repo2SecretKey } : {}),
      ...(given.dumpAccessKey ? { dumpAccessKey, dumpSecretKey } : {}),
      ...(given.alertWebhook ? { alertWebhook } : {}),
      ...(given.deadMansSwitch ? { deadMansSwitch } : {}),
      ...(databaseClients ? { databaseClients: maskedMap(databaseClients) } : {}),
      ...(environment ? { environment: maskedMap(environment) } : {}),
    },
    // Pairs are checked against each other: a real public half would not fit.
    hostPublicKey: maskedHostKey.publicKey,
    secondaryHostPublicKey: maskedSecondaryHostKey.publicKey,
    deployPublicKey: maskedDeployKey.publicKey,
  };
}

const maskedMap = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.keys(values).map((name) => [name, `MASKED-${name}`.padEnd(20, '-')]));

/** A file that `coop init` has not completed can be rendered too: what it lacks is made up, and said. */
function withStandIns(said: Record<string, unknown>, placeholders: string[]): Record<string, unknown> {
  if (isCopy(said)) return said;
  const standIns: Record<string, unknown> = {
    contact: 'contact@placeholder.invalid',
    sshFrom: ['192.0.2.0/24'],
    mail: { host: 'mail.placeholder.invalid', from: 'notifications@placeholder.invalid' },
    recovery: maskedRecovery,
  };
  const missing = Object.keys(standIns).filter((key) => said[key] === undefined);
  const dns = said.dns as { provider?: string; zoneId?: string } | undefined;
  const zone = dns?.provider === 'cloudflare' && dns.zoneId === undefined;
  placeholders.push(...missing, ...(zone ? ['dns.zoneId'] : []));
  return {
    ...said,
    ...Object.fromEntries(missing.map((key) => [key, standIns[key]])),
    ...(zone ? { dns: { ...dns, zoneId: '0'.repeat(32) } } : {}),
  };
}

/** Every image with a digest: one of zeros where the file has none yet. */
function imagesOf(said: Record<string, unknown>, placeholders: string[]): Record<string, string> {
  const given = (said.images ?? {}) as Record<string, string>;
  const ours = (name: string) => `registry.invalid/${name}`;
  const all: Record<string, string> = {
    ...{ web: ours('web'), streaming: ours('streaming') },
    ...defaultImages(said),
    ...given,
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, reference]) => {
      if (reference === 'build' || String(reference).includes('@')) return [name, reference];
      placeholders.push(`digest of images.${name}`);
      return [name, `${reference}@${noDigest}`];
    }),
  );
}

/** Strings, structured values in JSON: what parseConfig reads. */
export function asTheEngineSays(config: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      prefix + key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
