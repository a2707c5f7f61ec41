import { cloud } from '../../lab/cloud/client.ts';
import { containerName } from '../../lab/machines/names.ts';
import type { Copy } from './copies.ts';
import { eventually, must, run } from './support.ts';

const table = 'inet coop_test_packets';
const ruleset = `table ${table} {
  set v4 { type ipv4_addr . ipv4_addr; flags dynamic; counter; size 65535; }
  set v6 { type ipv6_addr . ipv6_addr; flags dynamic; counter; size 65535; }
  chain sent {
    type filter hook prerouting priority -400; policy accept;
    meta l4proto { tcp, udp } update @v4 { ip saddr . ip daddr }
    meta l4proto { tcp, udp } update @v6 { ip6 saddr . ip6 daddr }
  }
}`;

interface Element {
  elem: { val: { concat: [string, string] }; counter: { packets: number } };
}

/** Packets of these senders, by whom they were for, as a router behind every machine of the lab would count them. */
async function counted(senders: string[]): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const set of ['v4', 'v6']) {
    const { stdout } = await must(['nft', '--json', 'list', 'set', ...table.split(' '), set]);
    const { nftables } = JSON.parse(stdout) as { nftables: { set?: { elem?: Element[] } }[] };
    for (const { elem } of nftables.flatMap((each) => each.set?.elem ?? [])) {
      const [from, to] = elem.val.concat;
      if (senders.includes(from)) found[to] = (found[to] ?? 0) + elem.counter.packets;
    }
  }
  return found;
}

/** Brings a copy up; to whom its machine sent packets from the moment its fence was closed, and how many. */
export async function upCounted(copy: Copy): Promise<Record<string, number>> {
  try {
    const up = copy.up();
    const machine = await Promise.race([
      up.then(() => Promise.reject(new Error('it was up before its fence was seen'))),
      eventually(async () => {
        const servers = await cloud.list('digitalocean', 'Droplet');
        const found = servers.find(({ inputs }) => inputs.name === `copy-${copy.name}`);
        if (!found) throw new Error('no machine yet');
        const container = containerName(`do-${found.id}`);
        await must(['docker', 'exec', container, 'nft', 'list', 'table', 'inet', 'coop_fence']);
        return found;
      }, 120),
    ]);
    // Counted from nothing: what a set that grows shows meanwhile is not always all of it.
    await must(['nft', ruleset]);
    await up;
    return await counted([machine.outputs.ipv4Address, machine.outputs.ipv6Address].map(String));
  } finally {
    await run(['nft', `delete table ${table}`]);
  }
}
