import { existsSync } from 'node:fs';
import { run } from './machines/exec.ts';
import { labDir, paths } from './paths.ts';
import { gateway, services } from './services/addresses.ts';
import { listening } from './services/listening.ts';
import { cgroupBytes } from './services/memory.ts';
import { residentBytes } from './services/proc.ts';
import { alivePid, knownProcesses } from './services/process.ts';

export interface PartStatus {
  part: string;
  kind: 'service' | 'machine';
  state: 'up' | 'down' | 'unhealthy';
  pid?: number;
  /** Bytes: resident for a process, in use for a machine with everything in it. */
  memory?: number;
  address?: string;
}

export interface LabStatus {
  up: boolean;
  directory: string;
  parts: PartStatus[];
  /** Sum of the services' memory, in bytes. */
  servicesMemory: number;
}

/** Where each service listens; the others have a socket. */
const listeners: Record<string, { address: string; port: number }> = {
  dns: { address: gateway.v4, port: 53 },
  's3-front': { address: services.s3.v4, port: 443 },
  registry: { address: services.registry.v4, port: 443 },
  acme: { address: services.acme.v4, port: 443 },
  peer: { address: services.peer.v4, port: 443 },
  mail: { address: services.mail.v4, port: 587 },
};

async function serviceStatus(name: string): Promise<PartStatus> {
  const pid = alivePid(name);
  const at = listeners[name];
  const socket = socketOf(name);
  const healthy = at ? await listening(at.address, at.port) : !socket || (await listening(socket));
  return {
    part: name,
    kind: 'service',
    state: pid === undefined ? 'down' : healthy ? 'up' : 'unhealthy',
    ...(pid === undefined ? {} : { pid, memory: residentBytes(pid) }),
    address: at ? `${at.address}:${at.port}` : socket,
  };
}

const socketOf = (name: string) =>
  [paths.cloudSocket, `${paths.run}/${name}.sock`].find(
    (file) => file.endsWith(`/${name}.sock`) && existsSync(file),
  );

/** The lab's machines with the memory of everything in them. */
async function machines(): Promise<PartStatus[]> {
  const format = '{{.ID}}';
  const list = await run('docker', ['ps', '--all', '--filter', 'label=coop.lab=1', '--format', format], {
    allowFailure: true,
  }).catch(() => undefined);
  const ids = (list?.code === 0 ? list.stdout : '').split('\n').filter(Boolean);
  if (ids.length === 0) return [];
  const fields =
    '{{.Name}} {{.State.Status}} {{.State.Pid}} {{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  // One may have gone since; the others are shown.
  const shown = await run('docker', ['inspect', '--format', fields, ...ids], { allowFailure: true });
  return shown.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [name = '', status, pid, address] = line.split(' ');
      const running = status === 'running';
      return {
        part: name.replace(/^\//, ''),
        kind: 'machine',
        state: running ? 'up' : 'down',
        ...(running ? { pid: Number(pid), memory: cgroupBytes(Number(pid)) } : {}),
        ...(address ? { address } : {}),
      };
    });
}

/** What of the lab runs: each part with pid, memory, address and health. */
export async function status(): Promise<LabStatus> {
  const names = knownProcesses().sort();
  const parts = [...(await Promise.all(names.map(serviceStatus))), ...(await machines())];
  return {
    up: existsSync(paths.env) && parts.length > 0 && parts.every(({ state }) => state === 'up'),
    directory: labDir,
    parts,
    servicesMemory: parts.reduce(
      (sum, { kind, memory }) => sum + (kind === 'service' ? (memory ?? 0) : 0),
      0,
    ),
  };
}

const megabytes = (bytes: number | undefined) =>
  bytes === undefined ? '-' : `${Math.round(bytes / 1e6)} MB`;

/** The same as a table for a person. */
export function statusTable({ parts, servicesMemory, directory }: LabStatus): string {
  if (parts.length === 0) return `the lab is not up (${directory})`;
  const rows = parts.map(({ part, state, pid, memory, address }) => [
    part,
    state,
    String(pid ?? '-'),
    megabytes(memory),
    address ?? '-',
  ]);
  const table = [
    ['part', 'state', 'pid', 'memory', 'address'],
    ...rows,
    ['services', '', '', megabytes(servicesMemory), ''],
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  return table
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
