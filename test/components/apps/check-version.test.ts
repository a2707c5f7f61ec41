import { describe, expect, it } from 'vitest';
import { type AppName, apps, checkVersion } from '../../../components/apps/index.ts';

const said = (app: AppName, version: string) => {
  const problem = checkVersion(app, version);
  return problem && `${problem.reason} — ${problem.remedy}`;
};

describe('checkVersion', () => {
  it.each([
    ['mastodon', '4.4.0'],
    ['mastodon', '4.7.4'],
    ['mastodon', '4.6.0-rc.1'],
    ['hometown', '4.5.11+hometown-1.2.1'],
  ] as const)('takes %s %s', (app, version) => expect(said(app, version)).toBeUndefined());

  it("refuses a version that is another app's, and names both ways out", () => {
    expect(said('hometown', '4.5.20')).toBe(
      'is a version of mastodon, and the app is hometown — write one of hometown, like 4.5.11+hometown-1.2.1, or set app to mastodon',
    );
    expect(said('mastodon', '4.5.11+hometown-1.2.1')).toBe(
      'is a version of hometown, and the app is mastodon — write one of mastodon, like 4.5.20, or set app to hometown',
    );
  });

  it('refuses what is older than the oldest supported Mastodon below it', () => {
    expect(said('hometown', '4.2.17+hometown-1.1.1')).toBe(
      'older than hometown 4.4 — use 4.4.0 or later, written like 4.5.11+hometown-1.2.1',
    );
    expect(said('mastodon', '4.3.17')).toContain('older than mastodon 4.4');
  });

  it.each(['latest', '4.5', '', 'v1.1.1+4.2.10', '4.5.11-hometown-1.2.1+'])(
    'refuses %j of either',
    (version) => {
      for (const app of Object.keys(apps) as AppName[])
        expect(said(app, version), app).toMatch(/^is not a version of/);
    },
  );
});
