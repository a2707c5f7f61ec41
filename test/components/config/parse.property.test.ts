import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfigError, keys, parseConfig } from '../../../components/config.ts';
import { engineConfig, stackFile } from '../../fixtures/stack.ts';
import { options } from '../support/config.ts';
import { set } from '../support/edits.ts';
import { leaves } from '../support/leaves.ts';

const file = stackFile();
const names = Object.keys(keys);

/** Runs a parse; a ConfigError is an answer, anything else is a bug. */
function answer(raw: Record<string, string>): string[] {
  try {
    parseConfig(raw, options);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { key, reason, remedy } of error.problems) {
      expect([key, reason, remedy].every((text) => text.length > 0)).toBe(true);
      expect(error.message).toContain(reason);
    }
    return error.problems.map(({ key }) => key);
  }
}

const anyRaw = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.jsonValue().map((value) => JSON.stringify(value)),
);

test('no configuration at all crashes it', () => {
  const key = fc.oneof(
    fc.constantFrom(...names).map((name) => `instance:${name}`),
    fc.string(),
    fc.string().map((name) => `instance:${name}`),
  );
  fc.assert(
    fc.property(fc.dictionary(key, anyRaw), (raw) => {
      expect(answer(raw).length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

test('any value in any place of a valid file crashes nothing, and nobody else’s value is complained of', () => {
  const raw = engineConfig(file);
  // What one key says decides what others may say; these stand alone.
  const alone = [
    'contact',
    'images',
    'admins',
    'rpo',
    'backupDays',
    'uploadMb',
    'logDays',
    'acmeDirectory',
    'caCertificates',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...alone), anyRaw, (name, value) => {
      const found = answer({ ...raw, [`instance:${name}`]: value });
      for (const key of found) expect(key.startsWith(name)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

/** With a provider wherever its keys depend on one. */
const whole = stackFile({ translation: { provider: 'deepl' } });

test('a value of another type anywhere in the file is reported under that very key', () => {
  const paths = leaves().map(({ path }) =>
    path.replace(/^processes\.\*/, 'processes.web').replace('.*', '.x'),
  );
  const wrong = fc.oneof(
    fc.constant({ a: { b: 1 } }),
    fc.constant([[]]),
    fc.constant(null),
    fc.constant(-0.5),
  );
  fc.assert(
    fc.property(fc.constantFrom(...paths), wrong, (path, value) => {
      const standby = set(whole, { 'secondary.provider': 'digitalocean' });
      const found = answer(engineConfig(set(standby, { [path]: value })));
      expect(
        found.some((key) => key === path || key.startsWith(`${path}.`) || key.startsWith(`${path}[`)),
      ).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('each misspelt key is reported, and the right one named when one letter is wrong', () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), fc.constantFrom(...'abcxyz'), (name, at, letter) => {
      const place = at % name.length;
      const misspelt = name.slice(0, place) + letter + name.slice(place + 1);
      // One letter after containerRange may as well be meant for containerRange6.
      fc.pre(!names.includes(misspelt) && !names.includes(misspelt.slice(0, -1)));
      try {
        parseConfig({ ...engineConfig(file), [`instance:${misspelt}`]: '1' }, options);
        expect.unreachable();
      } catch (error) {
        const [problem] = (error as ConfigError).problems;
        expect(problem?.key).toBe(misspelt);
        if (name.length > 3) expect(problem?.remedy).toContain(`did you mean ${name}`);
      }
    }),
  );
});

test('whatever mistakes are made together, each is reported', () => {
  const mistakes: [Record<string, unknown>, string][] = [
    [{ contact: 'nobody' }, 'contact'],
    [{ rpo: 1 }, 'rpo'],
    [{ uploadMb: 'x' }, 'uploadMb'],
    [{ sshFrom: ['::/0', 'x'] }, 'sshFrom[0]'],
    [{ 'images.web': 'x' }, 'images.web'],
    [{ 'primary.size': 'huge' }, 'primary.size'],
    [{ 'storage.media': 'A' }, 'storage.media'],
    [{ 'dns.zone': 'example.org' }, 'dns.zone'],
    [{ 'processes.sidekiq-scheduler.replicas': 3 }, 'processes.sidekiq-scheduler.replicas'],
    [{ 'environment.NO_SUCH_THING_AT_ALL': "'" }, 'environment.NO_SUCH_THING_AT_ALL'],
    [{ 'secrets.redisPassword': 'short' }, 'secrets.redisPassword'],
    [{ 'mail.user': 'x' }, 'secrets.smtpPassword'],
    [{ expires: '2020-01-01' }, 'expires'],
    [{ deployPublicKey: file.hostPublicKey }, 'deployPublicKey'],
    [{ logDays: 0 }, 'logDays'],
    [{ nonsense: 1 }, 'nonsense'],
  ];
  fc.assert(
    fc.property(fc.subarray(mistakes, { minLength: 1 }), (chosen) => {
      const changed = chosen.reduce((all, [changes]) => set(all, changes), file);
      const found = answer(engineConfig(changed));
      for (const [, key] of chosen) expect(found).toContain(key);
    }),
    { numRuns: 300 },
  );
});
