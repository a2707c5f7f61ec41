import { type App, apps, parseVersion, since } from '../../apps/index.ts';
import { join } from '../explain.ts';
import type { DatabaseClientConfig, Loose, Problem, StackConfig } from '../types.ts';

/** What else of the instance listens on loopback. */
const TAKEN: Record<number, string> = { 9443: 'the way to the media bucket' };

/** Ports of their own, something to do, and a password for each client and for nobody else. */
export function checkDatabaseClients(config: Loose<StackConfig>): Problem[] {
  const { databaseClients = {}, secrets } = config;
  const clients = Object.entries(databaseClients).flatMap(([name, client]) =>
    client ? [{ name, client }] : [],
  );
  return [
    ...clients.flatMap(({ name, client }, index) => [
      ...checkPort(name, client, { ...TAKEN, ...appPorts(config), ...portsOf(clients.slice(0, index)) }),
      ...checkTables(name, client),
    ]),
    ...(secrets
      ? checkPasswords(Object.keys(databaseClients), Object.keys(secrets.databaseClients ?? {}))
      : []),
  ];
}

type Client = Loose<DatabaseClientConfig>;

function portsOf(clients: { name: string; client: Client }[]): Record<number, string> {
  return Object.fromEntries(clients.map(({ name, client }) => [client.port, `databaseClients.${name}`]));
}

function appPorts({ app, appVersion }: Loose<StackConfig>): Record<number, string> {
  const version = appVersion ? parseVersion(appVersion) : undefined;
  if (!app || !version) return {};
  const known: App = apps[app];
  if (!since(version, ...known.oldest)) return {};
  return Object.fromEntries(
    known.processes(version).flatMap(({ name, ports }) => ports.map((port) => [port, `the app's ${name}`])),
  );
}

function checkPort(name: string, { port }: Client, taken: Record<number, string>): Problem[] {
  if (port === undefined || !taken[port]) return [];
  const key = join(['databaseClients', name, 'port']);
  const remedy = 'choose another from 1024 to 65535';
  return [{ key, value: String(port), reason: `is the port of ${taken[port]}`, remedy }];
}

function checkTables(name: string, { read, write }: Client): Problem[] {
  const key = join(['databaseClients', name, 'read']);
  if (read?.includes('*') && read.length > 1) {
    const remedy = "leave '*' alone in the list, or name the tables";
    return [{ key, value: JSON.stringify(read), reason: "names tables beside '*'", remedy }];
  }
  if (!read || !write || read.length + write.length > 0) return [];
  return [{ key, value: '[]', reason: 'leaves nothing to do', remedy: 'name tables under read or write' }];
}

function checkPasswords(clients: string[], passwords: string[]): Problem[] {
  const keyOf = (name: string) => join(['secrets', 'databaseClients', name]);
  return [
    ...clients
      .filter((name) => !passwords.includes(name))
      .map((name) => ({
        key: keyOf(name),
        reason: `is missing beside databaseClients.${name}`,
        remedy: `make one: \`openssl rand -hex 24 | pulumi config set --secret --path ${keyOf(name)}\``,
      })),
    ...passwords
      .filter((name) => !clients.includes(name))
      .map((name) => ({
        key: keyOf(name),
        value: '[secret]',
        reason: 'is the password of no databaseClient',
        remedy: `remove it: \`pulumi config rm --path ${keyOf(name)}\``,
      })),
  ];
}
