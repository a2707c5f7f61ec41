import { type Rotation, rotations } from './rotations.ts';

/** Something outside this repository that a person who leaves may still open. */
interface Outside {
  what: string;
  how: string;
}

export interface Leaving {
  /** Commands, most urgent first: what anybody with sudo could read. */
  sudo: { command: string; loses?: string }[];
  /** What only whoever knew the passphrase could read. */
  passphrase: { command: string; loses?: string }[];
  /** What stays known to them. */
  never: { name: string; why: string }[];
  outside: Outside[];
}

/** What is to be done when somebody leaves, for one stack. */
export function leaving(stack: string, config: Record<string, unknown>): Leaving {
  const secrets = (config.secrets ?? {}) as Record<string, unknown>;
  const there = rotations.filter(
    (rotation) => rotation.way === 'cloud-key' || rotation.secrets.some((name) => name in secrets),
  );
  const command = ({ name, loses }: Rotation) => ({
    command: `coop rotate ${name} ${stack}`,
    ...(loses ? { loses } : {}),
  });
  const can = there.filter(({ way }) => way !== 'never');
  return {
    sudo: [...can.filter(({ readers }) => readers === 'sudo').map(command), ...byHand(stack, secrets)],
    passphrase: can.filter(({ readers }) => readers === 'passphrase').map(command),
    never: there.filter(({ way }) => way === 'never').map(({ name, downtime }) => ({ name, why: downtime })),
    outside: outside(stack, config),
  };
}

/** Secrets that a stack names itself: set anew like any other value. */
function byHand(stack: string, secrets: Record<string, unknown>): Leaving['sudo'] {
  const set = (path: string) => `pulumi config set --stack ${stack} --secret --path secrets.${path}`;
  return [
    ...Object.keys(secrets.databaseClients ?? {}).map((role) => ({
      command: `openssl rand -hex 24 | ${set(`databaseClients.${role}`)}; pulumi up -s ${stack}`,
      loses: `the program that logs in to the database as ${role} must be given the same value`,
    })),
    ...Object.keys(secrets.environment ?? {}).map((name) => ({
      command: `${set(`environment.${name}`)}; pulumi up -s ${stack}`,
      loses: 'the value is made by whoever it belongs to',
    })),
  ];
}

function outside(stack: string, config: Record<string, unknown>): Outside[] {
  const providers = new Set(
    ['primary', 'secondary', 'storage', 'dns'].map((key) => (config[key] as { provider?: string })?.provider),
  );
  const account = (provider: string, what: string, how: string): Outside[] =>
    providers.has(provider) ? [{ what, how }] : [];
  const mail = (config.mail as { host?: string } | undefined)?.host;
  return [
    {
      what: `passphrase of ${stack}, before anything is rotated: else the new values can be read with the old one`,
      how: `pulumi stack change-secrets-provider passphrase --stack ${stack}`,
    },
    ...account(
      'hetzner',
      'Hetzner: member of the project, API tokens',
      'https://console.hetzner.com, Security',
    ),
    ...(providers.has('digitalocean') || providers.has('spaces')
      ? [
          {
            what: 'DigitalOcean: member of the team, API tokens, Spaces keys of the account',
            how: 'https://cloud.digitalocean.com/account/team and /account/api',
          },
        ]
      : []),
    ...account(
      'cloudflare',
      'Cloudflare: member of the account, API tokens',
      'https://dash.cloudflare.com, Manage Account',
    ),
    ...(mail ? [{ what: `mail relay ${mail}: account and its password`, how: "the relay's own site" }] : []),
    {
      what: "where Pulumi's state lies: the bucket's keys, or the account at Pulumi Cloud",
      how: 'see: pulumi whoami --verbose',
    },
    { what: 'this repository, and the registry of your images', how: 'their settings, members' },
    {
      what: 'accounts on the instance itself with a staff role',
      how: `coop tootctl ${stack} accounts modify NAME --role ''`,
    },
  ];
}

/** For people: what `coop admin remove` ends with. */
export function showLeaving(name: string, { sudo, passphrase, never, outside }: Leaving): string {
  const commands = (list: Leaving['sudo']) =>
    list.map(({ command, loses }) => `  ${command}${loses ? `\n      only if need be: ${loses}` : ''}`);
  return [
    `${name} had sudo and could read these; rotate them, in this order:`,
    ...commands(sudo),
    `if ${name} also knew the passphrase:`,
    ...commands(passphrase),
    'cannot be rotated:',
    ...never.map(({ name: secret, why }) => `  ${secret}: ${why.replace('cannot be rotated: ', '')}`),
    'outside of this repository:',
    ...outside.map(({ what, how }) => `  ${what}\n      ${how}`),
    'the whole story: docs/runbooks/leaving.md',
    '',
  ].join('\n');
}
