import type { HostFacts } from './types.ts';

/** https://rclone.org/s3/ — the backups bucket, for what is no database backup: archived images. */
export function rcloneConfig({ backups }: HostFacts): string {
  return [
    '[backups]',
    'type = s3',
    'provider = Other',
    `endpoint = https://${backups.endpoint}`,
    `region = ${backups.region}`,
    `access_key_id = ${backups.accessKey}`,
    `secret_access_key = ${backups.secretKey}`,
    'force_path_style = true',
    'no_check_bucket = true',
    '',
  ].join('\n');
}
