import { ApiError } from './api-error.ts';
import { refusalsOf } from './refusals.ts';

const hex = (value: number) => value.toString(16).padStart(2, '0');
// The first ten belong to whoever tests by hand.
const [first, last] = [10, 250];

/** The lowest free address of the machines' network, with the hardware and v6 address that belong to it. */
export function nextAddress(taken: string[]): { ip4: string; ip6: string; mac: string } {
  for (let host = first; host <= last; host++) {
    const ip4 = `198.18.1.${host}`;
    if (taken.includes(ip4)) continue;
    return { ip4, ip6: `fd00:c00b::1:${host.toString(16)}`, mac: `02:c0:0b:00:01:${hex(host)}` };
  }
  throw refusalsOf('digitalocean').limit('Droplet');
}

/** The lowest free reserved address. */
export function nextReserved(taken: string[]): string {
  for (let host = first; host <= last; host++) {
    const ip4 = `198.18.2.${host}`;
    if (!taken.includes(ip4)) return ip4;
  }
  throw new ApiError(422, 'You have reached your reserved IP limit.', 'unprocessable_entity');
}

/** A server's place at Hetzner, and the addresses that lie there; each /64 is a network of its own. */
export const hetznerPlace = (host: number) => ({
  ip4: `198.18.4.${host}`,
  ip6: `fd00:c00b:0:4${hex(host)}::`,
  mac: `02:c0:0b:00:04:${hex(host)}`,
});

/** The lowest place that is not taken. */
export function nextPlace(taken: number[]): number {
  for (let host = first; host <= last; host++) if (!taken.includes(host)) return host;
  throw refusalsOf('hcloud').limit('PrimaryIp');
}
