import type { Report } from './schema.ts';

/** What no rehearsal can show, said in every report; `members` in the words of the public one. */
interface NeverTested {
  what: string;
  why: string;
  members?: string;
}

const all: NeverTested[] = [
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

/** The other ways back that a stack of ours has, and its copy did not take; members hear of all four at once. */
const otherWays: NeverTested[] = [
  {
    what: 'the recovery kit in the bucket, and its passphrase',
    why: 'the copy took the kit from the state of Pulumi; only coop recover opens the one in the bucket',
    members: 'spare copies of our keys, database and software',
  },
  { what: 'the second repository', why: 'a copy restores from the first, whether there is another or not' },
  { what: 'dumps of pg-dump-to-s3', why: 'the copy is of a backup by pgBackRest; no dump was loaded' },
  { what: 'images kept in the bucket', why: 'they are asked for only when a registry does not answer' },
];

/** Dumps are of a server that runs without us. */
const listFor = ({ dumps }: Pick<Report, 'dumps'>) => (dumps ? all : [...all, ...otherWays]);

export const neverTested = (of: Pick<Report, 'dumps'>): Report['notTested'] =>
  listFor(of).map(({ what, why }) => ({ what, why }));

export const neverTestedForMembers = (of: Pick<Report, 'dumps'>): string[] =>
  listFor(of).flatMap(({ members }) => members ?? []);
