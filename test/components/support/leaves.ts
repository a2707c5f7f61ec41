import { describeKeys, type KeyFacts } from '../../../components/config/describe.ts';

export type Leaf = Pick<KeyFacts, 'path' | 'description'>;

/** Every key a stack file may hold, once: the same key may be there under several providers. */
export function leaves(): Leaf[] {
  return [...new Map(describeKeys().map((leaf) => [leaf.path, leaf])).values()];
}
