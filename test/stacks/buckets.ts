import type { ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3';
import { type Bucket, withS3 } from '../../lab/services/s3-sdk.ts';

interface Version {
  key: string;
  version: string;
  etag: string;
}

/** Every version of every object, deletions included. */
export const objectsOf = ({ region, name }: Bucket): Promise<Version[]> =>
  withS3(region, async (client, { ListObjectVersionsCommand }) => {
    const found: Version[] = [];
    let from: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
    while (from) {
      const page: ListObjectVersionsCommandOutput = await client.send(
        new ListObjectVersionsCommand({ Bucket: name, ...from }),
      );
      for (const { Key = '', VersionId = '', ETag = '' } of page.Versions ?? [])
        found.push({ key: Key, version: VersionId, etag: ETag });
      for (const { Key = '', VersionId = '' } of page.DeleteMarkers ?? [])
        found.push({ key: Key, version: VersionId, etag: 'deleted' });
      from = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : undefined;
    }
    return found;
  });

/** What the source itself goes on writing meanwhile: its WAL, of the timeline it is on, and the results of its jobs. */
const writtenBySource = (timeline: number) =>
  new RegExp(
    `^(pgbackrest/archive/.*/${timeline.toString(16).toUpperCase().padStart(8, '0')}[0-9A-F]{16}-|(dump|manifest|media-[a-z]+|images|recovery)/)`,
  );

/** What changed, vanished or came that the source did not write. */
export function changesOf(before: Version[], after: Version[], timeline: number): string[] {
  const own = writtenBySource(timeline);
  const line = ({ key, version, etag }: Version) => `${key} ${version} ${etag}`;
  const [was, is] = [new Set(before.map(line)), new Set(after.map(line))];
  return [
    ...before.filter((object) => !is.has(line(object))).map(({ key }) => `gone: ${key}`),
    ...after
      .filter((object) => !was.has(line(object)) && !own.test(object.key))
      .map(({ key }) => `new: ${key}`),
  ];
}
