import { existsSync } from 'node:fs';
import { VisibleError } from '../../../../components/errors.ts';
import { configOf, readStackFile, requireStack, stackFile } from '../../stack-file.ts';
import { type OldServer, readEnvFile } from './env-file.ts';

export interface BaseFlags {
  domain?: string | undefined;
  appVersion?: string | undefined;
  sshFrom?: string[] | undefined;
  envFile?: string | undefined;
}

/** What the copy is, as far as no dump says it. */
export interface Base {
  config: Record<string, unknown>;
  old: OldServer;
  /** Where a stack that was named has its machine. */
  primary: { provider?: string; region?: string; size?: string };
}

/** What of a stack file makes the copy the same instance: the plain part of what a copy takes from its source. */
const fromStack = [
  ...['domain', 'contact', 'app', 'appVersion', 'images', 'caCertificates', 'environment'],
  ...['database', 'uploadMb', 'sshFrom', 'containerRange', 'containerRange6'],
];

/** From a stack's file, if one is named; over it what the old server's own file and the flags say. */
export function baseOf(projectDir: string, stack: string | undefined, flags: BaseFlags): Base {
  const said = stack === undefined ? {} : plainOf(projectDir, stack);
  const old = flags.envFile === undefined ? { secrets: {}, complete: false } : readEnvFile(flags.envFile);
  const config: Record<string, unknown> = Object.fromEntries(
    fromStack.flatMap((key) => (said[key] === undefined ? [] : [[key, said[key]]])),
  );
  // Nobody is written to: the fence lets no mail out.
  config.contact ??= 'nobody@nowhere.invalid';
  const domain = flags.domain ?? old.domain;
  if (domain !== undefined) config.domain = domain;
  if (flags.sshFrom !== undefined) config.sshFrom = flags.sshFrom;
  if (flags.appVersion !== undefined && flags.appVersion !== config.appVersion) {
    config.appVersion = flags.appVersion;
    // Images of another version.
    delete config.images;
  }
  const missing = [
    ...(config.domain ? [] : ['--domain social.coop (its LOCAL_DOMAIN)']),
    ...(config.appVersion ? [] : ['--app-version 4.5.20 (what runs there)']),
    ...(config.sshFrom ? [] : ['--ssh-from RANGE (where you are: SSH to the copy comes from there)']),
  ];
  if (missing.length > 0)
    throw new VisibleError(
      `a dump does not say it — coop rehearse --from-dump — give ${missing.join(', ')}, or name a stack that has it; nothing was made`,
    );
  return { config, old, primary: (said.primary ?? {}) as Base['primary'] };
}

function plainOf(projectDir: string, stack: string): Record<string, unknown> {
  const file = stackFile(projectDir, stack);
  if (!existsSync(file)) requireStack(projectDir, stack);
  return configOf(readStackFile(file).document, () => undefined);
}
