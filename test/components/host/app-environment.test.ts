import { describe, expect, it } from 'vitest';
import { apps, parseVersion, type Version } from '../../../components/apps/index.ts';
import type { Secrets, StackConfig } from '../../../components/config.ts';
import { type HostFile, renderHost } from '../../../components/host/render.ts';
import { at, given } from '../support/rendered.ts';

describe('the environment files', () => {
  const names = (path: string) =>
    at(path)
      .content.split('\n')
      .filter(Boolean)
      .map((line) => line.slice(0, line.indexOf('=')));

  it('hold only names that the app version reads', () => {
    const read = apps.mastodon.environment(parseVersion(given.config.appVersion) as Version);
    const all = [...names('/opt/social.coop/.env.production'), ...names('/etc/social.coop/app/secrets.env')];
    expect(all.filter((name) => !read.has(name))).toEqual([]);
    expect(all.length).toBeGreaterThan(30);
  });

  const withSecrets = (secrets: Partial<Secrets>, config: Partial<StackConfig> = {}) =>
    renderHost({
      ...given,
      config: { ...given.config, ...config, secrets: { ...given.config.secrets, ...secrets } },
    });
  const environments = (from: HostFile[]) => [
    at('/opt/social.coop/.env.production', from).content,
    at('/etc/social.coop/app/secrets.env', from).content,
  ];

  it('keep what an admin adds among the secrets out of the containers’ variables', () => {
    const more = withSecrets(
      { environment: { OIDC_CLIENT_SECRET: 'hush-hush' } },
      { environment: { OIDC_CLIENT_ID: 'us' } },
    );
    const [plain, secret] = environments(more);
    expect(plain).toContain("OIDC_CLIENT_ID='us'");
    expect(secret).toContain("OIDC_CLIENT_SECRET='hush-hush'");
    expect(more.filter(({ content }) => content.includes('hush-hush'))).toHaveLength(1);
  });

  it.each([
    [{ provider: 'deepl', plan: 'pro' }, "DEEPL_PLAN='pro'", "DEEPL_API_KEY='hush-hush'", 'api.deepl.com'],
    [
      { provider: 'libretranslate', endpoint: 'https://lt.example.org:8443' },
      "LIBRE_TRANSLATE_ENDPOINT='https://lt.example.org:8443'",
      "LIBRE_TRANSLATE_API_KEY='hush-hush'",
      'lt.example.org',
    ],
  ] as const)(
    'hold the translation service %j, which stays reachable while federation is off',
    (translation, ...expected) => {
      const more = withSecrets({ translationKey: 'hush-hush' }, { translation });
      const [plain, secret] = environments(more);
      expect(plain).toContain(expected[0]);
      expect(secret).toContain(expected[1]);
      expect(at('/etc/social.coop/egress', more).content).toMatch(
        new RegExp(`^${expected[2]} tcp \\d+$`, 'm'),
      );
    },
  );

  it.each([
    [{ port: 465 }, ["SMTP_TLS='true'", "SMTP_ENABLE_STARTTLS='never'", "SMTP_AUTH_METHOD='plain'"]],
    [{ port: 587 }, ["SMTP_ENABLE_STARTTLS='always'"]],
    [{ port: 2465, encryption: 'tls' }, ["SMTP_TLS='true'"]],
    [{ port: 2525, encryption: 'opportunistic' }, ["SMTP_ENABLE_STARTTLS='auto'"]],
    [
      { port: 587, auth: 'login', replyTo: 'us@x.coop' },
      ["SMTP_AUTH_METHOD='login'", "SMTP_REPLY_TO='us@x.coop'"],
    ],
  ] as const)('hand mail over as %j says', (mail, expected) => {
    const [plain] = environments(withSecrets({}, { mail: { ...given.config.mail, ...mail } }));
    for (const line of expected) expect(plain?.split('\n')).toContain(line);
    expect(plain?.includes('SMTP_TLS')).toBe((expected as readonly string[]).includes("SMTP_TLS='true'"));
  });

  it('have no secret without a password for mail', () => {
    const { smtpPassword: _, ...secrets } = given.config.secrets;
    const without = renderHost({ ...given, config: { ...given.config, secrets } });
    expect(at('/opt/social.coop/.env.production', without).content).toContain("SMTP_AUTH_METHOD='none'");
    expect(at('/etc/social.coop/app/secrets.env', without).content).not.toContain('SMTP_PASSWORD');
  });
});
