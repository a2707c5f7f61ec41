import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderHost } from '../../../components/host/render.ts';
import { facts } from '../../fixtures/facts.ts';
import { at, files, given } from '../support/rendered.ts';

describe('compose.yaml', () => {
  interface Service {
    image: string;
    ports?: string[];
    networks: string[];
    logging: { driver: string };
    healthcheck: unknown;
    mem_limit: string;
    restart: string;
    security_opt: string[];
    cap_drop: string[];
    extra_hosts?: string[];
    labels?: Record<string, string>;
    command?: string[];
  }
  const compose = (from = files) =>
    parse(at('/opt/social.coop/compose.yaml', from).content) as {
      services: Record<string, Service>;
      networks: Record<
        string,
        { internal?: boolean; enable_ipv6?: boolean; driver_opts: Record<string, string> }
      >;
    };

  it('has a service for each replica of each process, and what they stand on', () => {
    expect(Object.keys(compose().services)).toEqual([
      'db',
      'redis',
      'web',
      'web-2',
      'streaming',
      'sidekiq-default-q',
      'sidekiq-push-q',
      'sidekiq-pull-q',
      'sidekiq',
      'sidekiq-scheduler',
    ]);
    const more = renderHost(facts({ config: { processes: { 'sidekiq-pull-q': { replicas: 3 } } } }));
    expect(Object.keys(compose(more).services)).toEqual(
      expect.arrayContaining(['sidekiq-pull-q', 'sidekiq-pull-q-2', 'sidekiq-pull-q-3']),
    );
  });

  it('publishes on loopback only, and neither database nor redis at all', () => {
    const { services } = compose();
    for (const [name, { ports }] of Object.entries(services))
      for (const port of ports ?? [])
        expect(port, name).toMatch(/^127\.0\.0\.1:(3000:3000|3001:3001|4000:4000)$/);
    expect(services.db?.ports ?? services.redis?.ports).toBeUndefined();
  });

  it('keeps database and redis on the internal network alone', () => {
    const { services, networks } = compose();
    expect(Object.keys(services.db?.networks ?? {})).toEqual(['coop-int']);
    expect(services.redis?.networks).toEqual(['coop-int']);
    expect(networks['coop-int']).toMatchObject({ internal: true });
    expect(networks['coop-out']).toMatchObject({ enable_ipv6: true });
    expect(networks['coop-out']?.driver_opts['com.docker.network.bridge.name']).toBe('coop-out');
  });

  it('gives every container a digest, limits, a health check, the journal and no privileges', () => {
    for (const [name, service] of Object.entries(compose().services)) {
      expect(service.image, name).toMatch(/@sha256:[0-9a-f]{64}$/);
      expect(service, name).toMatchObject({
        logging: { driver: 'journald' },
        restart: 'unless-stopped',
        security_opt: ['no-new-privileges:true'],
        cap_drop: ['ALL'],
      });
      expect(service.healthcheck, name).toBeDefined();
      expect(service.mem_limit, name).toMatch(/^\d+m$/);
    }
  });

  it('changes exactly the containers that read a file, when the file changes', () => {
    const other = structuredClone(given);
    other.config.secrets.redisPassword = 'another-password-of-thirty-letters';
    const [before, after] = [compose(), compose(renderHost(other))];
    const changed = Object.keys(before.services).filter(
      (name) => JSON.stringify(before.services[name]) !== JSON.stringify(after.services[name]),
    );
    expect(changed).not.toContain('db');
    // It takes a new password while it runs.
    expect(changed).not.toContain('redis');
    expect(changed).toHaveLength(8);
  });

  it('recreates no container for a new backups key: pgBackRest reads it at each call', () => {
    const other = structuredClone(given);
    other.backups.secretKey = 'another-secret-key';
    expect(compose(renderHost(other))).toEqual(compose());
  });
});
