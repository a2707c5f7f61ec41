const mastodon = 'https://docs.joinmastodon.org/admin';

/** The official page a key rests on, by the beginning of its path: the longest that fits counts. */
const pages: Record<string, string> = {
  domain: `${mastodon}/config/#federation`,
  contact: 'https://www.rfc-editor.org/rfc/rfc8555#section-7.3',
  appVersion: 'https://github.com/mastodon/mastodon/releases',
  images: 'https://docs.docker.com/reference/cli/docker/buildx/imagetools/inspect/',
  'images.search': 'https://www.elastic.co/guide/en/elasticsearch/reference/7.17/docker.html',
  storage: 'https://docs.digitalocean.com/products/spaces/',
  dns: 'https://developers.cloudflare.com/dns/manage-dns-records/',
  repo2: 'https://pgbackrest.org/configuration.html#section-repository',
  recovery: 'https://age-encryption.org/v1',
  recover: 'https://pgbackrest.org/command.html#command-restore',
  restore: 'https://pgbackrest.org/command.html#command-restore',
  admins: 'https://man.openbsd.org/sshd.8#AUTHORIZED_KEYS_FILE_FORMAT',
  acmeDirectory: 'https://www.rfc-editor.org/rfc/rfc8555#section-7.1.1',
  caCertificates: 'https://manpages.debian.org/trixie/ca-certificates/update-ca-certificates.8.en.html',
  mail: `${mastodon}/config/#smtp`,
  alerts: 'https://matrix-org.github.io/matrix-hookshot/latest/setup/webhooks.html',
  translation: `${mastodon}/config/#other`,
  registrations: `${mastodon}/tootctl/`,
  rpo: 'https://www.postgresql.org/docs/17/runtime-config-wal.html#GUC-ARCHIVE-TIMEOUT',
  backupDays: 'https://pgbackrest.org/configuration.html#section-repository/option-repo-retention-full',
  processes: `${mastodon}/scaling/`,
  'database.maxConnections':
    'https://www.postgresql.org/docs/17/runtime-config-connection.html#GUC-MAX-CONNECTIONS',
  'database.sharedBuffersMb':
    'https://www.postgresql.org/docs/17/runtime-config-resource.html#GUC-SHARED-BUFFERS',
  databaseClients: 'https://www.postgresql.org/docs/17/sql-grant.html',
  search: `${mastodon}/elasticsearch/`,
  uploadMb: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size',
  mediaCache: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache_path',
  retention: `${mastodon}/tootctl/`,
  logDays: 'https://www.freedesktop.org/software/systemd/man/257/journald.conf.html#MaxRetentionSec=',
  containerRange: 'https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file',
  environment: `${mastodon}/config/`,
  protect: 'https://www.pulumi.com/docs/iac/concepts/resources/options/protect/',
  hostPublicKey: 'https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT',
  secondaryHostPublicKey: 'https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT',
  deployPublicKey: 'https://man.openbsd.org/sshd.8#AUTHORIZED_KEYS_FILE_FORMAT',
  rotated: 'https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT',
  secrets: 'https://www.pulumi.com/docs/iac/concepts/secrets/',
};

/** The same where it depends on who is asked. */
const providers: Record<string, string> = {
  digitalocean: 'https://docs.digitalocean.com/products/droplets/',
  hetzner: 'https://docs.hetzner.com/cloud/',
  existing: 'https://man.openbsd.org/ssh_config.5',
  deepl: 'https://developers.deepl.com/docs',
  libretranslate: 'https://docs.libretranslate.com/',
};

/** The official page of a key, or of the section it is in; undefined for what is this program's alone. */
export function sourceOf(path: string, provider?: string): string | undefined {
  const own = provider && !path.endsWith('.provider') && !path.startsWith('dns.') && providers[provider];
  if (own) return own;
  const parts = path.split('.');
  for (let length = parts.length; length > 0; length--) {
    const page = pages[parts.slice(0, length).join('.').replace(/6$/, '')];
    if (page) return page;
  }
  return undefined;
}
