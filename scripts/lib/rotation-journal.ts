import type { Document } from 'yaml';
import { VisibleError } from '../../components/errors.ts';
import type { RawConfig } from './stack-config.ts';

/** A key of the stack file that only coop reads: a rotation that is under way, so that the next run can finish it. */
const key = 'coop:rotating';

/** What a rotation that was begun has left in the stack file. */
export interface Journal {
  /** Which, as `coop rotate` takes it. */
  secret: string;
  /** Ciphertexts of the values that are not in their place: the old ones, or of SSH keys the new one until it is proven. */
  values: Record<string, { secure: string }>;
  /** Public half of the new SSH key. */
  publicKey?: string;
  /** The new SSH key is in its place: only `pulumi up` is left. */
  placed?: boolean;
}

export function readJournal(document: Document): Journal | undefined {
  return (document.toJS() as { config?: Record<string, Journal> } | null)?.config?.[key];
}

export function writeJournal(document: Document, journal: Journal | undefined): void {
  if (journal) document.setIn(['config', key], document.createNode(journal));
  else document.deleteIn(['config', key]);
}

/** The journal's values in clear. */
export function journalValues(config: RawConfig): Record<string, string> {
  const text = config.values[key];
  return text ? (JSON.parse(text) as { values: Record<string, string> }).values : {};
}

/** One rotation at a time. */
export function refuseOther(journal: Journal | undefined, secret: string, stack: string): void {
  if (!journal || journal.secret === secret) return;
  throw new VisibleError(
    `a rotation of ${journal.secret} was begun and not finished — Pulumi.${stack}.yaml — finish it first: coop rotate ${journal.secret} ${stack}`,
  );
}

/** Host keys to believe of a machine: the pinned one, and beside it the one that a rotation is putting in its place. */
export function hostKeysOf(document: Document, role: string, pinned: string): string[] {
  const journal = readJournal(document);
  const name = role === 'primary' ? 'hostKey' : 'secondaryHostKey';
  return journal?.publicKey && journal.secret === name ? [pinned, journal.publicKey] : [pinned];
}
