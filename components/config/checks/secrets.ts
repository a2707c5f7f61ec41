import { parsePublicKey, publicKeyOf, vapidMismatch } from '../keys.ts';
import type { Loose, Problem, StackConfig } from '../types.ts';

/** The halves of each key pair must belong together. */
export function checkSecretPairs(config: Loose<StackConfig>): Problem[] {
  const { secrets } = config;
  if (!secrets) return [];
  const problems: Problem[] = [];
  const { vapidPrivateKey, vapidPublicKey } = secrets;
  const mismatch = vapidPrivateKey && vapidPublicKey && vapidMismatch(vapidPrivateKey, vapidPublicKey);
  if (mismatch) {
    const remedy = 'put both halves of one pair back; new ones would silence every push subscription';
    problems.push({ key: 'secrets.vapidPublicKey', value: '[secret]', reason: mismatch, remedy });
  }
  return [
    ...problems,
    ...checkSshPair(config, 'hostPublicKey', 'hostKey'),
    ...checkSshPair(config, 'deployPublicKey', 'deployKey'),
  ];
}

function checkSshPair(
  config: Loose<StackConfig>,
  key: 'hostPublicKey' | 'deployPublicKey',
  name: 'hostKey' | 'deployKey',
): Problem[] {
  const [line, privateKey] = [config[key], config.secrets?.[name]];
  if (line === undefined || privateKey === undefined) return [];
  const found = publicKeyOf(privateKey);
  if ('reason' in found || parsePublicKey(line)?.blob === parsePublicKey(found.line)?.blob) return [];
  const reason = `is not the public half of secrets.${name}`;
  return [{ key, value: JSON.stringify(line), reason, remedy: `set it to: ${found.line}` }];
}
