import { apps } from '../apps/index.ts';
import type { SecretName } from '../config/types.ts';
import { networks } from './networks.ts';
import type { HostFacts } from './types.ts';

export interface AppEnvironment {
  /** Handed over by Compose, and so visible in `docker inspect`. */
  plain: Record<string, string>;
  /** Read from a file inside the container. */
  secret: Record<string, string>;
}

/** How the relay is spoken to, when the configuration leaves it to the port. */
const usualEncryption = (port: number) => (port === 465 ? 'tls' : port === 25 ? 'opportunistic' : 'starttls');

const encryptions = {
  tls: { SMTP_TLS: 'true', SMTP_ENABLE_STARTTLS: 'never' },
  starttls: { SMTP_ENABLE_STARTTLS: 'always' },
  opportunistic: { SMTP_ENABLE_STARTTLS: 'auto' },
};

function mail({ mail, secrets }: HostFacts['config']): Record<string, string> {
  return {
    SMTP_SERVER: mail.host,
    SMTP_PORT: String(mail.port),
    SMTP_FROM_ADDRESS: mail.from,
    SMTP_AUTH_METHOD: mail.user && secrets.smtpPassword ? (mail.auth ?? 'plain') : 'none',
    SMTP_OPENSSL_VERIFY_MODE: 'peer',
    SMTP_CA_FILE: '/etc/ssl/certs/ca-certificates.crt',
    ...encryptions[mail.encryption ?? usualEncryption(mail.port)],
    ...(mail.user ? { SMTP_LOGIN: mail.user } : {}),
    ...(mail.replyTo ? { SMTP_REPLY_TO: mail.replyTo } : {}),
  };
}

/** The key's own variable differs per provider, so it is none of `App.secrets`. */
function translate({ translation, secrets }: HostFacts['config']): AppEnvironment {
  if (!translation) return { plain: {}, secret: {} };
  const key = secrets.translationKey;
  return translation.provider === 'deepl'
    ? { plain: { DEEPL_PLAN: translation.plan }, secret: key ? { DEEPL_API_KEY: key } : {} }
    : {
        plain: { LIBRE_TRANSLATE_ENDPOINT: translation.endpoint },
        secret: key ? { LIBRE_TRANSLATE_API_KEY: key } : {},
      };
}

function media({ config, media }: HostFacts): Record<string, string> {
  return {
    S3_ENABLED: 'true',
    S3_PROTOCOL: 'https',
    S3_REGION: media.region,
    S3_ENDPOINT: `https://${media.endpoint}`,
    S3_HOSTNAME: media.endpoint,
    S3_BUCKET: media.bucket,
    S3_PERMISSION: 'public-read',
    // Our own proxy cache under the instance's own name: no second name or certificate, and the provider may change.
    S3_ALIAS_HOST: `${config.domain}/system`,
    // The defaults of 5 seconds turn a large upload into an error 500.
    S3_OPEN_TIMEOUT: '10',
    S3_READ_TIMEOUT: '120',
    S3_RETRY_LIMIT: '2',
  };
}

function base({ config }: HostFacts): Record<string, string> {
  const { out, out6 } = networks(config);
  return {
    LOCAL_DOMAIN: config.domain,
    // nginx on the host reaches the containers through the bridge's own address.
    TRUSTED_PROXY_IP: ['127.0.0.1', '::1', out.gateway, out6.gateway].join(','),
    DB_HOST: 'db',
    DB_PORT: '5432',
    DB_NAME: 'mastodon_production',
    DB_USER: 'mastodon',
    // The connection never leaves a bridge of this machine.
    DB_SSLMODE: 'disable',
    REDIS_HOST: 'redis',
    REDIS_PORT: '6379',
  };
}

/** https://docs.joinmastodon.org/admin/config/#elasticsearch */
function search({ search }: HostFacts['config']): Record<string, string> {
  if (!search.enabled) return {};
  return { ES_ENABLED: 'true', ES_HOST: 'es', ES_PORT: '9200', ES_PRESET: 'single_node_cluster' };
}

/** Variables of the app that this program sets itself and the configuration therefore may not. */
export function ownVariables(facts: HostFacts): string[] {
  const { config } = facts;
  const secrets = { ...config.secrets, environment: {} };
  const { plain, secret } = appEnvironment({ ...facts, config: { ...config, environment: {}, secrets } });
  return [...Object.keys(plain), ...Object.keys(secret)].sort();
}

/** The app's variables, told apart by whether they are secrets. */
export function appEnvironment(facts: HostFacts): AppEnvironment {
  const { config } = facts;
  const translation = translate(config);
  const plain: Record<string, string> = {
    ...base(facts),
    ...mail(config),
    ...media(facts),
    ...search(config),
    ...translation.plain,
    ...config.environment,
  };
  const secret: Record<string, string> = {
    AWS_ACCESS_KEY_ID: facts.media.accessKey,
    AWS_SECRET_ACCESS_KEY: facts.media.secretKey,
    ...translation.secret,
    ...config.secrets.environment,
  };
  for (const [key, name] of Object.entries(apps[config.app].secrets)) {
    const value = config.secrets[key as SecretName];
    if (value !== undefined) secret[name] = value;
  }
  return { plain, secret };
}
