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
      what: 'Say that its database is to come back out of the backups',
      command: `pulumi config set -s ${stack} --path recover.to latest`,
    },
    { what: 'Make it anew, at the same addresses, and everything on it', command: `pulumi up -s ${stack}` },
    { what: 'It is back: say so no more', command: `pulumi config rm -s ${stack} recover` },
    { what: 'Have the machine know that', command: `pulumi up -s ${stack}` },
    { what: 'See that it is healthy, and look at the site', command: `coop status ${stack}` },
    {
      what: `Where ${provider} itself is gone, the new machine must be elsewhere, and a primary goes there by no edit: keep the state in a file (pulumi stack export), forget the stack (pulumi stack rm --force) and begin from the bucket of backups, as docs/recovery.md says (coop recover with --provider); ${dns?.provider === 'cloudflare' ? 'it moves the names too' : `then point the names of ${domain} to the new address by hand`}`,
    },
  ];
}
