import type { Size } from './size.ts';

/** Server types by name. Written down 2026-11. https://www.hetzner.com/cloud/ */
export const hetznerSizes: Readonly<Record<string, Size & { architecture: 'x86' | 'arm' }>> = {
  cpx21: { vcpus: 3, memoryMb: 4096, diskGb: 80, architecture: 'x86' },
  cpx31: { vcpus: 4, memoryMb: 8192, diskGb: 160, architecture: 'x86' },
  cpx41: { vcpus: 8, memoryMb: 16384, diskGb: 240, architecture: 'x86' },
  cpx51: { vcpus: 16, memoryMb: 32768, diskGb: 360, architecture: 'x86' },
  cax21: { vcpus: 4, memoryMb: 8192, diskGb: 80, architecture: 'arm' },
  cax31: { vcpus: 8, memoryMb: 16384, diskGb: 160, architecture: 'arm' },
  cax41: { vcpus: 16, memoryMb: 32768, diskGb: 320, architecture: 'arm' },
};

/** Locations servers stand in. https://docs.hetzner.com/cloud/general/locations/ */
export const hetznerRegions: readonly string[] = ['ash', 'fsn1', 'hel1', 'hil', 'nbg1', 'sin'];
