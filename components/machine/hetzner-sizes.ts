import type { Size } from './size.ts';

/** What a server of a type has, and where the type is sold. */
export interface HetznerSize extends Size {
  /** Images must exist for it: `arm` runs no image that is x86 only. */
  architecture: 'x86' | 'arm';
  /** Locations that take orders for it. */
  regions: readonly string[];
}

/** Locations. https://docs.hetzner.com/cloud/general/locations/ (2026-11) */
export const hetznerRegions: readonly string[] = ['fsn1', 'nbg1', 'hel1', 'ash', 'hil', 'sin'];

const europe = ['fsn1', 'nbg1', 'hel1'];
const america = ['ash', 'hil'];

/** `type CPUs gigabytes disk` by family; written down 2026-11, after the prices and names of June 2026. */
const families: { architecture: 'x86' | 'arm'; regions: readonly string[]; types: readonly string[] }[] = [
  // Cost-optimised, shared CPUs
  {
    architecture: 'x86',
    regions: europe,
    types: ['cx23 2 4 40', 'cx33 4 8 80', 'cx43 8 16 160', 'cx53 16 32 320'],
  },
  {
    architecture: 'arm',
    regions: europe,
    types: ['cax11 2 4 40', 'cax21 4 8 80', 'cax31 8 16 160', 'cax41 16 32 320'],
  },
  // Regular performance, shared CPUs
  {
    architecture: 'x86',
    regions: [...europe, 'sin'],
    types: [
      ...['cpx12 1 2 40', 'cpx22 2 4 80', 'cpx32 4 8 160', 'cpx42 8 16 320', 'cpx52 12 24 480'],
      ...['cpx62 16 32 640'],
    ],
  },
  // The generation before, which only America still sells
  {
    architecture: 'x86',
    regions: america,
    types: ['cpx11 2 2 40', 'cpx21 3 4 80', 'cpx31 4 8 160'],
  },
  // General purpose, dedicated CPUs
  {
    architecture: 'x86',
    regions: hetznerRegions,
    types: [
      ...['ccx13 2 8 80', 'ccx23 4 16 160', 'ccx33 8 32 240', 'ccx43 16 64 360', 'ccx53 32 128 600'],
      ...['ccx63 48 192 960'],
    ],
  },
];

/**
 * Server types by name. Sold is not in stock: the cost-optimised ones are often refused at creation. A type that is
 * missing here is no longer ordered anywhere (cx22, cpx41…), or was added later: add a line then.
 * https://www.hetzner.com/cloud/
 */
export const hetznerSizes: Readonly<Record<string, HetznerSize>> = Object.fromEntries(
  families.flatMap(({ architecture, regions, types }) =>
    types.map((line): [string, HetznerSize] => {
      const [name = '', vcpus, gigabytes, diskGb] = line.split(' ');
      return [
        name,
        {
          vcpus: Number(vcpus),
          memoryMb: Number(gigabytes) * 1024,
          diskGb: Number(diskGb),
          architecture,
          regions,
        },
      ];
    }),
  ),
);
