/**
 * Regions with Spaces, as the provider accepts them (`SpacesRegions` of terraform-provider-digitalocean, 2026-11).
 * https://docs.digitalocean.com/platform/regional-availability/
 */
export const spacesRegions: readonly string[] = [
  ...['ams3', 'blr1', 'fra1', 'lon1', 'nyc3', 'sfo2', 'sfo3', 'sgp1', 'syd1', 'tor1'],
];
