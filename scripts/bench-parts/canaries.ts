import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cloud } from '../../lab/cloud/client.ts';
import { paths } from '../../lab/paths.ts';
import { services } from '../../lab/services/addresses.ts';
import { mailConnections } from '../../lab/services/mail-client.ts';
import { peerCounts } from '../../lab/services/peer-client.ts';
import { ssh } from './machine.ts';
import { coop, inLab, type Table } from './measure.ts';
import { destroy, up } from './stack.ts';

const copy = 'bench-copy';
const { peer, mail } = services;
const aims = [
  ...[peer.v4, peer.v6].flatMap((at) => ['--peer', at]),
  ...[mail.v4, mail.v6].flatMap((at) => ['--mail', at]),
].join(' ');
/** So many are asked for, of each kind. */
const wanted = 500;

interface Canary {
  from: string;
  kind: string;
  refused: boolean;
}

/** Where somebody listens: the peer's web server and the mail server, from wherever there is a route to them. */
const listened = ({ from, kind }: Canary) =>
  /^(https?|smtp|submission) /.test(kind) &&
  [peer.v4, mail.v4, ...(from === 'host' ? [peer.v6, mail.v6] : [])].some((at) =>
    kind.endsWith(from === 'host' ? ` ${at}` : ` ${at}, with a route`),
  );

/** Rounds until there are enough of those that somebody would have heard; and what the witnesses saw meanwhile. */
async function rounds() {
  const seen = async () => (await peerCounts()).connections + mailConnections();
  const before = await seen();
  const all: Canary[] = [];
  while (all.filter(listened).length < wanted) {
    const { stdout } = await ssh(
      copy,
      `for i in 1 2 3 4; do instance canaries --json ${aims} || [ $? -eq 1 ]; done`,
    );
    for (const report of stdout.split(/^(?=\{$)/m).filter((text) => text.startsWith('{')))
      all.push(...(JSON.parse(report) as { canaries: Canary[] }).canaries);
    console.error(`${all.length} canaries sent, ${all.filter(listened).length} of them count`);
  }
  return { all, counted: all.filter(listened), arrived: (await seen()) - before };
}

/** Takes every layer away that stands between a copy and the world, but for what runs on it and its keys. */
async function openAll(): Promise<void> {
  const [firewall] = (await cloud.list('digitalocean', 'Firewall')).filter(
    ({ inputs }) => inputs.name === `${copy}-copy` || String(inputs.name).includes(copy),
  );
  if (!firewall) throw new Error('the copy has no cloud firewall');
  const everything = ['tcp', 'udp'].map((protocol) => ({
    protocol,
    portRange: 'all',
    destinationAddresses: ['0.0.0.0/0', '::/0'],
  }));
  await cloud.update('digitalocean', 'Firewall', firewall.id, {
    ...firewall.inputs,
    outboundRules: everything,
  });
  // Containers' network has no way out: the machine lets them through, under its own address.
  await ssh(
    copy,
    `. /etc/social.coop/stack.env; systemctl stop fence-watch; nft delete table inet coop_fence; nft delete table inet social_coop 2>/dev/null
     sysctl -qw net.ipv4.ip_forward=1; net=$(ip -4 -o route show dev coop-int | cut -d ' ' -f 1)
     iptables -I FORWARD -j ACCEPT; iptables -t nat -I POSTROUTING -s "$net" ! -d "$net" -j MASQUERADE`,
  );
}

/** What gets out of a fenced copy, and the same without its fences: the witnesses must be awake. */
export async function canaries(table: Table): Promise<void> {
  try {
    await inLab(coop, 'init', copy, '--yes', '--set', 'restore.from=staging');
    await up(copy);
    const fenced = await rounds();
    const out = fenced.all.filter(({ refused }) => !refused).length + fenced.arrived;
    const places = new Set(fenced.all.map(({ from }) => from)).size;
    table.fact(
      `canaries let out by the fence, of ${fenced.counted.length} to servers that listen, ${fenced.all.length} in all, from ${places} places`,
      String(out),
      '',
      '0',
      out === 0,
    );
    await openAll();
    const open = await rounds();
    const passed = open.counted.filter(({ refused }) => !refused).length;
    const share = (passed / open.counted.length) * 100;
    table.fact(
      `the same without it: of ${open.counted.length} to servers that listen, arrived`,
      `${share.toFixed(1)} % (the servers counted ${open.arrived})`,
      '',
      '≥ 99 %',
      share >= 99 && open.arrived >= 0.99 * open.counted.length,
    );
  } finally {
    const file = join(paths.project, `Pulumi.${copy}.yaml`);
    if (existsSync(file)) await destroy(copy, '--remove');
    rmSync(file, { force: true });
  }
}
