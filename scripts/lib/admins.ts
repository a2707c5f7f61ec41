import { createHash } from 'node:crypto';
import type { Document } from 'yaml';
import { explain } from '../../components/config/explain.ts';
import { parsePublicKey } from '../../components/config/keys.ts';
import { keys as schema } from '../../components/config/schema.ts';
import { VisibleError } from '../../components/errors.ts';
import { setAnswers } from './set-answers.ts';
import { configOf, prefix } from './stack-file.ts';

export interface AdminKey {
  type: string;
  /** As `ssh-keygen -l` and sshd's log have it. */
  fingerprint: string;
  comment: string;
}

export type Admins = Record<string, string[]>;

/** The people a stack file names. */
export function adminsOf(document: Document): Admins {
  return (configOf(document, () => undefined).admins ?? {}) as Admins;
}

/** A key line for people and programs to compare. */
export function describeKey(line: string): AdminKey {
  const [type = '', blob = '', ...comment] = line.split(' ');
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
  return { type, fingerprint: `SHA256:${digest.replace(/=+$/, '')}`, comment: comment.join(' ') };
}

/** The public keys in a text, one a line, as `ssh-keygen` and GitHub's `NAME.keys` write them. */
export function readKeys(text: string, from: string): string[] {
  if (text.includes('PRIVATE KEY'))
    throw new VisibleError(
      `that is a private key — ${from} — give the public one, the file that ends in .pub`,
    );
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const wrong = lines.findIndex((line) => parsePublicKey(line) === undefined);
  if (lines.length === 0 || wrong >= 0)
    throw new VisibleError(
      `not an SSH public key — ${from}${lines.length > 1 ? `, key ${wrong + 1}` : ''} — give the one line of ~/.ssh/id_ed25519.pub, without options before it`,
    );
  return [...new Set(lines)];
}

/** Puts a person into a stack file, or further keys of theirs; refuses what would not be what was meant. */
export function addAdmin(
  document: Document,
  file: string,
  name: string,
  given: string[],
  options: { another?: boolean } = {},
): void {
  const admins = adminsOf(document);
  const problem = explain('admins', schema.admins, { [name]: given }, nameIssues(name, given), false)[0];
  if (problem) throw new VisibleError(`${name} ${problem.reason} — ${file} — ${problem.remedy}`);
  for (const key of given) {
    const owner = Object.keys(admins).find((other) => admins[other]?.some((known) => sameKey(known, key)));
    if (owner === name)
      throw new VisibleError(`${name} has this key already — ${file} — nothing to add; see: coop admin list`);
    if (owner)
      throw new VisibleError(
        `this key is ${owner}'s — ${file} — a key belongs to one person; have ${name} make their own: ssh-keygen -t ed25519`,
      );
  }
  const known = admins[name];
  if (known && !options.another)
    throw new VisibleError(
      `${name} is an admin already — ${file} — to give them a further key: --another; to replace one, remove them first`,
    );
  setAnswers(document, { admins: { [name]: [...(known ?? []), ...given] } }, file);
}

/** Takes a person out of a stack file; somebody must be left. */
export function removeAdmin(document: Document, file: string, name: string): void {
  const names = Object.keys(adminsOf(document));
  if (!names.includes(name))
    throw new VisibleError(
      `no admin ${name} — ${file} names ${names.join(', ') || 'nobody'} — see: coop admin list`,
    );
  if (names.length === 1)
    throw new VisibleError(
      `${name} is the last admin — ${file} — add whoever comes after them first: coop admin add NAME STACK --key FILE`,
    );
  document.deleteIn(['config', `${prefix}admins`, name]);
}

const sameKey = (one: string, other: string) => parsePublicKey(one)?.blob === parsePublicKey(other)?.blob;

const nameIssues = (name: string, given: string[]) =>
  schema.admins.safeParse({ [name]: given }, { reportInput: true }).error?.issues ?? [];
