import { describe, expect, it } from 'vitest';
import { secrets } from '../../components/config/secrets.ts';
import { leaving, showLeaving } from '../../scripts/lib/leaving.ts';
import { rotations } from '../../scripts/lib/rotations.ts';

// What these two hold is named by each stack.
const named = ['environment', 'databaseClients'];
const names = Object.keys(secrets.shape).filter((name) => !named.includes(name));
const all = Object.fromEntries(names.map((name) => [name, '[secret]']));
const config = {
  primary: { provider: 'hetzner' },
  secondary: { provider: 'digitalocean' },
  storage: { provider: 'spaces' },
  dns: { provider: 'cloudflare' },
  mail: { host: 'smtp.example.org' },
  secrets: all,
};

describe('the table of rotations', () => {
  it('knows every secret of a stack file once', () => {
    expect(rotations.flatMap((rotation) => rotation.secrets).sort()).toEqual(Object.keys(all).sort());
    const names = rotations.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('says of each what happens, or why it cannot', () => {
    for (const { name, way, order, downtime, undo } of rotations) {
      expect(order.length > 0, name).toBe(way !== 'never');
      expect(downtime, name).not.toBe('');
      expect(undo, name).not.toBe('');
      if (way === 'never') expect(downtime, name).toMatch(/^cannot be rotated: /);
    }
  });
});

describe('what is to be done when somebody leaves', () => {
  it('names a command for each secret they could read, and what lies outside', () => {
    const list = leaving('prod', config);
    const commands = [...list.sudo, ...list.passphrase].map(({ command }) => command);
    const can = rotations.filter(({ way }) => way !== 'never').map(({ name }) => `coop rotate ${name} prod`);
    expect(commands.sort()).toEqual(can.sort());
    expect(list.passphrase.map(({ command }) => command)).toContain('coop rotate deployKey prod');
    expect(list.outside.map(({ what }) => what).join()).toMatch(
      /Hetzner.*DigitalOcean.*Cloudflare.*smtp\.example/,
    );
    expect(list.outside[0]?.how).toBe('pulumi stack change-secrets-provider passphrase --stack prod');
  });

  it('names what only this stack calls a secret', () => {
    const own = {
      ...all,
      databaseClients: { stats: '[secret]' },
      environment: { HCAPTCHA_SECRET_KEY: '[secret]' },
    };
    const commands = leaving('prod', { ...config, secrets: own }).sudo.map(({ command }) => command);
    expect(commands.join('\n')).toMatch(/secrets\.databaseClients\.stats;/);
    expect(commands.join('\n')).toMatch(/secrets\.environment\.HCAPTCHA_SECRET_KEY;/);
  });

  it('leaves out what a stack does not have', () => {
    const { smtpPassword: _, ...others } = all;
    const list = leaving('alpha', { ...config, secondary: undefined, storage: undefined, secrets: others });
    expect(list.sudo.map(({ command }) => command)).not.toContain('coop rotate smtpPassword alpha');
    expect(list.outside.map(({ what }) => what).join()).not.toContain('DigitalOcean');
  });

  it('is shown with the losses that a rotation would bring', () => {
    const shown = showLeaving('bo', leaving('prod', config));
    expect(shown).toMatch(/coop rotate secretKeyBase prod\n +only if need be: every browser is logged out/);
    for (const line of shown.split('\n')) expect(line).not.toMatch(/undefined|\[secret\]/);
  });
});
