export interface S3Env {
  bucket: string;
  region: string;
  /** Origin of the API, without a path. */
  endpoint: string;
  pathStyle: boolean;
  /** Host of public media URLs (S3_ALIAS_HOST), when not the API's own. */
  aliasHost?: string;
  protocol: string;
  hostname: string;
  accessKey: string;
  secretKey: string;
  /** Canned ACL sent with every object; empty: none is sent. */
  permission: string;
  multipartThreshold: number;
}

type Source = Record<string, string | undefined>;

/** S3_* as Mastodon's config/initializers/paperclip.rb understands them. */
export function readS3(source: Source): S3Env {
  const region = source.S3_REGION || 'us-east-1';
  const protocol = source.S3_PROTOCOL || 'https';
  const hostname = source.S3_HOSTNAME || `s3-${region}.amazonaws.com`;
  return {
    bucket: source.S3_BUCKET ?? '',
    region,
    endpoint: (source.S3_ENDPOINT || `${protocol}://${hostname}`).replace(/\/+$/, ''),
    pathStyle: source.S3_ENDPOINT ? source.S3_OVERRIDE_PATH_STYLE !== 'true' : false,
    aliasHost: source.S3_ALIAS_HOST || source.S3_CLOUDFRONT_HOST || undefined,
    protocol,
    hostname,
    accessKey: source.AWS_ACCESS_KEY_ID ?? '',
    secretKey: source.AWS_SECRET_ACCESS_KEY ?? '',
    permission: source.S3_PERMISSION ?? 'public-read',
    multipartThreshold: Number(source.S3_MULTIPART_THRESHOLD || 15 * 1024 * 1024),
  };
}
