import { BlockList } from 'node:net';
import { network } from './names.ts';

const known = new BlockList();
const [first = '', prefix] = network.docker6.split('/');
known.addSubnet(first, Number(prefix), 'ipv6');

/** What Docker is told of a machine's addresses; those it does not know, the machine's init sets. */
export const fixedArgs = (ip4: string | undefined, ip6: string | undefined): string[] => [
  ...(ip4 ? ['--ip', ip4] : []),
  ...(ip6 && known.check(ip6, 'ipv6') ? ['--ip6', ip6] : []),
];
