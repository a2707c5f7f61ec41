export interface SmtpEnv {
  host: string;
  port: number;
  login?: string;
  password?: string;
  from: string;
  replyTo?: string;
  /** TLS from the first byte. */
  secure: boolean;
  starttls: 'auto' | 'always' | 'never';
  verify: boolean;
  caFile?: string;
  domain: string;
  /** `test` and `file` send nothing. */
  method: string;
}

type Source = Record<string, string | undefined>;

/** SMTP_* with Mastodon's own defaults. */
export function readSmtp(source: Source): SmtpEnv {
  const domain = source.LOCAL_DOMAIN ?? 'localhost';
  const starttls =
    source.SMTP_ENABLE_STARTTLS ?? (source.SMTP_ENABLE_STARTTLS_AUTO === 'false' ? 'never' : 'auto');
  return {
    host: source.SMTP_SERVER ?? '',
    port: Number(source.SMTP_PORT || 587),
    login: source.SMTP_LOGIN || undefined,
    password: source.SMTP_PASSWORD || undefined,
    from: source.SMTP_FROM_ADDRESS || `notifications@${domain}`,
    replyTo: source.SMTP_REPLY_TO || undefined,
    secure: source.SMTP_TLS === 'true' || source.SMTP_SSL === 'true',
    starttls: starttls === 'always' || starttls === 'never' ? starttls : 'auto',
    verify: source.SMTP_OPENSSL_VERIFY_MODE !== 'none',
    caFile: source.SMTP_CA_FILE || undefined,
    domain: source.SMTP_DOMAIN || domain,
    method: source.SMTP_DELIVERY_METHOD || 'smtp',
  };
}
