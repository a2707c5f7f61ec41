import { randomBytes } from 'node:crypto';
import { gateway } from '../../../lab/services/addresses.ts';
import { generateVapidPair } from '../../../lab/standin/src/crypto/vapid.ts';

export interface Place {
  domain: string;
  data: string;
  bucket: { region: string; name: string };
  access: { accessKey: string; secretKey: string };
}

/** What an `.env.production` would hold, with new secrets. */
export function standinEnvironment({ domain, data, bucket, access }: Place): Record<string, string> {
  const vapid = generateVapidPair();
  const secret = (): string => randomBytes(32).toString('hex');
  const spaces = `${bucket.region}.digitaloceanspaces.com`;
  return {
    LOCAL_DOMAIN: domain,
    SECRET_KEY_BASE: secret(),
    VAPID_PRIVATE_KEY: vapid.privateKey,
    VAPID_PUBLIC_KEY: vapid.publicKey,
    ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY: secret(),
    ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY: secret(),
    ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT: secret(),
    DB_HOST: data,
    DB_USER: 'mastodon',
    DB_PASS: 'secret',
    DB_NAME: 'mastodon',
    REDIS_HOST: data,
    REDIS_PASSWORD: 'secret',
    S3_ENABLED: 'true',
    S3_BUCKET: bucket.name,
    S3_REGION: bucket.region,
    S3_ENDPOINT: `https://${spaces}`,
    S3_HOSTNAME: spaces,
    AWS_ACCESS_KEY_ID: access.accessKey,
    AWS_SECRET_ACCESS_KEY: access.secretKey,
    SMTP_SERVER: 'mail.lab.test',
    SMTP_PORT: '587',
    SMTP_FROM_ADDRESS: `standin@${domain}`,
    TRUSTED_PROXY_IP: gateway.v4,
    MASTODON_SIDEKIQ_READY_FILENAME: '/tmp/ready',
  };
}
