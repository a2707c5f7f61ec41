import { quoteAll } from './quote.ts';

export interface SshTarget {
  stack: string;
  address: string;
  user: string;
  /** The key the machine must show. */
  hostPublicKey: string;
  /** Known host file with nothing but the stack's pinned key. */
  knownHosts: string;
  /** Private key file; undefined: the person's own agent and keys. */
  identity?: string | undefined;
}

export interface SshCommandOptions {
  /** A terminal on the other side. */
  terminal?: boolean;
  /** Words to run there, each arriving as it is here; none: a shell. */
  remote?: string[];
  /** Instead of them: a line for the shell over there, as plain ssh takes it. */
  line?: string;
}

/** The name the host key is pinned under: the stack, so that a moved address needs no new entry. */
const hostAlias = (stack: string): string => `coop-${stack}`;

/** The one line of the known hosts file. */
export const knownHostsLine = (stack: string, hostPublicKey: string): string =>
  `${hostAlias(stack)} ${hostPublicKey.split(' ').slice(0, 2).join(' ')}\n`;

/** The command line of one connection; nothing in it depends on the person's own ssh configuration. */
export function sshCommand(target: SshTarget, options: SshCommandOptions = {}): string[] {
  const command = options.line ?? quoteAll(options.remote ?? []);
  const set = (name: string, value: string | number) => ['-o', `${name}=${value}`];
  return [
    'ssh',
    '-F',
    'none',
    ...set('HostKeyAlias', hostAlias(target.stack)),
    ...set('UserKnownHostsFile', target.knownHosts),
    ...set('GlobalKnownHostsFile', '/dev/null'),
    ...set('StrictHostKeyChecking', 'yes'),
    ...set('HostKeyAlgorithms', 'ssh-ed25519'),
    ...set('UpdateHostKeys', 'no'),
    ...(target.identity
      ? [
          ...set('IdentityFile', target.identity),
          ...set('IdentitiesOnly', 'yes'),
          ...set('IdentityAgent', 'none'),
        ]
      : []),
    ...set('PasswordAuthentication', 'no'),
    ...set('KbdInteractiveAuthentication', 'no'),
    ...set('ForwardAgent', 'no'),
    ...set('ClearAllForwardings', 'yes'),
    ...set('ConnectTimeout', 10),
    ...set('ServerAliveInterval', 15),
    ...set('ServerAliveCountMax', 4),
    ...set('LogLevel', 'ERROR'),
    options.terminal ? '-t' : '-T',
    '-l',
    target.user,
    '--',
    target.address,
    ...(command === '' ? [] : [command]),
  ];
}

/** Words run as root: an admin goes through sudo. */
export const asRoot = (user: string, words: string[]): string[] =>
  user === 'root' ? words : ['sudo', ...words];
