import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { LabError } from '../error.ts';
import { gateway, services } from '../services/addresses.ts';
import { docker, run } from './exec.ts';
import { ensureTable, removeTable } from './firewall.ts';
import { label, network } from './names.ts';

/** Frames between machines pass the host's filter only with these. */
const sysctls = ['bridge-nf-call-iptables', 'bridge-nf-call-ip6tables'];

/** The lab's network as Docker has it: undefined when there is none. */
async function subnets(): Promise<string | undefined> {
  const format = '{{.Internal}}{{range .IPAM.Config}} {{.Subnet}}{{end}}';
  const ran = await run('docker', ['network', 'inspect', '-f', format, network.name], { allowFailure: true });
  return ran.code === 0 ? ran.stdout.trim() : undefined;
}

/** Makes the machines' network — a bridge without a way out, the services' addresses on it, the cloud's firewall. */
export async function ensureNetwork(): Promise<void> {
  const wanted = `true ${network.subnet4} ${network.docker6}`;
  const present = await subnets();
  if (present !== undefined && present !== wanted)
    throw new LabError(
      `network ${network.name} is another one — ${present} — docker network rm ${network.name}`,
    );
  if (present === undefined) await createNetwork();
  await assertBridgeFilter();
  await ensureAddresses();
  await ensureTable();
}

async function createNetwork(): Promise<void> {
  await docker([
    ...['network', 'create', '--internal', '--ipv6', '--label', label],
    ...['--subnet', network.subnet4, '--ip-range', network.pool4, '--gateway', gateway.v4],
    ...['--subnet', network.docker6, '--ip-range', network.pool6, '--gateway', gateway.v6],
    ...['--opt', `com.docker.network.bridge.name=${network.bridge}`, network.name],
  ]);
}

async function assertBridgeFilter(): Promise<void> {
  const file = (name: string) => `/proc/sys/net/bridge/${name}`;
  if (!existsSync(file(sysctls[0] as string)))
    await run('modprobe', ['br_netfilter'], { allowFailure: true });
  for (const name of sysctls) {
    if (!existsSync(file(name)))
      throw new LabError(
        `no ${name} — this kernel lacks br_netfilter — the cloud firewall cannot see machines' traffic`,
      );
    if (readFileSync(file(name), 'utf8').trim() !== '1') writeFileSync(file(name), '1');
  }
}

/** Every service's fixed address lies on the bridge, so that each can listen on its own port 443; and so do all machines. */
async function ensureAddresses(): Promise<void> {
  await run('ip', ['-6', 'route', 'replace', network.subnet6, 'dev', network.bridge]);
  for (const { v4, v6 } of Object.values(services) as { v4: string; v6?: string }[]) {
    await run('ip', ['address', 'replace', `${v4}/32`, 'dev', network.bridge]);
    if (!v6) continue;
    // Never the source of the operator's own connections: those come from the gateway's address.
    const source = ['nodad', 'preferred_lft', '0'];
    await run('ip', ['-6', 'address', 'replace', `${v6}/128`, 'dev', network.bridge, ...source]);
  }
}

/** Takes the network and the firewall's table away; true when there was something. */
export async function removeNetwork(): Promise<boolean> {
  const hadTable = await removeTable();
  const present = await subnets().catch(() => undefined);
  if (present !== undefined) await docker(['network', 'rm', network.name]);
  // Docker forgets a bridge whose records it lost; the kernel does not.
  const link = existsSync(`/sys/class/net/${network.bridge}`);
  if (link) await run('ip', ['link', 'delete', network.bridge]);
  return hadTable || present !== undefined || link;
}
