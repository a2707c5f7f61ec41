import { parsePublicKey, publicKeyOf, vapidMismatch } from '../keys.ts';
import type { Loose, Problem, StackConfig } from '../types.ts';

/** The halves of each key pair must belong together. */
export function checkSecretPairs(config: Loose<StackConfig>): Problem[] {
  const secrets = config.secrets ?? {};
  const problems: Problem[] = [];
  const { vapidPrivateKey, vapidPublicKey } = secrets;
  const mismatch = vapidPrivateKey && vapidPublicKey && vapidMismatch(vapidPrivateKey, vapidPublicKey);
  if (mismatch) {
    const remedy = 'put both halves of one pair back; new ones would silence every push subscription';
    problems.push({ key: 'secrets.vapidPublicKey', value: '[secret]', reason: mismatch, remedy });
  }
  return [
    ...problems,
    ...checkHostKeys(config, 'primary', 'hostPublicKey', 'hostKey'),
    ...checkHostKeys(config, 'secondary', 'secondaryHostPublicKey', 'secondaryHostKey'),
    ...checkSshPair(config, 'deployPublicKey', 'deployKey'),
  ];
}

/** A machine boots with the key we pin; a host that is there already has one, of which we know the public half. */
function checkHostKeys(
  config: Loose<StackConfig>,
  role: 'primary' | 'secondary',
  key: 'hostPublicKey' | 'secondaryHostPublicKey',
  name: 'hostKey' | 'secondaryHostKey',
): Problem[] {
  const machine = config[role];
  if (!machine) return [];
  const existing = machine.provider === 'existing';
  const problems: Problem[] = [];
  // Without any primary key the schema has said so.
  if (role === 'secondary' && config[key] === undefined) {
    const remedy = existing
      ? `compare \`ssh-keyscan -t ed25519 HOST\` with /etc/ssh/ssh_host_ed25519_key.pub on the host, and set it`
      : MAKE;
    problems.push({ key, reason: `is missing beside ${role}`, remedy });
  }
  // Without any secret the schema has said so, too.
  if (!existing && config.secrets && config.secrets[name] === undefined)
    problems.push({ key: `secrets.${name}`, reason: 'is missing', remedy: MAKE });
  return [...problems, ...checkSshPair(config, key, name)];
}

const MAKE = 'run `coop init` for this stack: it makes both halves, and keeps every secret that is there';

function checkSshPair(
  config: Loose<StackConfig>,
  key: 'hostPublicKey' | 'secondaryHostPublicKey' | 'deployPublicKey',
  name: 'hostKey' | 'secondaryHostKey' | 'deployKey',
): Problem[] {
  const [line, privateKey] = [config[key], config.secrets?.[name]];
  if (line === undefined || privateKey === undefined) return [];
  const found = publicKeyOf(privateKey);
  if ('reason' in found || parsePublicKey(line)?.blob === parsePublicKey(found.line)?.blob) return [];
  const reason = `is not the public half of secrets.${name}`;
  return [{ key, value: JSON.stringify(line), reason, remedy: `set it to: ${found.line}` }];
}
