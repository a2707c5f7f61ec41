import { describe, expect, it } from 'vitest';
import {
  apps,
  checkProcesses,
  parseVersion,
  resolveProcesses,
  type Version,
} from '../../../components/apps/index.ts';

const roomy = { maxConnections: 200, memoryMb: 8192 };
const keys = (...args: Parameters<typeof checkProcesses>) => checkProcesses(...args).map(({ key }) => key);

describe('checkProcesses', () => {
  it('finds nothing wrong with the defaults on an 8 GB machine, for every supported minor version', () => {
    for (const version of ['4.4.27', '4.5.20', '4.6.1', '4.7.4'])
      expect(checkProcesses('mastodon', version, {}, roomy), version).toEqual([]);
  });

  it('names the queue that no process would work, and the process that works it', () => {
    const [problem, ...rest] = checkProcesses(
      'mastodon',
      '4.5.20',
      { 'sidekiq-push-q': { replicas: 0 } },
      roomy,
    );
    expect(rest).toEqual([]);
    expect(problem).toMatchObject({ key: 'processes.sidekiq-push-q.replicas', value: '0' });
    expect(problem?.reason).toContain("'push'");
  });

  it('names every queue of a process that works several, fasp among them since 4.4', () => {
    const reasons = checkProcesses('mastodon', '4.4.0', { sidekiq: { replicas: 0 } }, roomy).map(
      ({ reason }) => reason,
    );
    for (const queue of ['ingress', 'mailers', 'fasp']) expect(reasons.join()).toContain(`'${queue}'`);
  });

  it('refuses two schedulers', () => {
    expect(keys('mastodon', '4.5.20', { 'sidekiq-scheduler': { replicas: 2 } }, roomy)).toEqual([
      'processes.sidekiq-scheduler.replicas',
    ]);
  });

  it('refuses no scheduler', () => {
    expect(keys('mastodon', '4.5.20', { 'sidekiq-scheduler': { replicas: 0 } }, roomy)).toEqual([
      'processes.sidekiq-scheduler.replicas',
    ]);
  });

  it('refuses pools over max_connections and says the sum', () => {
    const [problem] = checkProcesses('mastodon', '4.5.20', {}, { ...roomy, maxConnections: 87 });
    // web 2 × 2 × 5, streaming 10, four Sidekiqs of 10, the scheduler's 5: 75, and 13 are kept free.
    expect(problem).toMatchObject({ key: 'database.maxConnections', value: '87' });
    expect(problem?.reason).toContain('75');
    expect(checkProcesses('mastodon', '4.5.20', {}, { ...roomy, maxConnections: 88 })).toEqual([]);
  });

  it('counts replicas and concurrency of overrides into the pools', () => {
    const overrides = { 'sidekiq-default-q': { replicas: 12, concurrency: 25, memoryMb: 64 } };
    expect(keys('mastodon', '4.5.20', overrides, roomy)).toContain('database.maxConnections');
  });

  it('refuses memory limits that exceed the machine, and says by how much', () => {
    const [problem] = checkProcesses('mastodon', '4.5.20', {}, { ...roomy, memoryMb: 4096 });
    expect(problem).toMatchObject({ key: 'processes' });
    expect(problem?.reason).toContain('4096');
  });

  it('names every unknown process and every impossible number at once', () => {
    const overrides = {
      sidekick: { replicas: 1 },
      web: { replicas: 3 },
      streaming: { concurrency: 0 },
      sidekiq: { memoryMb: 1.5 },
    };
    expect(keys('mastodon', '4.5.20', overrides, roomy).sort()).toEqual([
      'processes.sidekick',
      'processes.sidekiq.memoryMb',
      'processes.streaming.concurrency',
      'processes.web.replicas',
    ]);
  });

  it.each(['4.3.17', 'latest', '4.5', ''])('refuses the version %j', (version) => {
    expect(keys('mastodon', version, {}, roomy)).toEqual(['appVersion']);
  });
});

describe('the process list', () => {
  const version = parseVersion('4.5.20') as Version;

  it('works each queue of the version exactly once', () => {
    const worked = apps.mastodon.processes(version).flatMap(({ queues }) => queues);
    expect(worked.sort()).toEqual([...apps.mastodon.queues(version)].sort());
  });

  it('gives web two ports, so that one serves while the other restarts', () => {
    const web = apps.mastodon.processes(version).find(({ name }) => name === 'web');
    expect(web).toMatchObject({ replicas: 2, ports: [3000, 3001] });
  });

  it('carries an override of concurrency into command, pool and variables', () => {
    const processes = resolveProcesses(apps.mastodon, version, {
      'sidekiq-pull-q': { concurrency: 33 },
      web: { concurrency: 7 },
    });
    const pull = processes.find(({ name }) => name === 'sidekiq-pull-q');
    expect(pull?.command.join(' ')).toBe('bundle exec sidekiq -c 33 -q pull');
    expect(pull).toMatchObject({ pool: 33, environment: { DB_POOL: '33' } });
    const web = processes.find(({ name }) => name === 'web');
    expect(web?.command.join(' ')).toBe('bundle exec puma -C config/puma.rb');
    expect(web).toMatchObject({ pool: 14, environment: { DB_POOL: '7', MAX_THREADS: '7' } });
  });

  it('reads versions with a suffix, as forks write them', () => {
    expect(parseVersion('v4.5.11+hometown-1.2.1')).toMatchObject({ major: 4, minor: 5, patch: 11 });
  });
});
