import { expect, it } from 'vitest';
import { parseConfig } from '../../../components/config.ts';
import { renderHost } from '../../../components/host/render.ts';
import { copyOfDump } from '../../../components/restore/merge.ts';
import { renderPreparation } from '../../../components/restore/preparation.ts';
import { engineConfig, stackFile } from '../../fixtures/stack.ts';
import { options } from '../support/config.ts';

const dump = {
  ...{ endpoint: 's3.example.org', region: 'x', bucket: 'their.dumps', keys: ["it's a dump/", 'b.sql'] },
};
const key = { dumpAccessKey: 'READER', dumpSecretKey: 'secret/of-the+reader' };

function merged(restore: object, secrets: object = key) {
  const file = stackFile({ federation: 'open', alerts: { mail: 'ops@example.org' } });
  const own = { ...file, recovery: undefined, restore, secrets: { ...(file.secrets as object), ...secrets } };
  return copyOfDump(engineConfig(own as never), 'instance', 'rehearsal-1');
}
const parse = (raw: Record<string, string>) => parseConfig(raw, { ...options, stack: 'rehearsal-1' });

it('a copy of dumps is what its file says, and silent as every copy is', () => {
  const config = parse({ ...merged({ dump, media: 'empty' }) });
  expect(config).toMatchObject({
    ...{ domain: 'staging.social.coop', federation: 'off', dns: { provider: 'none' }, protect: false },
    restore: { dump: { ...dump, secrets: false }, media: 'empty', fenced: true, hours: 6 },
    mail: { host: 'nowhere.invalid' },
    secrets: key,
  });
  expect(config.alerts.mail).toBeUndefined();
});

it.each([
  [{ from: 'prod', dump, media: 'empty' }, key, /cannot be beside restore\.from — instance:restore\.dump/],
  [{ dump, media: 'read-only' }, key, /must be empty with restore\.dump — instance:restore\.media/],
  [{ dump, media: 'empty', at: '2026-11-01T00:00:00Z' }, key, /instance:restore\.at.*one moment only/],
  [{ dump, media: 'empty' }, {}, /secrets\.dumpAccessKey[\s\S]*secrets\.dumpSecretKey/],
  [{ media: 'empty' }, key, /is missing — instance:restore\.from/],
])('%j is refused', (restore, secrets, words) => {
  expect(() => parse({ ...merged(restore, secrets) })).toThrow(words);
});

it('the key to the dumps arrives behind the fence and not before, and there is no repository', () => {
  const config = parse({ ...merged({ dump, media: 'empty' }) });
  const place = { ...dump, accessKey: key.dumpAccessKey, secretKey: key.dumpSecretKey };
  const facts = {
    ...{ stack: 'rehearsal-1', config, media: { ...place, secretKey: 'none' }, backups: place },
    machine: { name: 'x-primary', address: '203.0.113.10', role: 'primary' as const },
  };
  const content = (path: string) => renderHost(facts).find((file) => file.path === path)?.content ?? '';
  expect(content('/etc/social.coop/rclone.conf')).toContain(key.dumpSecretKey);
  expect(JSON.parse(content('/etc/social.coop/dumps.json'))).toEqual(dump.keys);
  const settings = content('/etc/social.coop/stack.env').split('\n');
  const wanted = ["RESTORE_DUMP='1'", "RESTORE_SECRETS=''", "FENCE_ENDPOINTS='s3.example.org'"];
  expect(settings).toEqual(expect.arrayContaining(wanted));
  expect(content('/etc/social.coop/postgres/pgbackrest.conf')).not.toMatch(/repo1|secret/);
  for (const { content } of renderPreparation(facts)) expect(content).not.toContain(key.dumpSecretKey);
});
