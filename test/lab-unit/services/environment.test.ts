import './scratch.ts';
import { mkdirSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { labDir, paths } from '../../../lab/paths.ts';
import { labEnvironment, shellEnvironment, writeEnvironment } from '../../../lab/services/environment.ts';
import { ensureTokens } from '../../../lab/services/tokens.ts';
import { shell } from '../../../lab/shell.ts';

test('without a lab there is no shell, and the remedy is named', () => {
  expect(() => shellEnvironment()).toThrow('start it: coop lab up');
});

test('nothing of the caller’s real world enters the lab’s shell', () => {
  const tokens = ensureTokens(['social.coop']);
  writeEnvironment(labEnvironment('/engine/bin', tokens));
  const env = shellEnvironment({
    PATH: '/usr/bin',
    HOME: '/home/me',
    DIGITALOCEAN_TOKEN: 'real',
    AWS_ACCESS_KEY_ID: 'real',
    PULUMI_ACCESS_TOKEN: 'real',
    PULUMI_CONFIG_PASSPHRASE: 'real',
    CLOUDFLARE_API_KEY: 'real',
    SPACES_ACCESS_KEY_ID: 'real',
    HCLOUD_ENDPOINT: 'https://real.example',
    COOP_PASSPHRASE_COMMAND: 'pass real',
  });
  expect(Object.entries(env).filter(([, value]) => value.includes('real'))).toEqual([]);
  expect(env).toMatchObject({
    COOP_LAB: '1',
    HOME: '/home/me',
    DIGITALOCEAN_TOKEN: tokens.digitalocean,
    PULUMI_BACKEND_URL: `file://${labDir}/state`,
    PULUMI_HOME: `${labDir}/home`,
    PULUMI_CONFIG_PASSPHRASE_FILE: `${labDir}/passphrase`,
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    LAB_CLOUD: `${labDir}/run/cloud.sock`,
    HCLOUD_ENDPOINT: 'http://127.18.0.1:4180/hcloud/v1',
    SPACES_ENDPOINT_URL: 'http://127.18.0.1:4180/spaces/{{.Region}}',
  });
});

test('Node 24 and the engine come first, the scripts last: one of them is called test', () => {
  const path = shellEnvironment({ PATH: '/usr/bin' }).PATH?.split(':') ?? [];
  expect(path[0]).toMatch(/node_modules\/\.bin$/);
  expect(path.slice(1, 3)).toEqual(['/engine/bin', '/usr/bin']);
  expect(path.at(-1)).toMatch(/scripts$/);
});

test('tokens are readable by their owner alone', () => {
  for (const file of [paths.env, paths.tokens]) expect(statSync(file).mode & 0o077, file).toBe(0);
});

test('a command in the shell runs in the project, with the lab’s Node, and its exit code comes back', async () => {
  mkdirSync(paths.project, { recursive: true });
  const check =
    'test "$PWD" = "$0" && test "$COOP_LAB" = 1 && node -e "process.exit(parseInt(process.version.slice(1)))"';
  expect(await shell(['sh', '-c', check, paths.project])).toBe(24);
  expect(await shell(['/no/such/program'])).toBe(127);
});
