import { describe, expect, test } from 'vitest';
import { parseVersion } from '../../../../lab/standin/src/core/version.ts';
import { migrationsOf, pending, refusal, type SchemaState } from '../../../../lab/standin/src/schema/plan.ts';

const v = (text: string) => parseVersion(text);
const empty: SchemaState = { applied: new Set(), finished: 0 };

/** State after all of a version ran, or all but its second phase. */
function stateAfter(version: string, skipPost = false): SchemaState {
  const { minor } = v(version);
  const ran = migrationsOf(v(version)).filter(
    (one) => !(skipPost && one.phase === 'post' && one.minor === minor),
  );
  return { applied: new Set(ran.map((one) => one.version)), finished: skipPost ? minor - 1 : minor };
}

describe('order', () => {
  test('versions are unique and rise with every minor', () => {
    const all = migrationsOf(v('4.6.0'));
    const versions = all.map((one) => one.version);
    expect(new Set(versions).size).toBe(versions.length);
    expect([...versions].sort()).toEqual(versions);
    expect(all.map((one) => one.minor)).toEqual([...all.map((one) => one.minor)].sort());
  });

  test('every minor has work in both phases', () => {
    for (const minor of [404, 405, 406])
      expect(
        new Set(
          migrationsOf(v('4.6.0'))
            .filter((one) => one.minor === minor)
            .map((one) => one.phase),
        ),
      ).toEqual(new Set(['pre', 'post']));
  });

  test('code carries its own and older migrations, a fork those of its base and its own', () => {
    const mastodon = migrationsOf(v('4.5.20'));
    const hometown = migrationsOf(v('4.5.11+hometown-1.2.1'));
    expect(hometown).toEqual(expect.arrayContaining(mastodon));
    // the table comes first
    expect(hometown[0]).toEqual(mastodon[0]);
    expect(hometown.filter((one) => !mastodon.includes(one)).map((one) => one.name)).toEqual([
      'AddLocalOnlyToStatuses',
    ]);
    expect(migrationsOf(v('4.4.27')).every((one) => one.minor === 404)).toBe(true);
    expect(() => migrationsOf(v('4.3.9'))).toThrow(/too old/);
  });
});

describe('two phases', () => {
  test('skipping leaves only the post-deployment ones', () => {
    const state = stateAfter('4.5.20', true);
    expect(pending(v('4.5.20'), state, true)).toEqual([]);
    expect(pending(v('4.5.20'), state, false).map((one) => one.phase)).toEqual(['post']);
  });

  test('newer code on an older schema has something pending', () => {
    expect(pending(v('4.6.2'), stateAfter('4.5.20'), true).map((one) => one.minor)).toEqual([406, 406]);
  });
});

describe('refusals', () => {
  test('older code goes on while the newer schema is in its first phase, and stops after the second', () => {
    const half = { ...stateAfter('4.6.0', true), finished: 405 };
    expect(refusal(v('4.5.20'), half)).toBeUndefined();
    expect(refusal(v('4.5.20'), stateAfter('4.6.0'))).toMatch(/already migrated to 4\.6/);
    expect(refusal(v('4.5.11+hometown-1.2.1'), stateAfter('4.6.0'))).toMatch(/already migrated to 4\.6/);
  });

  test('a minor cannot be passed over, nor left half done', () => {
    expect(refusal(v('4.6.0'), stateAfter('4.4.27'))).toMatch(/of 4\.5 .* pass through 4\.5/);
    expect(refusal(v('4.6.0'), { ...stateAfter('4.5.20', true), finished: 404 })).toMatch(
      /post-deployment migration .* of 4\.5/,
    );
  });

  test('an empty database, a patch and the next minor are fine', () => {
    expect(refusal(v('4.6.0'), empty)).toBeUndefined();
    expect(refusal(v('4.5.21'), stateAfter('4.5.20'))).toBeUndefined();
    expect(refusal(v('4.6.0'), stateAfter('4.5.20'))).toBeUndefined();
    expect(refusal(v('4.7.4'), stateAfter('4.6.0'))).toBeUndefined();
  });
});
