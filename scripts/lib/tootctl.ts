import { VisibleError } from '../../components/errors.ts';

/**
 * Refuses the one command that tells every server on the fediverse to forget this one, for ever. tootctl takes its
 * commands by any unambiguous beginning and with either dash, so all of those are meant.
 */
export function refuseSelfDestruct(words: string[]): void {
  const normal = (word: string) => word.toLowerCase().replaceAll(/[-_\s]/g, '');
  const command = normal(words.find((word) => !word.startsWith('-')) ?? '');
  const isPrefix = command.length > 1 && 'selfdestruct'.startsWith(command);
  if (isPrefix || words.some((word) => normal(word) === 'selfdestruct'))
    throw new VisibleError(
      'tootctl self-destruct is out of reach — it makes every other server delete this one, and cannot be undone — to take a stack away: coop destroy',
    );
}
