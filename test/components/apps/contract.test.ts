import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  type App,
  type AppName,
  apps,
  checkProcesses,
  checkVersion,
  parseVersion,
  resolveProcesses,
  type Version,
} from '../../../components/apps/index.ts';
import { appEnvironment } from '../../../components/host/app-environment.ts';
import { renderHost } from '../../../components/host/render.ts';
import { facts } from '../../fixtures/facts.ts';

/** What docs/adding-an-app.md asks for: one object, derived from a relative where there is one. */
const third: App = {
  ...apps.mastodon,
  name: 'third',
  versions: { pattern: /^\d+\.\d+\.\d+\+third$/, example: '4.6.1+third' },
  officialImages: ({ text }) => ({
    web: `quay.io/third/web:${text}`,
    streaming: `quay.io/third/streaming:${text}`,
  }),
  queues: (version) => [...apps.mastodon.queues(version), 'thirds'],
  processes: (version) =>
    apps.mastodon
      .processes(version)
      .map((process) =>
        process.name === 'sidekiq' ? { ...process, queues: [...process.queues, 'thirds'] } : process,
      ),
  environment: (version) => new Set([...apps.mastodon.environment(version), 'THIRD_NAME']),
  home: '/opt/third',
  publicDirectory: '/opt/third/public',
};

const table = apps as Record<string, App>;
beforeAll(() => {
  table.third = third;
});
afterAll(() => {
  delete table.third;
});

describe.each(['mastodon', 'hometown', 'third'])('the app %s', (name) => {
  const app = () => table[name] as App;
  const version = () => parseVersion(app().versions.example) as Version;

  it('goes by its own name, and its example is a version of it and of nobody else', () => {
    expect(app().name).toBe(name);
    expect(checkVersion(name as AppName, app().versions.example)).toBeUndefined();
    const others = Object.values(table).filter((other) => other.name !== name);
    expect(others.filter(({ versions }) => versions.pattern.test(app().versions.example))).toEqual([]);
  });

  it('works every queue once, with one scheduler, on a machine of 8 GB', () => {
    expect(
      checkProcesses(name as AppName, app().versions.example, {}, { maxConnections: 200, memoryMb: 8192 }),
    ).toEqual([]);
    const worked = app()
      .processes(version())
      .flatMap(({ queues }) => queues);
    expect(worked.sort()).toEqual([...app().queues(version())].sort());
  });

  it('reads every variable that is handed to it', () => {
    const { plain, secret } = appEnvironment(
      facts({ config: { app: name as AppName, appVersion: app().versions.example } }),
    );
    const unread = [...Object.keys(plain), ...Object.keys(secret)].filter(
      (variable) => !app().environment(version()).has(variable),
    );
    expect(unread).toEqual([]);
    for (const process of resolveProcesses(app(), version(), {}))
      for (const variable of Object.keys(process.environment))
        expect(app().environment(version()).has(variable), variable).toBe(true);
  });

  it('gives nginx a web process and a streaming process to talk to', () => {
    const ports = Object.fromEntries(
      app()
        .processes(version())
        .map((process) => [process.name, process.ports]),
    );
    expect(ports.web?.length).toBeGreaterThan(1);
    expect(ports.streaming).toHaveLength(1);
  });

  it('renders a whole machine', () => {
    const files = renderHost(facts({ config: { app: name as AppName, appVersion: app().versions.example } }));
    const content = (path: string) => files.find((file) => file.path === path)?.content ?? '';
    const { services } = parse(content('/opt/social.coop/compose.yaml')) as {
      services: Record<string, { working_dir?: string }>;
    };
    for (const process of app().processes(version()))
      expect(services[process.name]?.working_dir, process.name).toBe(app().home);
    const env = content('/etc/social.coop/stack.env');
    expect(env).toMatch(new RegExp(`^APP='?${name}'?$`, 'm'));
    expect(env).toContain(app().versions.example);
  });
});
