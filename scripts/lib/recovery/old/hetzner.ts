import { type Api, ask, must } from '../../../../components/accounts/ask.ts';
import { isLost, type Left, type Lost, lostName, NOBODY, type Step } from './types.ts';
import { untilOff } from './until-off.ts';

interface Server {
  id: number;
  name: string;
  status: string;
  public_net?: { ipv4?: { ip?: string } | null; ipv6?: { ip?: string } | null };
}
interface Firewall {
  id: number;
  name: string;
  applied_to?: { type: string; server?: { id: number } }[];
}
interface PrimaryIp {
  id: number;
  name: string;
}

/** Nothing enters without a rule; everything leaves until there is one. https://docs.hetzner.com/cloud/firewalls/overview/ */
const closed = [{ direction: 'out', protocol: 'tcp', port: '9', destination_ips: [NOBODY] }];

/**
 * What of a lost stack is at Hetzner, and how it is put out of the way. Nothing is deleted: the disk may hold what was never archived.
 * https://docs.hetzner.cloud/reference/cloud
 */
export async function leftAtHetzner(api: Api, { hostnames, ours }: Lost): Promise<Left> {
  const list = async <T>(kind: string): Promise<T[]> => {
    const found: T[] = [];
    for (let page: number | null = 1; page !== null; ) {
      const body = must(await ask(api, `/${kind}?per_page=50&page=${page}`));
      found.push(...(body[kind] as T[]));
      page = (body.meta as { pagination?: { next_page?: number | null } })?.pagination?.next_page ?? null;
    }
    return found;
  };
  const act = async (method: string, path: string, body: object) =>
    void must(await ask(api, path, body, method));
  const rename = (kind: string, what: string, { id, name }: { id: number; name: string }): Step => ({
    says: `rename ${what} ${name} to ${lostName(id, name)}: a new one takes its name`,
    act: () => act('PUT', `/${kind}/${id}`, { name: lostName(id, name) }),
  });
  const [servers, firewalls, addresses] = await Promise.all([
    list<Server>('servers'),
    list<Firewall>('firewalls'),
    list<PrimaryIp>('primary_ips'),
  ]);
  const isOurs = ({ id }: { id: number }) => ours.has(String(id));
  const left: Left = { machines: [], steps: [], keys: [], remarks: [] };
  const around = (server: Server) =>
    firewalls.filter(({ applied_to = [] }) => applied_to.some((to) => to.server?.id === server.id));

  for (const server of servers.filter((each) => isLost(each.name, hostnames) && !isOurs(each))) {
    const { id, name, status } = server;
    const { ipv4, ipv6 } = server.public_net ?? {};
    const ips = [ipv4?.ip, ipv6?.ip?.replace(/::\/64$/, '::1')].filter((ip) => ip !== undefined);
    if (isLost(name, hostnames) === 'renamed' && status === 'off') {
      left.remarks.push(`server ${name} was fenced before, and is off`);
      continue;
    }
    left.machines.push({ name, addresses: ips });
    // One that is around others too must not close around them.
    const own = around(server).find(({ applied_to }) => applied_to?.length === 1);
    const others = around(server).filter((each) => each !== own);
    const what = `server ${name} (Hetzner ${id}) by its cloud firewall: nothing enters, nothing leaves`;
    left.steps.push(
      own
        ? {
            says: `fence ${what}`,
            act: () => act('POST', `/firewalls/${own.id}/actions/set_rules`, { rules: closed }),
          }
        : {
            says: `fence ${what}`,
            act: () =>
              act('POST', '/firewalls', {
                name: `lost-${id}`,
                rules: closed,
                apply_to: [{ type: 'server', server: { id } }],
              }),
          },
      {
        says: `switch it off`,
        act: async () => {
          await act('POST', `/servers/${id}/actions/poweroff`, {});
          await untilOff(async () => (must(await ask(api, `/servers/${id}`)).server as Server).status);
        },
        optional: true,
      },
    );
    if (isLost(name, hostnames) === 'as it was') left.steps.push(rename('servers', 'server', server));
    left.remarks.push(
      `server ${name} and its addresses are paid for until somebody deletes them: its disk may hold what was never archived`,
      ...others.map((other) => `firewall ${other.name} is around ${name} and others, and was left as it is`),
    );
  }
  const names = hostnames.map((name) => name.replaceAll('.', '-'));
  for (const firewall of firewalls.filter((each) => names.includes(each.name) && !isOurs(each)))
    left.steps.push(rename('firewalls', 'firewall', firewall));
  const ips = hostnames.flatMap((name) => [`${name}-ipv4`, `${name}-ipv6`]);
  for (const address of addresses.filter((each) => ips.includes(each.name) && !isOurs(each)))
    left.steps.push(rename('primary_ips', 'address', address));
  return left;
}
