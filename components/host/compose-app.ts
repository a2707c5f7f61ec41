import { apps, parseVersion, resolveProcesses } from '../apps/index.ts';
import type { App, AppProcess, Version } from '../apps/types.ts';
import { appEnvironment } from './app-environment.ts';
import { type ComposeService, common, networkNames } from './compose-common.ts';
import { digestOf } from './digest.ts';
import { envFile } from './env-file.ts';
import { fencedPlaces, fencedProcesses } from './fence.ts';
import { onHost } from './paths.ts';
import type { HostFacts } from './types.ts';

/** One container of a process. */
export interface AppContainer {
  service: string;
  process: AppProcess;
  port?: number;
}

/** The app's processes as configured; the configuration has been checked before. */
function appProcesses({ config }: HostFacts): AppProcess[] {
  const app = apps[config.app];
  const processes = resolveProcesses(app, parseVersion(config.appVersion) as Version, config.processes);
  return config.restore ? fencedProcesses(processes) : processes;
}

/** NAME, NAME-2, NAME-3 …: a service of its own for each replica, so that one can restart while the others work. */
export function appContainers(facts: HostFacts): AppContainer[] {
  return appProcesses(facts).flatMap((process) =>
    Array.from({ length: process.replicas }, (_, index) => {
      const port = process.ports[index];
      return {
        service: index === 0 ? process.name : `${process.name}-${index + 1}`,
        process,
        ...(port === undefined ? {} : { port }),
      };
    }),
  );
}

/** Starts a command with the secrets of the mounted file: a container's own variables show in `docker inspect`. */
export const withSecrets = (command: string[]): string[] => [
  'sh',
  '-c',
  // Compose expands a single $ itself.
  'set -a; . ./.env.production; set +a; exec "$$@"',
  'sh',
  ...command,
];

const openPlaces = (port: number | undefined) => ({
  networks: [networkNames.internal, networkNames.out],
  ...(port === undefined ? {} : { ports: [`127.0.0.1:${port}:${port}`] }),
});

function service(facts: HostFacts, app: App, { process, port }: AppContainer, index: number): ComposeService {
  const { config } = facts;
  const places = config.restore ? fencedPlaces(facts, index) : openPlaces(port);
  const first = process.ports[0];
  return {
    ...common(config.images[process.image], process.memoryMb, config.caCertificates),
    labels: { 'coop.files': digestOf(envFile(appEnvironment(facts).secret)) },
    command: withSecrets(process.command),
    working_dir: app.home,
    ...places,
    env_file: [onHost.plainEnvironment],
    environment: {
      SSL_CERT_FILE: onHost.bundle,
      NODE_EXTRA_CA_CERTS: onHost.bundle,
      ...process.environment,
      ...(port === undefined ? {} : { PORT: String(port), BIND: '0.0.0.0' }),
    },
    volumes: [
      `${onHost.secretEnvironment}:${app.home}/.env.production:ro`,
      `${onHost.bundle}:${onHost.bundle}:ro`,
    ],
    depends_on: { db: { condition: 'service_healthy' }, redis: { condition: 'service_healthy' } },
    // Sidekiq gives running jobs 25 seconds before it pushes them back.
    stop_grace_period: '40s',
    healthcheck: {
      test: [
        'CMD-SHELL',
        port === undefined ? process.health : process.health.replaceAll(`:${first}/`, `:${port}/`),
      ],
      interval: '15s',
      timeout: '6s',
      retries: 3,
      start_period: '3m',
      start_interval: '1s',
    },
  };
}

export function appServices(facts: HostFacts): Record<string, ComposeService> {
  const app = apps[facts.config.app];
  return Object.fromEntries(
    appContainers(facts).map((container, index) => [
      container.service,
      service(facts, app, container, index),
    ]),
  );
}
