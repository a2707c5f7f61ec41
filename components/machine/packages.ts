/**
 * Debian packages the first boot installs, so that apply finds them: those of host/etc/social.coop/packages on the day
 * a list was last worth changing. Apply installs what is missing, so a new package belongs there and not here:
 * user data that differs is reported on every machine that booted with another.
 */
export const firstBootPackages: readonly string[] = [
  ...[
    'ca-certificates',
    'certbot',
    'curl',
    'docker-cli',
    'docker-compose',
    'docker.io',
    'jq',
    'nftables',
    'nginx',
  ],
  ...['openssl', 'rclone', 'sudo', 'unattended-upgrades', 'zstd'],
];
