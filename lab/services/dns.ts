import { Resolver } from 'node:dns/promises';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from '../paths.ts';
import { gateway, type ServiceAddress, services, spacesRegions } from './addresses.ts';
import { type LabRecord, renderHosts, renderOther } from './dns-records.ts';
import { findProgram } from './find-program.ts';
import { alivePid, ensureProcess, waitReady } from './process.ts';

export type { LabRecord } from './dns-records.ts';

const file = (name: string) => join(paths.dns, name);

/** Answers to this name tell which version of the records is being served. */
const serialName = 'serial.lab.test';

interface Listen {
  addresses: string[];
  port: number;
}

const read = (name: string): string => {
  try {
    return readFileSync(file(name), 'utf8');
  } catch {
    return '';
  }
};

function write(name: string, text: string): void {
  mkdirSync(paths.dns, { recursive: true });
  writeFileSync(`${file(name)}.new`, text);
  renameSync(`${file(name)}.new`, file(name));
}

/** The lab's own names; object storage answers to one per region. */
function ownRecords(): LabRecord[] {
  const { s3, ...others } = services;
  const regions = spacesRegions.map((region) => ({ ...s3, host: `${region}.${s3.host}` }));
  return [...regions, ...Object.values(others)].flatMap((service: ServiceAddress): LabRecord[] => [
    { name: service.host, type: 'A', content: service.v4 },
    ...(service.v6 ? [{ name: service.host, type: 'AAAA' as const, content: service.v6 }] : []),
  ]);
}

/** Starts dnsmasq for the lab's names and the cloud's records; it asks nobody: every other name does not exist. */
export async function ensureDns(
  listen: Listen = { addresses: [gateway.v4, gateway.v6], port: 53 },
): Promise<void> {
  write('listen.json', JSON.stringify(listen));
  if (!read('hosts')) write('hosts', renderHosts(ownRecords()));
  await start(listen);
}

async function start(listen: Listen): Promise<void> {
  const config = [
    'bind-interfaces',
    'no-resolv',
    'no-hosts',
    'no-poll',
    // Local to us: a name without a record is answered at once, and never asked for elsewhere.
    'local=/#/',
    'max-ttl=0',
    'edns-packet-max=1232',
    `port=${listen.port}`,
    ...listen.addresses.map((address) => `listen-address=${address}`),
    `addn-hosts=${file('hosts')}`,
    'user=root',
    read('other.conf'),
  ].join('\n');
  write('dnsmasq.conf', config);
  await ensureProcess({
    name: 'dns',
    command: await findProgram('dnsmasq', 'dnsmasq-base'),
    args: [`--conf-file=${file('dnsmasq.conf')}`, '--keep-in-foreground', '--log-facility=-', '--pid-file='],
    config,
  });
  await waitReady('dns', async () => (await servedSerial(listen)) !== undefined);
}

async function servedSerial(listen: Listen): Promise<string | undefined> {
  const resolver = new Resolver({ timeout: 300, tries: 1 });
  const first = listen.addresses[0] as string;
  resolver.setServers([`${first.includes(':') ? `[${first}]` : first}:${listen.port}`]);
  return resolver.resolve4(serialName).then(
    (found) => found[0],
    // Not in the file yet: whoever answers that is alive.
    (error: NodeJS.ErrnoException) => (error.code === 'ENOTFOUND' ? 'none' : undefined),
  );
}

let last: Promise<void> = Promise.resolve();

/** Serves these records, all of them and no others, beside the lab's own; resolves when they are being answered. */
export function writeRecords(records: LabRecord[]): Promise<void> {
  // One after another, or an older list could overtake a newer one.
  last = last.catch(() => {}).then(() => publish(records));
  return last;
}

async function publish(records: LabRecord[]): Promise<void> {
  const other = renderOther(records);
  const hosts = renderHosts([...ownRecords(), ...records]);
  const listen = JSON.parse(read('listen.json') || 'null') as Listen | null;
  const changedOther = other !== read('other.conf');
  if (!changedOther && hosts === withoutSerial(read('hosts'))) return;
  const serial = nextSerial(read('hosts'));
  write('other.conf', other);
  write('hosts', `${hosts}${serial} ${serialName}\n`);
  if (!listen) return;
  const pid = alivePid('dns');
  if (pid === undefined || changedOther) await start(listen);
  else process.kill(pid, 'SIGHUP');
  await waitReady('dns', async () => (await servedSerial(listen)) === serial, 5000);
}

const withoutSerial = (hosts: string) => hosts.replace(new RegExp(`^.* ${serialName}\n`, 'm'), '');

function nextSerial(hosts: string): string {
  const last = hosts.match(new RegExp(`^127\\.53\\.(\\d+)\\.(\\d+) ${serialName}$`, 'm'));
  const next = last ? (Number(last[1]) * 256 + Number(last[2]) + 1) % 65_536 : 1;
  return `127.53.${next >> 8}.${next & 255}`;
}
