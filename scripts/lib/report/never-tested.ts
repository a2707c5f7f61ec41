import type { Report } from './schema.ts';

/** What no rehearsal of this kind can show, said in every report; `members` in the words of the public one. */
const all = [
  {
    what: 'names and certificate',
    why: 'a fenced copy has no public name; only a failover shows that members reach a restored server',
    members: 'whether members reach a restored server by its name',
  },
  {
    what: 'mail and federation',
    why: 'the fence refuses all of it, on purpose',
    members: 'mail and federation (blocked on purpose)',
  },
  {
    what: 'every media file',
    why: 'samples are fetched and hashed, not the whole bucket',
    members: 'every single media file (samples only)',
  },
  {
    what: 'loss of the storage provider or of the account there',
    why: 'the copy came from the same buckets under the same account',
    members: 'loss of the storage provider itself',
  },
];

export const neverTested: Report['notTested'] = all.map(({ what, why }) => ({ what, why }));
export const neverTestedForMembers: string[] = all.map(({ members }) => members);
