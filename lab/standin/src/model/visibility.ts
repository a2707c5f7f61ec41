/** Visibility of a status, in the order of Mastodon's integers. */
export const VISIBILITIES = ['public', 'unlisted', 'private', 'direct'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export const visibilityNumber = (name: string): number => VISIBILITIES.indexOf(name as Visibility);
export const visibilityName = (value: number): Visibility => VISIBILITIES[value] ?? 'direct';
