import { createHash } from 'node:crypto';
import { bare } from '../config/keys.ts';
import type { StackConfig } from '../config/types.ts';
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
  /** Default: neither. */
  carried?: CarriedKeys;
}

/** Which configured keys a machine carries although it booted with others. */
export interface CarriedKeys {
  host: boolean;
  deploy: boolean;
}

/** What `coop rotate` has put on a machine; a key that was edited by hand afterwards is not among it. */
export function carriedKeys(
  config: Pick<StackConfig, 'hostPublicKey' | 'secondaryHostPublicKey' | 'deployPublicKey' | 'rotated'>,
  role: Role,
): CarriedKeys {
  const carries = (name: 'hostPublicKey' | 'secondaryHostPublicKey' | 'deployPublicKey') => {
    const [wanted, rotated] = [config[name], config.rotated[name]];
    return wanted !== undefined && rotated !== undefined && bare(wanted) === bare(rotated);
  };
  return {
    host: carries(role === 'primary' ? 'hostPublicKey' : 'secondaryHostPublicKey'),
    deploy: carries('deployPublicKey'),
  };
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
  const { carried = { host: false, deploy: false } } = wanted;
  if (otherKey && !carried.deploy) {
    const remedy = 'put the old value back, then: coop rotate deployKey STACK';
    found.push({ key: 'deployPublicKey', actual: 'the machine was made with another key', remedy });
  }
  // Of user data the state keeps only a hash: what else may be in it is laid by apply.
  const known = carried.host && (carried.deploy || !otherKey);
  const same = known || sameUserData(actual.userData, wanted.userData);
  if (!same && !onlyDeployKey(actual.userData, wanted.userData)) {
    const hostKey = role === 'primary' ? 'hostPublicKey' : 'secondaryHostPublicKey';
    const key = otherKey ? `${hostKey} (or only deployPublicKey)` : hostKey;
    const rotate = `coop rotate ${role === 'primary' ? 'hostKey' : 'secondaryHostKey'} STACK`;
    const remedy = `put the old value back, then: ${rotate}; other packages: ${rebuild}`;
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
