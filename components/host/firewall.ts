import ipaddr from 'ipaddr.js';
import { networks } from './networks.ts';
import type { HostFacts } from './types.ts';

const isV4 = (range: string) => ipaddr.parseCIDR(range)[0].kind() === 'ipv4';

const set = (name: string, type: string, ranges: string[]): string =>
  `set ${name} {\n  type ${type}; flags interval; auto-merge;\n${
    ranges.length > 0 ? `  elements = { ${ranges.join(', ')} }\n` : ''
  }}\n`;

/** The stack's own part of the firewall: included inside the table. */
export function firewallRanges({ config }: HostFacts): string {
  return [
    set('ssh4', 'ipv4_addr', config.sshFrom.filter(isV4)),
    set(
      'ssh6',
      'ipv6_addr',
      config.sshFrom.filter((range) => !isV4(range)),
    ),
  ].join('');
}

/** Values the firewall's rules name. */
export function firewallValues({ config }: HostFacts): string {
  const { gateway, subnet } = networks(config).internal;
  return [
    `define internal_gateway = ${gateway}`,
    `define internal_subnet = ${subnet}`,
    // The containers' ways to buckets: of the database, and on a copy of the app.
    `define internal_ports = { ${config.restore ? '443, 9443' : '9443, 9444'} }`,
    '',
  ].join('\n');
}

/** Rules for what the containers send out, on top of the closed addresses: none while `federation` is `open`. */
export function firewallEgress({ config }: HostFacts): string {
  if (config.federation === 'open') return 'accept\n';
  return [
    // Every packet is looked up, not only the first: closing the doors also ends what is under way.
    'ip daddr . meta l4proto . th dport @egress4 accept',
    'ip6 daddr . meta l4proto . th dport @egress6 accept',
    'counter name egress_refused reject with icmpx type admin-prohibited',
    '',
  ].join('\n');
}

/** Images with a digest come from a registry; one without is built on the machine. */
const fetched = ({ images }: HostFacts['config']) =>
  Object.values(images).filter((image) => image.includes('@'));

const registryHost = (image: string) => {
  const first = image.split('/')[0] as string;
  return /[.:]/.test(first) || first === 'localhost' ? first : 'docker.io';
};

/** https://developers.deepl.com/docs/getting-started/auth#base-urls */
function translators({ translation }: HostFacts['config']): URL[] {
  if (!translation) return [];
  if (translation.provider === 'libretranslate') return [new URL(translation.endpoint)];
  return [new URL(translation.plan === 'pro' ? 'https://api.deepl.com' : 'https://api-free.deepl.com')];
}

/** `HOST PROTOCOL PORT` of everything containers may reach while `federation` is `off`. */
export function egressNames({ config, media, backups }: HostFacts): string {
  const acme = new URL(config.acmeDirectory);
  const lines = [
    `${media.endpoint} tcp 443`,
    `${backups.endpoint} tcp 443`,
    ...(config.repo2 ? [`${config.repo2.endpoint} tcp 443`] : []),
    `${config.mail.host} tcp ${config.mail.port}`,
    `${acme.hostname} tcp ${acme.port || 443}`,
    ...translators(config).map(({ hostname, port }) => `${hostname} tcp ${port || 443}`),
    ...fetched(config).map((image) => {
      const [host, port] = registryHost(image).split(':');
      return `${host} tcp ${port ?? 443}`;
    }),
  ];
  return `${[...new Set(lines)].sort().join('\n')}\n`;
}

/** Registries the images come from, as Docker names them. */
export function registries({ config }: HostFacts): string[] {
  return [...new Set(fetched(config).map(registryHost))].sort();
}
