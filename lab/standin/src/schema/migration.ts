/** One versioned change of the schema. */
export interface Migration {
  /** Timestamp, as in the name of a Rails migration; ordering and identity. */
  version: string;
  name: string;
  /** Minor release that brought it, e.g. 405. */
  minor: number;
  /** `post` ones run after every process runs the new code; older code does not survive them. */
  phase: 'pre' | 'post';
  sql: string[];
}
