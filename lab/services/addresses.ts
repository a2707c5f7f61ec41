/** The lab's own address on its bridge, and the base of every service address. */
export const gateway = { v4: '198.18.0.1', v6: 'fd00:c00b::1' } as const;

export interface ServiceAddress {
  host: string;
  v4: string;
  /** Absent where the program listens on one address only. */
  v6?: string;
}

/** Where each service listens, and the name the lab's DNS gives it. */
export const services = {
  s3: { host: 'digitaloceanspaces.com', v4: '198.18.0.10', v6: 'fd00:c00b::10' },
  registry: { host: 'registry.lab.test', v4: '198.18.0.11' },
  acme: { host: 'acme.lab.test', v4: '198.18.0.12' },
  peer: { host: 'peer.lab.test', v4: '198.18.0.13', v6: 'fd00:c00b::13' },
  mail: { host: 'mail.lab.test', v4: '198.18.0.14', v6: 'fd00:c00b::14' },
} satisfies Record<string, ServiceAddress>;

/** Regions of Spaces that the lab serves. */
export const spacesRegions = [
  'ams3',
  'atl1',
  'blr1',
  'fra1',
  'lon1',
  'nyc3',
  'sfo2',
  'sfo3',
  'sgp1',
  'syd1',
  'tor1',
] as const;
