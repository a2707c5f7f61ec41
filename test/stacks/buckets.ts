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

/** Puts something else in the place of an object, or deletes it; what it gives back takes that away again, version and all. */
export const spoil = (
  { region, name: Bucket }: Bucket,
  Key: string,
  change: (was: Buffer) => Buffer | undefined,
) =>
  withS3(region, async (client, { GetObjectCommand, PutObjectCommand, DeleteObjectCommand }) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    const content = change(Buffer.from((await Body?.transformToByteArray()) ?? []));
    const { VersionId } = content
      ? await client.send(new PutObjectCommand({ Bucket, Key, Body: content }))
      : await client.send(new DeleteObjectCommand({ Bucket, Key }));
    if (!VersionId) throw new Error(`${Bucket} keeps no versions`);
    return () =>
      withS3(region, (again, { DeleteObjectCommand: Command }) =>
        again.send(new Command({ Bucket, Key, VersionId })),
      );
  });
