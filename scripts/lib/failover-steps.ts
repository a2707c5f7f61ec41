const consoles: Record<string, string> = {
  hetzner: 'https://console.hetzner.com',
  digitalocean: 'https://cloud.digitalocean.com/droplets',
  existing: 'at the host itself',
};

type Config = Record<string, unknown>;
const providerOf = (machine: unknown) =>
  (machine as { provider?: string } | undefined)?.provider ?? 'digitalocean';

export interface Step {
  what: string;
  command?: string;
}

/** What to do by hand today when the machine that serves is gone; every command of it exists. */
export function failoverSteps(stack: string, config: Config): Step[] {
  const { domain, dns } = config as { domain?: string; dns?: { provider?: string } };
  const provider = providerOf(config.primary);
  const restore =
    'install -d -o 5432 -g 5432 -m 0700 /var/lib/social.coop/postgres/17/data && docker compose --file /opt/social.coop/compose.yaml run --rm --no-deps -T db pgbackrest --stanza=instance restore';
  return [
    {
      what: 'Look whether the primary is really gone; a restart is quicker than everything below',
      command: `coop status ${stack}`,
    },
    {
      what: `Fence it: switch primary.${domain} off, or delete it, at ${consoles[provider] ?? provider}. Two that serve would send everything twice, and two that archive would spoil the backups`,
    },
    { what: 'Have the state see that the server is gone', command: `pulumi refresh -s ${stack}` },
    {
      what: `Make it anew, at the same addresses. This stops before the database, because the repository holds backups, and ends with an error that says so`,
      command: `pulumi up -s ${stack}`,
    },
    {
      what: 'Restore the database from the backups, on the new machine',
      command: `coop ssh ${stack} -- '${restore}'`,
    },
    { what: 'Bring everything up on it', command: `pulumi up -s ${stack}` },
    { what: 'See that it is healthy, and look at the site', command: `coop status ${stack}` },
    {
      what: `Where ${provider} itself is gone, the new machine must be elsewhere: change primary in Pulumi.${stack}.yaml after taking the lost machine out of the state (pulumi state unprotect, then pulumi state delete); ${dns?.provider === 'cloudflare' ? 'pulumi up then moves the names' : `then point the names of ${domain} to the new address by hand`}. Not tried: docs/runbooks/failover.md`,
    },
  ];
}
