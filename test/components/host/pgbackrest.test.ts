import { describe, expect, it } from 'vitest';
import { pgbackrestConfig, pgbackrestFiles } from '../../../components/host/pgbackrest.ts';
import { renderHost } from '../../../components/host/render.ts';
import { facts } from '../../fixtures/facts.ts';

describe('a second backup repository', () => {
  const repo2 = { endpoint: 's3.example.org', region: 'us-east-1', bucket: 'elsewhere' };
  const plain = facts();
  const given = {
    ...plain,
    config: {
      ...plain.config,
      repo2,
      secrets: { ...plain.config.secrets, repo2AccessKey: 'AKIATWO', repo2SecretKey: 'secret-of-two' },
    },
  };
  const files = renderHost(given);
  const at = (path: string) => files.find((file) => file.path === path);

  it('has its own place and keys, and the same cipher and days', () => {
    const [one, both] = pgbackrestFiles(given);
    expect(one).toEqual({ name: 'pgbackrest.conf', content: pgbackrestConfig(plain) });
    expect(at('/opt/social.coop/compose.yaml')?.content).toContain(`postgres/${both?.name}\n`);
    const lines = both?.content.split('\n') ?? [];
    expect(lines).toEqual(
      expect.arrayContaining([
        'repo2-s3-endpoint=s3.example.org',
        'repo2-s3-bucket=elsewhere',
        'repo2-s3-region=us-east-1',
        'repo2-s3-key=AKIATWO',
        'repo2-s3-key-secret=secret-of-two',
      ]),
    );
    const without = (number: number) =>
      lines
        .filter((line) => line.startsWith(`repo${number}-`))
        .map((line) => line.slice(6))
        .filter((line) => !/^(s3-(key|key-secret|bucket|region|endpoint)|storage-port)=/.test(line));
    expect(without(2)).toEqual(without(1));
    expect(without(1)).toContain(`cipher-pass=${plain.config.secrets.repositoryCipher}`);
  });

  it('is reached by a way of its own, also while federation is off', () => {
    expect(at('/etc/systemd/system/repo2-storage.service')?.content).toContain(' s3.example.org:443\n');
    expect(at('/etc/systemd/system/repo2-storage.socket')?.content).toMatch(/^ListenStream=[\d.]+:9444$/m);
    expect(at('/etc/social.coop/egress')?.content).toContain('s3.example.org tcp 443\n');
    expect(at('/opt/social.coop/compose.yaml')?.content).toContain('s3.example.org:');
    const none = renderHost(plain).map(({ path }) => path);
    expect(none.filter((path) => path.includes('repo2'))).toEqual([]);
  });
});
