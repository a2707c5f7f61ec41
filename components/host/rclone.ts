import type { BucketAccess, HostFacts } from './types.ts';

/** https://rclone.org/s3/ — the backups bucket, for what is no database backup; on a copy also the source's media, to be read. */
export function rcloneConfig({ config, backups, media, mediaSource }: HostFacts): string {
  return [
    ...remote('backups', backups),
    ...(config.restore?.media !== 'empty' ? remote('media', media) : []),
    ...(mediaSource ? remote('media-source', mediaSource) : []),
  ].join('\n');
}

const remote = (name: string, { endpoint, region, accessKey, secretKey }: BucketAccess): string[] => [
  `[${name}]`,
  'type = s3',
  'provider = Other',
  `endpoint = https://${endpoint}`,
  `region = ${region}`,
  `access_key_id = ${accessKey}`,
  `secret_access_key = ${secretKey}`,
  'force_path_style = true',
  'no_check_bucket = true',
  '',
];
