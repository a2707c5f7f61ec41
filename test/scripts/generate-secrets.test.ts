import { createECDH } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keys } from '../../components/config.ts';
import { secretGroups } from '../../scripts/lib/generate-secrets.ts';
import { maskedSecrets } from '../../scripts/lib/masked.ts';

const makeAll = () => Object.assign({}, ...secretGroups.map((group) => group.make('staging')));

describe('generated secrets', () => {
  it('are what the config accepts, and nothing is missing or extra', () => {
    const { hostPublicKey, secondaryHostPublicKey, deployPublicKey, ...secrets } = makeAll();
    expect(keys.secrets.safeParse(secrets).error?.issues).toBeUndefined();
    expect(keys.hostPublicKey.safeParse(hostPublicKey).success).toBe(true);
    expect(keys.secondaryHostPublicKey.safeParse(secondaryHostPublicKey).success).toBe(true);
    expect(keys.deployPublicKey.safeParse(deployPublicKey).success).toBe(true);
  });

  it('never come twice', () => {
    const [first, second] = [makeAll(), makeAll()];
    for (const name of Object.keys(first)) expect(first[name], name).not.toBe(second[name]);
    const values = Object.values(first);
    expect(new Set(values).size).toBe(values.length);
  });

  it('hold a VAPID pair: 32 bytes, and the point that belongs to them', () => {
    for (let i = 0; i < 5; i++) {
      const { vapidPrivateKey, vapidPublicKey } = makeAll();
      const scalar = Buffer.from(vapidPrivateKey, 'base64url');
      expect(scalar).toHaveLength(32);
      const curve = createECDH('prime256v1');
      curve.setPrivateKey(scalar);
      expect(curve.getPublicKey().toString('base64url')).toBe(vapidPublicKey);
    }
  });
});

describe('masked secrets', () => {
  it('have the shape of real ones', () => {
    expect(keys.secrets.safeParse(maskedSecrets).error?.issues).toBeUndefined();
  });

  it('say what they are, wherever letters allow it', () => {
    const keys = ['hostKey', 'secondaryHostKey', 'deployKey'] as const;
    const silent: string[] = ['secretKeyBase', 'vapidPrivateKey', 'vapidPublicKey', ...keys];
    for (const [name, value] of Object.entries(maskedSecrets))
      if (!silent.includes(name)) expect(value, name).toContain('MASKED');
    for (const key of keys.map((name) => maskedSecrets[name]))
      expect(Buffer.from(key.split('\n').slice(1, -2).join(''), 'base64').toString('latin1')).toContain(
        'MASKED',
      );
  });
});
