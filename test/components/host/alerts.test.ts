import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Secrets, StackConfig } from '../../../components/config.ts';
import { alertFiles } from '../../../components/host/alerts.ts';
import { renderHost } from '../../../components/host/render.ts';
import { checkout } from '../../../scripts/lib/paths.ts';
import { facts } from '../../fixtures/facts.ts';
import { at, files, given } from '../support/rendered.ts';

const alertWebhook = 'https://hooks.example.org/webhook/abc-def';
const deadMansSwitch = 'https://hc.example.org/ping/1234';
const told = (config: Partial<StackConfig> = {}, secrets: Partial<Secrets> = {}) => {
  const all = { ...given.config.secrets, alertWebhook, deadMansSwitch, ...secrets };
  const alerts = { mail: 'ops@example.org', againHours: 6 };
  return facts({ config: { alerts, ...config, secrets: all } });
};
const of = (name: string, from = told()) =>
  alertFiles(from)
    .find((file) => file.name === name)
    ?.content.split('\n') ?? [];

describe('the ways people are told', () => {
  it('are those that the configuration names, and none without', () => {
    expect(alertFiles(facts())).toEqual([]);
    expect(alertFiles(told()).map(({ name }) => name)).toEqual(['webhook.curl', 'mail.curl', 'switch.curl']);
    expect(of('webhook.curl')).toContain(`url = "${alertWebhook}"`);
    expect(of('switch.curl')).toContain(`url = "${deadMansSwitch}"`);
  });

  it('lie where only root reads them, and their addresses nowhere else', () => {
    const tree = renderHost(told());
    for (const secret of [alertWebhook, deadMansSwitch]) {
      const found = tree.filter(({ content }) => content.includes(secret));
      expect(found.length).toBeGreaterThan(0);
      for (const { path, mode, owner } of found) {
        expect(path).toMatch(/^\/etc\/social\.coop\/(alert|recovery)\//);
        expect([mode, owner], path).toEqual([0o600, 'root']);
      }
    }
    expect(at('/etc/social.coop/alert/mail.curl', tree).mode).toBe(0o600);
  });

  it('do not let a machine that stands by say that the one that serves is well', () => {
    const primary = told();
    const standby = { ...primary, machine: { ...primary.machine, role: 'secondary' as const } };
    expect(alertFiles(standby).map(({ name }) => name)).toEqual(['webhook.curl', 'mail.curl']);
  });

  it.each([
    [{ port: 465 }, 'smtps://smtp.example.org:465/', undefined],
    [{ port: 587 }, 'smtp://smtp.example.org:587/', 'ssl-reqd'],
    [{ port: 25 }, 'smtp://smtp.example.org:25/', 'ssl'],
    [{ port: 2525, encryption: 'tls' }, 'smtps://smtp.example.org:2525/', undefined],
  ] as const)('hand mail over to the relay as the app does: %j', (mail, url, option) => {
    const { user: _, ...relay } = given.config.mail;
    const lines = of('mail.curl', told({ mail: { ...relay, ...mail } }));
    expect(lines).toContain(`url = "${url}staging.social.coop"`);
    expect(lines.filter((line) => /^ssl/.test(line))).toEqual(option ? [option] : []);
    expect(lines).toContain('mail-from = "staging@social.coop"');
    expect(lines).toContain('mail-rcpt = "ops@example.org"');
    expect(lines.join()).not.toContain('login-options');
  });

  it('carry any password of the relay whole', () => {
    const smtpPassword = 'a:b@c/d "e" \\ #f;g%h';
    const lines = of('mail.curl', told({ mail: { ...given.config.mail, auth: 'login' } }, { smtpPassword }));
    const url = /^url = "(.*)"$/.exec(lines.find((line) => line.startsWith('url')) ?? '')?.[1] ?? '';
    const { username, password, host } = new URL(url.replace('smtp:', 'https:'));
    expect([username, decodeURIComponent(password), host]).toEqual([
      'staging',
      smtpPassword,
      'smtp.example.org:587',
    ]);
    expect(lines).toContain('login-options = "AUTH=LOGIN"');
  });
});

describe('every service that fails', () => {
  const services = files.filter(({ path }) => /^\/etc\/systemd\/system\/[^/]+\.service$/.test(path));
  const dropIn = '/etc/systemd/system/service.d/10-social-coop-alert.conf';

  it('is told of by one file that systemd applies to each of them, on either machine', () => {
    const standby = renderHost({ ...given, machine: { ...given.machine, role: 'secondary' } });
    for (const tree of [files, standby]) {
      expect(at(dropIn, tree).content).toMatch(/^\[Unit\]\nOnFailure=alert@%n\.service$/m);
      expect(at('/etc/systemd/system/alert@.service', tree).content).toMatch(
        /^ExecStart=\/opt\/social\.coop\/libexec\/alert failed %i$/m,
      );
    }
    // A file of the same name, or another OnFailure, would take it away.
    expect(services.length).toBeGreaterThan(10);
    for (const { path } of services) {
      const own = path.replace(/$/, '.d/10-social-coop-alert.conf');
      expect(
        files.some((file) => file.path === own),
        path,
      ).toBe(path.includes('/alert@'));
    }
  });

  it('sends people to a runbook that there is: its own, or the one of services', () => {
    const there = (name: string) => existsSync(join(checkout, 'host/opt/social.coop/runbooks', name));
    const named = services.flatMap(({ path, content }) =>
      [...content.matchAll(/^Documentation=.*file:\/\/\/opt\/social\.coop\/runbooks\/(\S+)/gm)].map(
        ([, name = '']) => [path, name] as const,
      ),
    );
    expect(named.length).toBeGreaterThan(8);
    for (const [path, name] of named) expect(there(name), `${path}: ${name}`).toBe(true);
    expect(there('services.txt')).toBe(true);
  });
});
