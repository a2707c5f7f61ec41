export interface ServerType {
  cores: number;
  /** MiB. */
  memory: number;
  /** GB. */
  disk: number;
  architecture: 'x86' | 'arm';
  locations: readonly string[];
}

/** https://docs.hetzner.com/cloud/general/locations/ */
export const locations: readonly string[] = ['fsn1', 'nbg1', 'hel1', 'ash', 'hil', 'sin'];

const europe = ['fsn1', 'nbg1', 'hel1'];

/** `names: cores GB disk`, with where the family is sold. https://www.hetzner.com/cloud/ (2026-11) */
const list: [ServerType['architecture'], readonly string[], string][] = [
  ['x86', europe, 'cx23 2 4 40, cx33 4 8 80, cx43 8 16 160, cx53 16 32 320'],
  ['arm', europe, 'cax11 2 4 40, cax21 4 8 80, cax31 8 16 160, cax41 16 32 320'],
  ['x86', [...europe, 'sin'], 'cpx12 1 2 40, cpx22 2 4 80, cpx32 4 8 160, cpx42 8 16 320'],
  ['x86', [...europe, 'sin'], 'cpx52 12 24 480, cpx62 16 32 640'],
  ['x86', ['ash', 'hil'], 'cpx11 2 2 40, cpx21 3 4 80, cpx31 4 8 160'],
  ['x86', locations, 'ccx13 2 8 80, ccx23 4 16 160, ccx33 8 32 240, ccx43 16 64 360'],
  ['x86', locations, 'ccx53 32 128 600, ccx63 48 192 960'],
];

export const serverTypes: Readonly<Record<string, ServerType>> = Object.fromEntries(
  list.flatMap(([architecture, sold, types]) =>
    types.split(', ').map((line): [string, ServerType] => {
      const [name = '', cores, memory, disk] = line.split(' ');
      return [
        name,
        {
          ...{ cores: Number(cores), memory: Number(memory) * 1024, disk: Number(disk) },
          ...{ architecture, locations: sold },
        },
      ];
    }),
  ),
);

/** What a machine of the lab can boot. */
export const images = ['debian-13'];
