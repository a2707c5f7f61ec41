import { createHash } from 'node:crypto';
import type { Role } from './machine.ts';

/** A configuration key whose edit an existing machine or bucket does not follow. */
export interface Ignored {
  /** Key, or keys, in the stack file. */
  key: string;
  /** What is there. */
  actual: string;
  /** How the edit takes effect. */
  remedy: string;
}

/** The line that reports an ignored edit: `problem — where — what to do`. */
export function report({ key, actual, remedy }: Ignored): string {
  return `the edit is ignored: ${actual} — ${key} — ${remedy}`;
}

/** Values that decide how a machine boots, as they are and as the configuration wants them. */
export interface Boot {
  region: string;
  image: string;
  sshKeys: string[];
  userData: string;
}

/** Which edits an existing machine has not followed; `urns` are what would have to be destroyed for it to do so. */
export function ignoredBoot(
  actual: Boot,
  wanted: Boot,
  urns: readonly string[],
  role: Role = 'primary',
): Ignored[] {
  const targets = urns.map((urn) => `--target '${urn}'`).join(' ');
  const rebuild = `put the old value back, or build the machine anew: \`pulumi destroy --target-dependents ${targets}\`, then \`pulumi up\` (its data comes back by a restore only)`;
  const found: Ignored[] = [];
  if (actual.region !== wanted.region) {
    found.push({ key: `${role}.region`, actual: `the machine stays in ${actual.region}`, remedy: rebuild });
  }
  if (actual.image !== wanted.image) {
    found.push({
      key: 'image of the machine',
      actual: `the machine was made from ${actual.image}`,
      remedy: rebuild,
    });
  }
  const otherKey = [...actual.sshKeys].sort().join() !== [...wanted.sshKeys].sort().join();
  if (otherKey) {
    const remedy = `add the new key to /root/.ssh/authorized_keys on the machine by the old one, or ${rebuild}`;
    found.push({ key: 'deployPublicKey', actual: 'the machine was made with another key', remedy });
  }
  if (!sameUserData(actual.userData, wanted.userData) && !onlyDeployKey(actual.userData, wanted.userData)) {
    const hostKey = role === 'primary' ? 'hostPublicKey' : 'secondaryHostPublicKey';
    const key = otherKey ? `${hostKey} (or only deployPublicKey)` : hostKey;
    const remedy = `put the new host key on the machine by hand (/etc/ssh/ssh_host_ed25519_key), or ${rebuild}`;
    found.push({ key, actual: 'the machine booted with other user data (host key or packages)', remedy });
  }
  return found;
}

/** The providers keep only the SHA-1 of user data in their state, one as hexadecimal and one as base64; others keep it whole. */
function sameUserData(actual: string, wanted: string): boolean {
  const hashed = (encoding: 'hex' | 'base64') => createHash('sha1').update(wanted).digest(encoding);
  return actual === wanted || actual === hashed('hex') || actual === hashed('base64');
}

/** Whether two readable cloud-configs differ in nothing but the keys that may log in. */
function onlyDeployKey(actual: string, wanted: string): boolean {
  const rest = (userData: string) => {
    try {
      const { ssh_authorized_keys: _, ...others } = JSON.parse(userData.replace(/^#cloud-config\n/, ''));
      return JSON.stringify(others);
    } catch {
      return undefined;
    }
  };
  const before = rest(actual);
  return before !== undefined && before === rest(wanted);
}
