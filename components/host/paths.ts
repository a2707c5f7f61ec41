/** Where things lie on the machine; scripts under host/ name the same places. */
export const onHost = {
  compose: '/opt/social.coop/compose.yaml',
  plainEnvironment: '/opt/social.coop/.env.production',
  secretEnvironment: '/etc/social.coop/app/secrets.env',
  stackEnvironment: '/etc/social.coop/stack.env',
  postgres: '/etc/social.coop/postgres',
  redis: '/etc/social.coop/redis',
  bundle: '/etc/ssl/certs/ca-certificates.crt',
  dumps: '/etc/social.coop/dumps.json',
  data: '/var/lib/social.coop',
} as const;

/** Users of containers whose files lie on the host; numbers that no Debian package takes. */
export const users = { postgres: '5432', redis: '6379' } as const;
