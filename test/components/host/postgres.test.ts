import { describe, expect, it } from 'vitest';
import { registries } from '../../../components/host/firewall.ts';
import { imagesOf } from '../../../components/host/images.ts';
import { pgbackrestConfig } from '../../../components/host/pgbackrest.ts';
import { postgresConfig } from '../../../components/host/postgres.ts';
import { renderHost } from '../../../components/host/render.ts';
import { scramVerifier } from '../../../components/host/scram.ts';
import { facts } from '../../fixtures/facts.ts';

describe('database and backups', () => {
  it('follow the configured RPO, connections and retention', () => {
    const given = facts({
      config: { rpo: 10, backupDays: 7, database: { maxConnections: 321, sharedBuffersMb: 512 } },
    });
    expect(postgresConfig(given)).toContain('archive_timeout = 10\n');
    expect(postgresConfig(given)).toContain('max_connections = 321\n');
    expect(postgresConfig(given)).toContain("shared_buffers = '512MB'\n");
    expect(pgbackrestConfig(given)).toContain('repo1-retention-full=7\n');
  });

  it('never set a limit at which pgBackRest drops WAL and reports success', () => {
    expect(pgbackrestConfig(facts())).not.toContain('queue-max');
    expect(pgbackrestConfig(facts())).not.toContain('repo2');
  });

  it('give a role the verifier of its password: RFC 5802 with a salt that repeats', () => {
    const verifier = scramVerifier('mastodon', 'pencil');
    expect(verifier).toMatch(
      /^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/,
    );
    expect(scramVerifier('mastodon', 'pencil')).toBe(verifier);
    expect(scramVerifier('postgres', 'pencil')).not.toBe(verifier);
  });
});

describe('a database image without a registry', () => {
  const given = facts({ config: { images: { ...facts().config.images, postgres: 'build' } } });

  it('is built on the machine from a context that the tree carries, under the name compose.yaml has', () => {
    const files = renderHost(given);
    const name = imagesOf(given.config).postgres;
    expect(name).toMatch(/^social-coop\/postgres:[0-9a-f]{16}$/);
    expect(files.find(({ path }) => path.endsWith('/compose.yaml'))?.content).toContain(`image: ${name}\n`);
    expect(
      files.find(({ path }) => path === '/opt/social.coop/images/postgres/Dockerfile')?.content,
    ).toContain('FROM debian');
    expect(registries(given)).not.toContain('build');
  });
});
