import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appEnvironment } from '../../components/host/app-environment.ts';
import { archive } from '../../components/host/archive.ts';
import { type HostFacts, renderHost } from '../../components/host/render.ts';
import { certificate } from '../fixtures/certificate.ts';
import { facts } from '../fixtures/facts.ts';

/** What a shell or Compose would like to expand, split or cut. */
export const hostile: Record<string, string> = {
  ALTERNATE_DOMAINS: `$HOME \${HOME} $$ $(id) \`id\` %H`,
  OIDC_DISPLAY_NAME: 'a #b # c "double" \\n \\ \\\\',
  SMTP_REPLY_TO: ' leading, trailing ',
  LDAP_SEARCH_FILTER: '(|(%{uid}=%{email})(%{mail}=%{email}))!',
  DEFAULT_LOCALE: '',
  SOURCE_TAG: 'ünïcödé ✓ = = ; & | < > * ? [x] ~',
};

const stacks: [string, () => HostFacts][] = [
  ['federation off', () => facts()],
  [
    'federation open, other ranges',
    () =>
      facts({
        config: {
          federation: 'open',
          containerRange: '10.96.0.0/16',
          containerRange6: 'fd12:3456:789a::/48',
          sshFrom: ['203.0.113.7/32'],
          search: { enabled: true, memoryMb: 1024 },
          images: { ...facts().config.images, search: `docker.elastic.co/es@sha256:${'e'.repeat(64)}` },
          databaseClients: { metrics: { port: 5433, read: ['*'], write: [], connections: 5 } },
          processes: { web: { replicas: 1 }, 'sidekiq-pull-q': { replicas: 2 } },
        },
      }),
  ],
  [
    'further authorities and hostile variables',
    () =>
      facts({
        config: { caCertificates: certificate, environment: hostile, admins: {}, rpo: 10, uploadMb: 500 },
      }),
  ],
];

const checkers: [string, string[]][] = [
  ['nginx -t', ['nginx', '-q', '-t']],
  [
    'systemd-analyze verify',
    [
      'bash',
      '-c',
      'systemd-analyze verify --man=no --recursive-errors=no $(awk \'$5 ~ "^/etc/systemd/system/[^/]*[.](service|socket|timer)$" { print $5 }\' /tree/MANIFEST)',
    ],
  ],
  [
    'docker compose config',
    ['docker', 'compose', '-f', '/opt/social.coop/compose.yaml', 'config', '--quiet'],
  ],
  ['sshd -t', ['sshd', '-t']],
  ['nft -c', ['nft', '--check', '--file', '/etc/social.coop/firewall/main.nft']],
  ['visudo -c', ['visudo', '--check', '--quiet']],
  ['dockerd --validate', ['dockerd', '--validate', '--config-file', '/etc/docker/daemon.json']],
  ['apt-config', ['bash', '-c', 'apt-config dump >/dev/null']],
];

/** Runs the tools' own checkers on rendered trees, in a container of the machine's image. */
export function describeCheckers(image: () => Promise<string>): void {
  describe.each(stacks)('%s', (_, make) => {
    let tree: string;
    let reference: string;
    let given: HostFacts;

    const inContainer = (command: string[]) =>
      spawnSync(
        'docker',
        [
          'run',
          '--rm',
          '--network',
          'none',
          '--cap-add',
          'NET_ADMIN',
          '-v',
          `${tree}:/tree:ro`,
          '--entrypoint',
          '/lay-tree',
          '-v',
          `${tree}/lay-tree.sh:/lay-tree:ro`,
          reference,
          ...command,
        ],
        { encoding: 'utf8', timeout: 60_000 },
      );

    beforeAll(async () => {
      reference = await image();
      tree = mkdtempSync(join(tmpdir(), 'coop-tree-'));
      given = make();
      const { tar } = archive(renderHost(given));
      execFileSync('sh', ['-c', 'base64 -d | tar -xC "$1"', 'sh', tree], { input: tar });
      cpSync(new URL('lay-tree.sh', import.meta.url).pathname, join(tree, 'lay-tree.sh'));
      chmodSync(join(tree, 'lay-tree.sh'), 0o755);
      writeFileSync(join(tree, 'host-key'), given.config.secrets.hostKey ?? '', { mode: 0o600 });
    }, 600_000);
    afterAll(() => rmSync(tree, { recursive: true, force: true }));

    it.each(checkers)(
      '%s finds nothing wrong',
      (name, command) => {
        const { status, stdout, stderr } = inContainer(command);
        expect(`${stdout}${stderr}`.trim()).toBe(name === 'dockerd --validate' ? 'configuration OK' : '');
        expect(status).toBe(0);
      },
      60_000,
    );

    it('Compose takes every plain variable exactly as it was given', () => {
      const { stdout } = inContainer([
        'docker',
        'compose',
        '-f',
        '/opt/social.coop/compose.yaml',
        'config',
        '--format',
        'json',
      ]);
      const read = JSON.parse(stdout).services.web.environment as Record<string, string>;
      const { plain } = appEnvironment(given);
      // `config` writes what it could be given again: a dollar twice.
      const taken = Object.fromEntries(
        Object.keys(plain).map((key) => [key, read[key]?.replaceAll('$$', '$')]),
      );
      expect(taken).toEqual(plain);
    }, 60_000);

    it('sudo is for the admins’ group, and sshd for keys of named people in root’s directory', () => {
      const { stdout } = inContainer(['bash', '-c', 'sshd -T -C user=root,host=a,addr=198.51.100.9']);
      const effective = Object.fromEntries(
        stdout
          .trim()
          .split('\n')
          .map((line) => [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)]),
      );
      expect(effective).toMatchObject({
        passwordauthentication: 'no',
        kbdinteractiveauthentication: 'no',
        permitrootlogin: 'without-password',
        disableforwarding: 'yes',
        x11forwarding: 'no',
        authorizedkeysfile: '/etc/ssh/authorized_keys.d/%u',
        authenticationmethods: 'publickey',
        hostkey: '/etc/ssh/ssh_host_ed25519_key',
      });
      const allowed = stdout
        .split('\n')
        .filter((line) => line.startsWith('allowusers '))
        .map((line) => line.split(' ')[1]);
      expect(allowed.sort()).toEqual([...Object.keys(given.config.admins), 'root'].sort());
    }, 60_000);
  });
}
