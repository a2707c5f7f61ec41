import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

const PRIVATE = ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '::1/128', 'fc00::/7'];

/** Tells the client's own address behind trusted proxies (TRUSTED_PROXY_IP; private ranges when unset), as Rails does. */
export function remoteIpReader(trusted: string[]): (req: IncomingMessage) => string {
  const list = new BlockList();
  for (const entry of trusted.length > 0 ? trusted : PRIVATE) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0) continue;
    list.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  }
  const isTrusted = (ip: string): boolean =>
    isIP(ip) !== 0 && list.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4');
  return (req) => {
    const direct = (req.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const forwarded = String(req.headers['x-forwarded-for'] ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => isIP(item) !== 0);
    let ip = direct;
    while (isTrusted(ip) && forwarded.length > 0) ip = forwarded.pop() as string;
    return ip;
  };
}
