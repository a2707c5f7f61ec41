import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { registries } from '../../../components/host/firewall.ts';
import { renderHost } from '../../../components/host/render.ts';
import { stackEnvironment } from '../../../components/host/stack-env.ts';
import type { HostFacts } from '../../../components/host/types.ts';
import { facts } from '../../fixtures/facts.ts';

describe('search', () => {
  const elastic = `docker.elastic.co/elasticsearch/elasticsearch:7.17.29@sha256:${'e'.repeat(64)}`;
  const given = facts({
    config: {
      search: { enabled: true, memoryMb: 2001 },
      images: { ...facts().config.images, search: elastic },
    },
  });
  const contentOf = (path: string, from: HostFacts) =>
    renderHost(from).find((file) => file.path === path)?.content ?? '';
  const compose = (from: HostFacts) => parse(contentOf('/opt/social.coop/compose.yaml', from));

  it('is off unless asked for: no service, no volume, no variable, no kernel setting', () => {
    const off = facts();
    expect(Object.keys(compose(off).services)).not.toContain('es');
    expect(compose(off).volumes).toBeUndefined();
    expect(contentOf('/opt/social.coop/.env.production', off)).not.toContain('ES_');
    expect(contentOf('/etc/sysctl.d/60-social-coop-search.conf', off)).toBe('');
    expect(stackEnvironment(off).OTHER_SERVICES).not.toMatch(/\bes\b/);
  });

  it('runs on the internal network alone, in a profile and a volume of its own, with half its memory as heap', () => {
    const { es } = compose(given).services;
    expect(es).toMatchObject({
      image: elastic,
      profiles: ['search'],
      networks: ['coop-int'],
      mem_limit: '2001m',
      memswap_limit: '2001m',
      volumes: ['search:/usr/share/elasticsearch/data'],
      cap_drop: ['ALL'],
    });
    expect(es.ports).toBeUndefined();
    expect(es.environment.ES_JAVA_OPTS).toMatch(/^-Xms1000m -Xmx1000m /);
    expect(compose(given).volumes).toEqual({ search: { name: 'instance-search' } });
  });

  it('is known to the app, to apply and to the kernel', () => {
    const plain = contentOf('/opt/social.coop/.env.production', given).split('\n');
    expect(plain.filter((line) => line.startsWith('ES_'))).toEqual([
      "ES_ENABLED='true'",
      "ES_HOST='es'",
      "ES_PORT='9200'",
      "ES_PRESET='single_node_cluster'",
    ]);
    expect(stackEnvironment(given)).toMatchObject({ IMAGE_SEARCH: elastic });
    expect(stackEnvironment(given).OTHER_SERVICES?.split(' ')).toContain('es');
    expect(contentOf('/etc/sysctl.d/60-social-coop-search.conf', given)).toContain(
      'vm.max_map_count = 262144',
    );
    expect(registries(given)).toContain('docker.elastic.co');
  });
});
