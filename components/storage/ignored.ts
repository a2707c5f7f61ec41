import type { Ignored } from '../machine/ignored.ts';

interface Place {
  name: string;
  region: string;
}

/** Which edits an existing bucket has not followed. */
export function ignoredBucket(purpose: string, actual: Place, wanted: Place, urn: string): Ignored[] {
  const remedy = `put the old value back; to move, copy the objects (\`rclone sync\`), then \`pulumi state delete '${urn}'\` and \`pulumi up\``;
  const found: Ignored[] = [];
  if (actual.name !== wanted.name) {
    found.push({
      key: `storage.${purpose}, or the domain it follows`,
      actual: `the bucket stays ${actual.name}`,
      remedy,
    });
  }
  if (actual.region !== wanted.region) {
    found.push({
      key: 'storage.region',
      actual: `the bucket ${actual.name} stays in ${actual.region}`,
      remedy,
    });
  }
  return found;
}
