import { describe, expect, it } from 'vitest';
import { renderHost } from '../../../components/host/render.ts';
import { facts } from '../../fixtures/facts.ts';

describe('database clients', () => {
  const secrets = { ...facts().config.secrets, databaseClients: { metrics: 'a-password-of-metrics' } };
  const metrics = { port: 5433, read: ['accounts'], write: [], connections: 2 };
  const given = facts({ config: { databaseClients: { metrics }, secrets } });
  const files = renderHost(given);
  const content = (path: string) => files.find((file) => file.path === path)?.content ?? '';

  it('have a port on loopback and only there', () => {
    const socket = content('/etc/systemd/system/database-client@metrics.socket');
    expect(socket.match(/^Listen.*$/gm)).toEqual(['ListenStream=127.0.0.1:5433']);
    expect(content('/etc/systemd/system/database-client@metrics.service')).toContain(
      '--connections-max=2 --exit-idle-time=10min 198.19.2.254:5432\n',
    );
    const standby = { ...given, machine: { ...given.machine, role: 'secondary' as const } };
    for (const other of [facts(), standby])
      expect(renderHost(other).filter(({ path }) => path.includes('database-client@'))).toEqual([]);
  });

  it('are whom the database lets in from the machine, before it lets in nobody else', () => {
    const lines = content('/etc/social.coop/postgres/pg_hba.conf').split('\n');
    const at = (line: string) => lines.indexOf(line);
    expect(at('host mastodon_production metrics 198.19.2.1/32 scram-sha-256')).toBeGreaterThan(0);
    expect(at('host all all 198.19.2.1/32 reject')).toBeGreaterThan(
      at('host mastodon_production metrics 198.19.2.1/32 scram-sha-256'),
    );
    expect(lines.findIndex((line) => line.includes(' mastodon '))).toBeGreaterThan(
      at('host all all 198.19.2.1/32 reject'),
    );
  });

  it('never show their password on the machine, save in the recovery kit', () => {
    const others = files.filter(({ path }) => path !== '/etc/social.coop/recovery/kit.json');
    expect(others.filter((file) => file.content.includes('a-password-of-metrics'))).toEqual([]);
    expect(content('/etc/social.coop/postgres/clients.json')).toContain('SCRAM-SHA-256$4096:');
  });
});
