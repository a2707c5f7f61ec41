import { stackFile } from '../../../fixtures/stack.ts';

/** One mistake in a stack file: its name, the change, the key that must be named, and a word of the reason. */
export type Mistake = [what: string, changes: Record<string, unknown>, key: string, reason: RegExp];

/** The other half of a pair: a secret of another stack file. */
export function other(name: string): string {
  return (stackFile().secrets as Record<string, string>)[name] ?? '';
}
